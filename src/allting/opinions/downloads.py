"""Published figures for spreadsheets and programs, each with where it is from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from allting.opinions import figures, polis
from allting.opinions.camps import following
from allting.opinions.figures import Cell, StatementFigures
from allting.opinions.results import Results
from allting.web import numbers


def about_the_data(results: Results) -> dict[str, Any]:
    """Say where downloaded figures come from, so that they can be checked and attributed."""
    return {
        "question": results.conversation.item.title,
        "outcome": str(results.snapshot.outcome),
        "method": results.snapshot.method,
        "version": results.snapshot.version,
        "input_digest": results.snapshot.input_digest,
        "drawn_at": results.snapshot.drawn_at.isoformat(timespec="seconds"),
        "people": results.figures.people,
        "votes": results.figures.votes,
        "attribution": results.conversation.attribution,
        "attribution_url": results.conversation.attribution_url,
    }


def source_of_picture(results: Results, *, address: str) -> str:
    """Say under a picture that leaves the house how to read it, of when it is and where it is from."""
    parts = [
        _("People who answer alike stand close. One stone is at least five people."),
        _("%(people)s people gave %(votes)s answers until %(moment)s.")
        % {
            "people": numbers.number(results.figures.people),
            "votes": numbers.number(results.figures.votes),
            "moment": numbers.day_and_time(results.snapshot.drawn_at),
        },
        results.conversation.attribution,
        address,
    ]
    return " ".join(part for part in parts if part)


def csv_rows(results: Results) -> Iterable[list[object]]:
    """Yield a header and one row for each statement; a figure that is hidden is an empty cell."""
    about = about_the_data(results)
    tail = ["method", "version", "input_digest", "drawn_at", "attribution"]
    sets = ["everyone", *(f"group_{group.letter}" for group in results.groups)]
    if results.has_groups:
        sets.append("between")
    sets.append("without_account")
    columns = ("answers", "agree", "disagree", "pass", "agree_rate", "agree_low", "agree_high")
    said = following.from_data(results.figures.camps) if results.figures.camps else None
    of_camps = ["camps_agree_at_least", "camps_agree_below", "camps_too_few_from"] if said else []
    yield ["statement", "text", "reads_as", *(f"{name}_{it}" for name in sets for it in columns), *of_camps, *tail]
    unites, divides = {it.statement for it in results.uniting}, {it.statement for it in results.dividing}
    for statement in results.rows():
        shown = results.figures.statements[statement]
        reads_as = "unites" if statement in unites else "divides" if statement in divides else ""
        row: list[object] = [statement, plain(results.statements[statement].text), reads_as]
        for name in sets:
            cell = _cell_of(shown, name)
            row += [""] * len(columns) if cell is None else _cell_columns(cell)
        if said:
            row += _camps_columns(said.rows.get(statement))
        yield [*row, *(plain(str(about[name])) for name in tail)]


def _camps_columns(row: following.Row | None) -> list[object]:
    """Return the step of the camp that agrees the least, as shares, and who is missing; empty where nothing is said."""
    if row is None or row.at_least is None or row.below is None:
        return ["", "", " ".join(row.missing) if row else ""]
    return [row.at_least / 100, row.below / 100, ""]


def _cell_of(shown: StatementFigures, name: str) -> Cell | None:
    match name:
        case "everyone":
            return shown.everyone
        case "between":
            return shown.between
        case "without_account":
            return shown.devices
        case _group:
            return shown.groups.get(name.removeprefix("group_"))


def _cell_columns(cell: Cell) -> list[object]:
    bounds = ["" if bound is None else bound for bound in (cell.low, cell.high)]
    return [cell.count, cell.agree, cell.disagree, cell.passed, cell.rate, *bounds]


def plain(text: str) -> str:
    """Keep a spreadsheet from reading somebody's words as a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def as_json(results: Results) -> dict[str, Any]:
    """Return everything published, with the words of the statements."""
    data = figures.as_data(results.figures)
    # How the picture is drawn is no finding, and the places keep the next map from flipping.
    for name in ("stones", "statement_places"):
        data.pop(name)
    data["groups"] = [{"letter": group.letter, "name": group.name, "people": group.people} for group in results.groups]
    data["cells"] = list(Cell.__slots__)
    data["statements"] = {
        statement: {"text": results.statements[int(statement)].text, **it}
        for statement, it in data["statements"].items()
        if int(statement) in results.statements
    }
    standing = set(results.statements)
    for name in ("unites", "divides"):
        data[name] = [row for row in data[name] if row[0] in standing]
    data["distinctive"] = {
        letter: [row for row in rows if row[0] in standing] for letter, rows in data["distinctive"].items()
    }
    data["little_known"] = [it for it in data["little_known"] if it in standing]
    data["far_near"] = {it: shares for it, shares in data["far_near"].items() if int(it) in standing}
    data["ends"] = [[it for it in end if it in standing] for end in data["ends"]]
    if results.figures.camps:
        kept = {it: row for it, row in results.figures.camps["rows"].items() if int(it) in standing}
        data["camps"] = {**results.figures.camps, "rows": kept}
    data["as_polis"] = polis.for_download(results.figures.as_polis, standing=standing)
    return {"about": about_the_data(results), "figures": data}
