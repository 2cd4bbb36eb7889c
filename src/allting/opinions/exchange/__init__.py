"""Conversations in the files of another tool (Polis): read what it exported, write what it can read."""

from allting.opinions.exchange.files import FILES
from allting.opinions.exchange.reading import ATTRIBUTION, MOST_FLAWS_NAMED, Reading, Report, read_polis, report_from
from allting.opinions.exchange.writing import write_polis

__all__ = [
    "ATTRIBUTION",
    "FILES",
    "MOST_FLAWS_NAMED",
    "Reading",
    "Report",
    "read_polis",
    "report_from",
    "write_polis",
]
