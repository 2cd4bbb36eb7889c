"""How people answered, from the published figures only: for the process page and for a statement's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from allting.opinions import figures, queries
from allting.opinions.figures import Figures, Ranked, StatementFigures
from allting.opinions.models import MapSnapshot, Statement
from allting.web.charts.bars import GroupBar

# So many of each ranking are looked at, in case the first ones were hidden since the map was drawn.
_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Highlight:
    """One statement with what it stands for. `bars` is empty for a statement that is short of votes."""

    kicker: str
    statement: Statement
    bars: Sequence[GroupBar]
    answered_count: int | None = None


def highlights_of(*, conversation_id: int) -> list[Highlight]:
    """Return what unites, what divides and what is short of votes; nothing while it is too early to say."""
    snapshot = MapSnapshot.objects.filter(conversation=conversation_id).order_by("-drawn_at", "-pk").first()
    if snapshot is None or snapshot.outcome == MapSnapshot.Outcome.TOO_LITTLE:
        return []
    found = _figures_of_candidates(snapshot)
    wanted = [*(ranked.statement for ranked in (*found.unites, *found.divides)), *found.little_known]
    standing = queries.standing_statements(conversation_id).filter(pk__in=wanted).in_bulk()
    names = queries.list_group_names(conversation_id=conversation_id)
    shown = [
        _united(found, standing, names),
        _divided(found, standing, names),
        _short_of_votes(found, standing),
    ]
    return [highlight for highlight in shown if highlight]


def candidates_of(*, conversation_id: int, each: int = 15) -> list[tuple[Statement, str]]:
    """Return statements that could go on to a ballot, each once, with why: unites, divides, a group's own.

    each    how many of each ranking. Nothing while it is too early to say.
    """
    snapshot = MapSnapshot.objects.filter(conversation=conversation_id).order_by("-drawn_at", "-pk").first()
    if snapshot is None or snapshot.outcome == MapSnapshot.Outcome.TOO_LITTLE:
        return []
    found = figures.from_data(snapshot.figures)
    names = queries.list_group_names(conversation_id=conversation_id)
    reasons: dict[int, str] = {}
    for ranked in [one for one in found.unites if one.is_sure and one.side == figures.AGREE][:each]:
        reasons.setdefault(ranked.statement, _("Nearly everyone agrees."))
    for letter, ranking in found.distinctive.items():
        name = names.get(letter) or _("Group %(letter)s") % {"letter": letter}
        for ranked in [one for one in ranking if one.side == figures.AGREE][:each]:
            reasons.setdefault(ranked.statement, _("%(group)s stands for this.") % {"group": name})
    for ranked in found.divides[:each]:
        reasons.setdefault(ranked.statement, _("Here people part ways."))
    standing = queries.standing_statements(conversation_id).filter(pk__in=reasons).in_bulk()
    return [(standing[pk], why) for pk, why in reasons.items() if pk in standing]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How people answered a statement, and how many; `answered_count` is None where it is hidden."""

    bars: Sequence[GroupBar]
    answered_count: int | None


def evidence_for(statement: Statement) -> Sequence[GroupBar]:
    """Return how people answered one statement, as the published map says; nothing while it is too early to say."""
    found = evidence_for_many([statement]).get(statement.pk)
    return found.bars if found else ()


def evidence_for_many(statements: Collection[Statement]) -> dict[int, Evidence]:
    """Return the same for many: a few queries for each conversation, however many statements."""
    found: dict[int, Evidence] = {}
    by_conversation: dict[int, set[str]] = {}
    for one in statements:
        by_conversation.setdefault(one.conversation_id, set()).add(str(one.pk))
    for conversation_id, keys in by_conversation.items():
        snapshot = MapSnapshot.objects.filter(conversation=conversation_id).order_by("-drawn_at", "-pk").first()
        if snapshot is None or snapshot.outcome == MapSnapshot.Outcome.TOO_LITTLE:
            continue
        read = figures.from_data({**snapshot.figures, "statements": _only(keys, snapshot)})
        names = queries.list_group_names(conversation_id=conversation_id)
        groups = {group.letter: group.number for group in read.groups}
        for pk, said in read.statements.items():
            count = said.everyone.count if said.everyone else None
            found[pk] = Evidence(bars_of(said, groups=groups, names=names), count)
    return found


def bars_of(said: StatementFigures, *, groups: Mapping[str, int], names: Mapping[str, str]) -> list[GroupBar]:
    """Draw one bar for each group whose figures are shown, or one for everyone where there are no groups.

    groups   number of each letter      names   the facilitator's, by letter
    """
    if not groups:
        return [_bar(said.everyone, group=None, name=_("Everyone"), has_mark=False)] if said.everyone else []
    return [
        _bar(cell, group=groups[letter], name=names.get(letter) or _("Group %(letter)s") % {"letter": letter})
        for letter, cell in said.groups.items()
    ]


def _bar(cell: figures.Cell, *, group: int | None, name: str, has_mark: bool = True) -> GroupBar:
    return GroupBar(
        group=group,
        name=name,
        agree=cell.rate,
        disagree=cell.disagree_rate,
        low=cell.low,
        high=cell.high,
        is_thin=cell.count < figures.FEWEST_FOR_A_RESULT,
        has_mark=has_mark,
    )


def _figures_of_candidates(snapshot: MapSnapshot) -> Figures:
    """Read only what may be shown: the figures of a thousand statements would take longer than the page."""
    data = dict(snapshot.figures)
    is_sure = Ranked.__slots__.index("is_sure")
    data["unites"] = [ranked for ranked in data["unites"] if ranked[is_sure]]
    for ranking in ("unites", "divides"):
        data[ranking] = data[ranking][:_CANDIDATES]
    ranked_ids = [ranked[0] for ranking in ("unites", "divides") for ranked in data[ranking]]
    data["little_known"] = (data["little_known"] or _least_answered(data["statements"]))[:_CANDIDATES]
    data["statements"] = _only({str(statement) for statement in (*ranked_ids, *data["little_known"])}, snapshot)
    return figures.from_data(data)


def _least_answered(statements: Mapping[str, Any]) -> list[int]:
    """Return the statements with less than half the answers of the middle one, the newest first.

    Not the rarest first: that is the one which is put before everybody anyhow, beside this on the same page.
    """
    counts = {int(key): said["everyone"][0] for key, said in statements.items() if said["everyone"]}
    if not counts:
        return []
    enough = median(counts.values()) / 2
    return sorted((pk for pk, count in counts.items() if count < enough), reverse=True)


def _only(wanted: Set[str], snapshot: MapSnapshot) -> dict[str, object]:
    return {key: said for key, said in snapshot.figures["statements"].items() if key in wanted}


def _united(found: Figures, standing: Mapping[int, Statement], names: Mapping[str, str]) -> Highlight | None:
    ranked = next((one for one in found.unites if one.is_sure and one.statement in standing), None)
    if ranked is None:
        return None
    kicker = _("Nearly everyone agrees") if ranked.side == figures.AGREE else _("Nearly everyone disagrees")
    return _with_bars(kicker, standing[ranked.statement], found, names)


def _divided(found: Figures, standing: Mapping[int, Statement], names: Mapping[str, str]) -> Highlight | None:
    ranked = next((one for one in found.divides if one.statement in standing), None)
    return _with_bars(_("Here people part ways"), standing[ranked.statement], found, names) if ranked else None


def _with_bars(kicker: str, statement: Statement, found: Figures, names: Mapping[str, str]) -> Highlight:
    groups = {group.letter: group.number for group in found.groups}
    bars = bars_of(found.statements[statement.pk], groups=groups, names=names)
    return Highlight(kicker=kicker, statement=statement, bars=bars)


def _short_of_votes(found: Figures, standing: Mapping[int, Statement]) -> Highlight | None:
    statement = next((pk for pk in found.little_known if pk in standing), None)
    if statement is None:
        return None
    said = found.statements.get(statement)
    count = said.everyone.count if said and said.everyone else None
    return Highlight(kicker=_("Short of votes"), statement=standing[statement], bars=(), answered_count=count)
