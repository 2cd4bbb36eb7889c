"""From votes to a map of opinions: positions, groups that hold up, and what every statement shows.

    votes = pack_votes(participants=…, statements=…, values=…, participant_count=…, statement_count=…, excluded=…)
    picture = draw_map(votes)          OpinionMap, or TooLittle with the reason

Pure: arrays in, frozen results out. Loads numpy, scipy and scikit-learn, so only the map task's own process and the
command line import it; errors and progress (`allting.engine.errors`, `allting.engine.progress`) load nothing.

    votes       rows checked and packed            model       the voting model and its estimation, from the pieces in
    positions   coordinates of people, statements              estimates, starting, sweeps, untangling
    groups      which number of groups holds up: refits leave votes out, attempts judge, judges say who belongs where
    profiles    groups looked for in the votes     statements  counts, rates, rankings
    map         all of it, or why it is too early  passing     who passes on what, and what choosing needs
    expected    what people would answer           foresight   what more answers would tell about where they stand
    blocks      the model over column files, on one machine or many
    kept        a drawn map on disk, for the next quick one
    reference, reference_statements                the method of Polis, to compare with

Above 20,000 people a sample teaches the statements and everybody is placed. Between complete maps:

    positions = follow_votes(votes, last.positions, changed=…)          only who voted since is moved
    groups = keep_groups(votes, positions, last=last.groups, changed=…)
    regroup(votes, positions, last=…)                                   as many groups as were last found, unchecked

Which statement comes next is chosen in the request, by `allting.engine.asking` from `knowledge_of(…)`.
"""

from allting.engine.opinion.attempts import Attempt, Basis, Condition
from allting.engine.opinion.expected import Expected, expect_answers
from allting.engine.opinion.foresight import Foresight, foresee
from allting.engine.opinion.groups import IN_BETWEEN, NOT_PLACED, Groups, find_groups, keep_groups, regroup
from allting.engine.opinion.map import (
    METHOD,
    VERSION,
    AxisEnds,
    OpinionMap,
    PreviousMap,
    Reason,
    TooLittle,
    draw_map,
)
from allting.engine.opinion.passing import fit_passing, knowledge_of
from allting.engine.opinion.positions import Positions, fit_positions, follow_votes
from allting.engine.opinion.statements import (
    Distinctive,
    Dividing,
    LittleKnown,
    StatementFigures,
    Tally,
    Uniting,
    describe_statements,
    tally_votes,
)
from allting.engine.opinion.votes import AGREE, DISAGREE, PASS, Votes, input_digest, pack_votes

__all__ = [
    "AGREE",
    "DISAGREE",
    "IN_BETWEEN",
    "METHOD",
    "NOT_PLACED",
    "PASS",
    "VERSION",
    "Attempt",
    "AxisEnds",
    "Basis",
    "Condition",
    "Distinctive",
    "Dividing",
    "Expected",
    "Foresight",
    "Groups",
    "LittleKnown",
    "OpinionMap",
    "Positions",
    "PreviousMap",
    "Reason",
    "StatementFigures",
    "Tally",
    "TooLittle",
    "Uniting",
    "Votes",
    "describe_statements",
    "draw_map",
    "expect_answers",
    "find_groups",
    "fit_passing",
    "fit_positions",
    "follow_votes",
    "foresee",
    "input_digest",
    "keep_groups",
    "knowledge_of",
    "pack_votes",
    "regroup",
    "tally_votes",
]
