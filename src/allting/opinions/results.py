"""What the results pages show: the published figures, read with the words that stand today.

Statements hidden or withdrawn since the map was drawn are left out at once; their figures follow with the next map.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.opinions import figures, queries, stored
from allting.opinions.figures import AGREE, FEWEST_FOR_A_RESULT, Cell, Figures, Ranked, StatementFigures
from allting.opinions.models import Burst, Conversation, MapPlace, MapSnapshot, Statement
from allting.record.models import Actor
from allting.web import numbers
from allting.web.charts.bars import GroupBar
from allting.web.charts.opinion_map import GroupLabel, OpinionMap, Stone

TOP = 3
# A statement is quoted in the lede when it is short enough to read there.
_QUOTED_LENGTH = 110
REFITS = 5


@dataclass(frozen=True, slots=True)
class Group:
    """A group with the name people gave it. `is_named` is False while it is only a letter."""

    number: int
    letter: str
    name: str
    people: int | None
    is_named: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement with its bars."""

    statement: Statement
    bars: Sequence[GroupBar]
    count: int | None
    kicker: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class GroupStand:
    """What one group says clearly more often than the others."""

    group: Group
    findings: Sequence[Finding]
    slug: str


@dataclass(frozen=True, slots=True)
class Results:
    """The published map of a conversation with everything that its pages need."""

    conversation: Conversation
    snapshot: MapSnapshot
    figures: Figures
    groups: Sequence[Group]
    statements: Mapping[int, Statement]
    place: tuple[float, float] | None
    bursts: Sequence[Burst]

    # --- in words

    @property
    def is_too_early(self) -> bool:
        return self.snapshot.outcome == MapSnapshot.Outcome.TOO_LITTLE

    @property
    def has_groups(self) -> bool:
        return self.snapshot.outcome == MapSnapshot.Outcome.GROUPS

    @property
    def headline(self) -> str:
        """Say the finding."""
        if self.is_too_early:
            return self._headline_too_early % {"people": numbers.number(self.figures.people)}
        if not self.has_groups:
            return _("No separate groups. People differ, but step by step.")
        uniting = len(self.uniting)
        if not uniting:
            return _("%(count)s groups that hold up, and little that unites them.") % {"count": self._groups_in_words}
        return ngettext(
            "%(count)s groups that hold up, and one thing that unites them.",
            "%(count)s groups that hold up, and %(things)s things that unite them.",
            uniting,
        ) % {"count": self._groups_in_words, "things": numbers.in_words(uniting)}

    @property
    def _headline_too_early(self) -> str:
        # It is not too early where many have answered and nobody differs.
        match self.figures.reason:
            case "nobody_disagrees":
                return _("No differences so far. %(people)s people have answered.")
            case "every_vote_is_a_pass":
                return _("Nobody takes sides so far. %(people)s people have answered.")
            case _other:
                return ngettext(
                    "Too early to say. %(people)s person has answered.",
                    "Too early to say. %(people)s people have answered.",
                    self.figures.people,
                )

    @property
    def lede(self) -> str:
        gave = _("%(people)s people gave %(votes)s answers.") % {
            "people": numbers.number(self.figures.people),
            "votes": numbers.number(self.figures.votes),
        }
        if self.is_too_early:
            return f"{gave} {self._why_too_early}"
        if not self.has_groups:
            searched = _("We looked for two to six groups; none came back when we redrew the map, so we draw none.")
            return f"{gave} {searched}"
        parts = [gave]
        if agreed := self._first_quotable(self.uniting):
            parts.append(_("Most in every group say the same about “%(statement)s”.") % {"statement": agreed})
        if divided := self._first_quotable(self.dividing):
            parts.append(_("They part ways over “%(statement)s”.") % {"statement": divided})
        return " ".join(parts)

    @property
    def _why_too_early(self) -> str:
        needs = self.figures.needs
        match self.figures.reason:
            case "too_few_people":
                return _("From %(needed)s people on we draw a map and call the figures a result.") % {
                    "needed": needs.get("people_needed", FEWEST_FOR_A_RESULT)
                }
            case "too_few_participants":
                return _(
                    "A map needs %(needed)s people with at least %(each)s answers each; so far too few have as many."
                ) % {"needed": needs.get("people_needed"), "each": needs.get("votes_each")}
            case "too_few_statements":
                return _("A map needs at least %(needed)s statements; there are %(there)s so far.") % {
                    "needed": needs.get("statements_needed"),
                    "there": needs.get("statements"),
                }
            case "nobody_disagrees":
                return _("Nobody disagrees with anybody about anything, so there is nothing to draw.")
            case _other:
                return _("Every answer so far is a pass, so there is nothing to draw.")

    @property
    def _groups_in_words(self) -> str:
        words = [_("Two"), _("Three"), _("Four"), _("Five"), _("Six")]
        return words[len(self.groups) - 2]

    def _first_quotable(self, ranked: Iterable[Ranked]) -> str:
        texts = [self.statements[it.statement].text.strip().rstrip(".") for it in islice(ranked, 12)]
        return next((text for text in texts if len(text) <= _QUOTED_LENGTH), "")

    @property
    def how_sure(self) -> str:
        """Say what redrawing the map found."""
        if not self.has_groups:
            return _(
                "We redrew the map five times, each time without a fifth of the votes. No division into groups came "
                "back often enough to call it real."
            )
        held = self.figures.refits_same
        if held == REFITS:
            return _(
                "These groups hold up. We redrew the map five times, each time without a fifth of the votes, and "
                "found the same groups five times."
            )
        return _(
            "These groups hold up. We redrew the map five times, each time without a fifth of the votes: %(held)s "
            "times the same groups came back, otherwise nearly the same."
        ) % {"held": held}

    @property
    def without_account(self) -> str:
        """Say how many took part without an account, and whether the groups hold without them."""
        devices = self.figures.devices
        if devices is None:
            return ""
        if devices == self.figures.people:
            return _("Everybody here answered without an account.")
        counted = _("%(devices)s of %(people)s answered without an account; their answers count like all others.") % {
            "devices": numbers.number(devices),
            "people": numbers.number(self.figures.people),
        }
        without = self.figures.without_devices
        if without is None or self.is_too_early:
            return counted
        if not without.get("is_enough"):
            return f"{counted} " + _("Without them there are too few for a map.")
        if without.get("is_same"):
            return f"{counted} " + _("Without them the map finds the same.")
        return f"{counted} " + _("Without them the map looks different, so read it with care.")

    @property
    def letters_gone(self) -> str:
        """Say why letters are missing between those of the groups; empty where none is."""
        there = [group.letter for group in self.groups]
        before = figures.LETTERS[: figures.LETTERS.index(max(there))] if there else ""
        gone = [letter for letter in before if letter not in there]
        if not gone:
            return ""
        return ngettext(
            "A group keeps its letter from map to map. Group %(letters)s is not found any more.",
            "A group keeps its letter from map to map. Groups %(letters)s are not found any more.",
            len(gone),
        ) % {"letters": ", ".join(gone)}

    @property
    def outside(self) -> str:
        """Say who is in none of the groups."""
        parts = []
        if self.has_groups and self.figures.in_between:
            parts.append(
                ngettext(
                    "%(people)s person who shares answers with several groups.",
                    "%(people)s people who share answers with several groups.",
                    self.figures.in_between,
                )
                % {"people": numbers.number(self.figures.in_between)}
            )
        if self.figures.not_placed:
            parts.append(
                ngettext(
                    "%(people)s more has answered too little to be placed.",
                    "%(people)s more have answered too little to be placed.",
                    self.figures.not_placed,
                )
                % {"people": numbers.number(self.figures.not_placed)}
            )
        return " ".join(parts)

    # --- rankings

    @property
    def uniting(self) -> list[Ranked]:
        """Statements to which most in every group give the same answer, surely."""
        return [it for it in self.figures.unites if it.is_sure and it.statement in self.statements]

    @property
    def dividing(self) -> list[Ranked]:
        """Statements with which one group mostly agrees and another mostly disagrees (or one end of the line)."""
        return [it for it in self.figures.divides if it.statement in self.statements and self._divides(it.statement)]

    def _divides(self, statement: int) -> bool:
        if self.has_groups:
            sides = {cell.rate > cell.disagree_rate for cell in self.figures.statements[statement].groups.values()}
            return len(sides) == 2
        far, near = self.figures.far_near.get(statement, (0.0, 0.0))
        return min(far, near) < 0.5 <= max(far, near)

    @property
    def little_known(self) -> list[int]:
        return [it for it in self.figures.little_known if it in self.statements]

    def distinctive(self, letter: str) -> list[Ranked]:
        """What a group says more often than any other: first what it agrees with."""
        found = [it for it in self.figures.distinctive.get(letter, ()) if it.statement in self.statements]
        return sorted(found, key=lambda it: it.side != AGREE)

    # --- with bars

    def top_uniting(self) -> list[Finding]:
        return [self.finding(it.statement, side=it.side) for it in self.uniting[:TOP]]

    def top_dividing(self) -> list[Finding]:
        return [self.finding(it.statement) for it in self.dividing[:TOP]]

    def first_findings(self) -> list[Finding]:
        """While it is too early: the statements with the most answers."""
        return [self.finding(statement) for statement in self.rows()[:10]]

    def stands(self) -> list[GroupStand]:
        """What each group stands for; no statement twice on the page."""
        used: set[int] = set()
        stands = []
        for group in self.groups:
            own = [it for it in self.distinctive(group.letter) if it.statement not in used][:TOP]
            used.update(it.statement for it in own)
            stands.append(self.stand(group, own))
        return stands

    def stand(self, group: Group, ranked: Iterable[Ranked]) -> GroupStand:
        """Return a group with these of its statements, with bars."""
        found = [self.finding(it.statement, side=it.side, letter=group.letter, with_between=False) for it in ranked]
        return GroupStand(group=group, findings=found, slug=f"group-{group.letter.lower()}")

    def finding(self, statement: int, *, side: int = AGREE, letter: str = "", with_between: bool = True) -> Finding:
        """Return a statement with bars. `side` is what all say, or the group with this letter more than the others."""
        shown = self.figures.statements.get(statement)
        return Finding(
            statement=self.statements[statement],
            bars=self._bars(shown, with_between=with_between) if shown else [],
            count=shown.everyone.count if shown and shown.everyone else None,
            kicker="" if side == AGREE else self._refusal(shown, letter),
            note=self._range_in_words(shown) or self._ends_in_words(statement) if shown else "",
        )

    def _refusal(self, shown: StatementFigures | None, letter: str) -> str:
        """Say that they disagree only where most do: a group may refuse more than the others and still mostly agree."""
        cell = shown.groups.get(letter) if shown else None
        if cell and cell.disagree_rate <= 0.5:
            return _("They agree less than others")
        return _("They disagree with this")

    def _bars(self, shown: StatementFigures, *, with_between: bool) -> list[GroupBar]:
        if not self.has_groups:
            return [_bar(shown.everyone, None, _("Everyone"), has_mark=False)] if shown.everyone else []
        bars = [
            _bar(shown.groups[group.letter], group.number, _("Group %(letter)s") % {"letter": group.letter})
            for group in self.groups
            if group.letter in shown.groups
        ]
        if with_between and shown.between:
            bars.append(_bar(shown.between, None, _("Between")))
        return bars

    def _range_in_words(self, shown: StatementFigures) -> str:
        """For few answers, say how wide the guess is; where there is a line, say what its ends say."""
        everyone = shown.everyone
        if everyone is None or self.has_groups or everyone.low is None or everyone.high is None:
            return ""
        if everyone.count < FEWEST_FOR_A_RESULT:
            return _(
                "%(count)s answers: the true figure likely lies between %(low)s and %(high)s. From %(enough)s answers "
                "on we call it a result."
            ) % {
                "count": everyone.count,
                "low": numbers.percent(everyone.low),
                "high": numbers.percent(everyone.high),
                "enough": FEWEST_FOR_A_RESULT,
            }
        return ""

    def _ends_in_words(self, statement: int) -> str:
        """Say how the two ends of the line answer, where they answer differently."""
        if statement not in self.figures.far_near or not self._divides(statement):
            return ""
        far, near = sorted(self.figures.far_near[statement])
        return _("At one end %(low)s agree, at the other %(high)s.") % {
            "low": numbers.percent(far),
            "high": numbers.percent(near),
        }

    def says(self, letter: str) -> str:
        """Quote what a group agrees with more than the others, short enough for the legend."""
        agreed = (it for it in self.distinctive(letter) if it.side == AGREE)
        return self._first_quotable(agreed)

    def legend(self) -> list[tuple[Group, str]]:
        """Return each group with a sentence that it agrees with more than the others; empty where there is none."""
        return [(group, self.says(group.letter)) for group in self.groups]

    # --- drawn

    def drawing(self) -> OpinionMap:
        """Return the map as it is drawn."""
        by_number = {group.number: group for group in self.groups}
        labels = [
            GroupLabel(letter=it.letter, name=_label(by_number[it.number]), people=it.people, x=it.x, y=it.y)
            for it in self.figures.groups
        ]
        if self.has_groups:
            title = _("A map of opinions: people who answer alike stand close. %(groups)s.") % {
                "groups": ", ".join(
                    f"{_label(by_number[it.number])}: {numbers.number(it.people)}" if it.people else it.letter
                    for it in self.figures.groups
                )
            }
        else:
            title = _("People in one cloud from one end to the other, without separate groups.")
        return OpinionMap(
            title=title,
            stones=[Stone(x=x, y=y, people=people, group=group) for x, y, people, group in self.figures.stones],
            labels=labels,
            ends=None if self.has_groups else (self._end(0), self._end(1)),
            you=self.place,
        )

    def _end(self, side: int) -> str:
        standing = [it for it in self.figures.ends[side] if it in self.statements]
        return self.statements[standing[0]].text if standing else "–"

    # --- as a list

    def rows(self) -> list[int]:
        """Statements with figures, the most answered first."""
        counted = [(statement, it) for statement, it in self.figures.statements.items() if statement in self.statements]
        known = [(statement, it.everyone.count) for statement, it in counted if it.everyone]
        return [statement for statement, _count in sorted(known, key=lambda pair: (-pair[1], pair[0]))]


def _label(group: Group) -> str:
    return f"{group.letter} · {group.name}" if group.is_named else group.name


def _bar(cell: Cell, group: int | None, name: str, *, has_mark: bool = True) -> GroupBar:
    return GroupBar(
        group=group,
        name=name,
        agree=cell.rate,
        disagree=cell.disagree_rate,
        low=cell.low,
        high=cell.high,
        is_thin=cell.count < FEWEST_FOR_A_RESULT and not has_mark,
        has_mark=has_mark,
    )


def read_results(*, conversation: Conversation, actor: Actor | None) -> Results | None:
    """Return what is published about a conversation; None while there is no map yet."""
    snapshot = stored.latest_map(conversation.pk)
    if snapshot is None:
        return None
    place = MapPlace.objects.filter(conversation=conversation, actor=actor).first() if actor else None
    return results_of(snapshot, conversation=conversation, place=(place.x, place.y) if place else None)


def results_of(
    snapshot: MapSnapshot, *, conversation: Conversation, place: tuple[float, float] | None = None
) -> Results:
    """Read one stored map with the names and words that stand today."""
    published = figures.from_data(snapshot.figures)
    names = queries.list_group_names(conversation_id=conversation.pk)
    groups = [
        Group(
            number=it.number,
            letter=it.letter,
            name=names.get(it.letter) or _("Group %(letter)s") % {"letter": it.letter},
            people=it.people,
            is_named=it.letter in names,
        )
        for it in published.groups
    ]
    standing = queries.standing_statements(conversation.pk).only("pk", "text", "language", "conversation")
    return Results(
        conversation=conversation,
        snapshot=snapshot,
        figures=published,
        groups=groups,
        statements={statement.pk: statement for statement in standing},
        place=place,
        bursts=[it for it in queries.list_bursts(conversation_id=conversation.pk) if it.restored_at is None],
    )
