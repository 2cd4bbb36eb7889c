"""What waits for somebody, most pressing first: late, to sign, to publish, to prepare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.answers import queries, rules
from allting.answers.models import AnswerGroup
from allting.processes import activity_kinds
from allting.processes import rules as process_rules
from allting.processes.models import Process
from allting.record.viewers import Viewer
from allting.web.numbers import day, number

# A list longer than this is not read in the morning; the rest is one tap away.
SHOWN_AT_MOST = 5
_TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to do: its title, small facts, what makes it late, and one button."""

    title: str | Promise
    facts: tuple[str | Promise, ...]
    button: str | Promise
    address: str
    late: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind. `more_count` are not shown; `more_address` leads to all."""

    heading: str
    things: list[Thing]
    more_count: int = 0
    more_address: str = ""


def sections_for(viewer: Viewer, processes: Sequence[Process], *, now: datetime) -> list[Section]:
    """Return what waits for the viewer in these processes; sections with nothing in them are left out."""
    today = process_rules.local_day(now)
    late: list[Thing] = []
    signing: list[Thing] = []
    publishing: list[Thing] = []
    preparing: list[Thing] = []
    for process in processes:
        late += _late(viewer, process, today)
        signing += _to_sign(viewer, process, today)
        publishing += _to_publish(process)
        preparing += _to_prepare(viewer, process, today, now)
    named = ((_("Late"), late), (_("Sign"), signing), (_("Publish"), publishing), (_("Prepare"), preparing))
    sections = [_section(heading, things) for heading, things in named]
    return [section for section in sections if section.things]


def _section(heading: str, things: list[Thing]) -> Section:
    """Show the first few, and say how many more there are."""
    rest = things[SHOWN_AT_MOST:]
    return Section(heading, things[:SHOWN_AT_MOST], more_count=len(rest), more_address=rest[0].address if rest else "")


def count_things(sections: Sequence[Section]) -> int:
    return sum(len(section.things) + section.more_count for section in sections)


def _late(viewer: Viewer, process: Process, today: date) -> Iterator[Thing]:
    """What should have been signed: for those who sign, and for those who write what is not yet written."""
    may_sign = bool(queries.may_sign(viewer, process))
    overdue = list(queries.unanswered_groups(process).filter(due_on__lt=today))
    mine = [group for group in overdue if may_sign or queries.answer_in(group) is None]
    yield from _things(viewer, mine, today, may_sign=may_sign)


def _to_sign(viewer: Viewer, process: Process, today: date) -> Iterator[Thing]:
    """Drafts that wait for a signature, and on its day whatever has none yet."""
    if not queries.may_sign(viewer, process):
        return
    coming = list(queries.unanswered_groups(process).filter(due_on__gte=today))
    mine = [group for group in coming if queries.answer_in(group) or group.due_on <= today]
    yield from _things(viewer, mine, today, may_sign=True)


def _things(viewer: Viewer, groups: list[AnswerGroup], today: date, *, may_sign: bool) -> Iterator[Thing]:
    shown = queries.cards_in(groups[:SHOWN_AT_MOST], viewer=viewer)
    heard = queries.count_heard_in(groups[:SHOWN_AT_MOST])
    for group in groups:
        words = [card.words for card in shown.of(group)]
        draft = queries.answer_in(group)
        yield Thing(
            title=title_of(group, words),
            facts=tuple(_facts(group, heard.get(group.pk), today)),
            late=_how_late(group.due_on, today),
            button=_("Read and sign") if draft and may_sign else _("Write"),
            address=reverse("answers:write", args=[group.pk]),
        )


def title_of(group: AnswerGroup, words: Sequence[str]) -> str:
    """Name a group by its title, or by what was said in it."""
    if group.title:
        return group.title
    if not words:
        return _("Something that was said")
    first = words[0] if len(words[0]) <= _TITLE_LENGTH else words[0][: _TITLE_LENGTH - 1] + "…"
    return _("“%(words)s”") % {"words": first}


def _facts(group: AnswerGroup, heard: queries.Heard | None, today: date) -> Iterator[str]:
    if heard and heard.together:
        yield _("One answer to %(count)s people") % {"count": number(heard.together)}
    elif heard:
        yield _("One answer to fewer than five people")
    if group.due_on >= today:
        yield _("Due %(day)s") % {"day": day(group.due_on)}
    yield _("Draft ready") if queries.answer_in(group) else _("No draft yet")


def _how_late(due_on: date, today: date) -> str:
    if not rules.is_late(due_on=due_on, today=today):
        return ""
    days = (today - due_on).days
    late = ngettext("%(count)d day late", "%(count)d days late", days) % {"count": days}
    if rules.is_publicly_late(due_on=due_on, today=today):
        return _("%(late)s, public since %(day)s") % {"late": late, "day": day(due_on + rules.PUBLIC_AFTER)}
    return late


def _to_publish(process: Process) -> Iterator[Thing]:
    count = queries.answers_to_publish(process).count()
    if count:
        title = ngettext("Publish %(count)d signed answer", "Publish %(count)d signed answers", count)
        yield Thing(
            title=title % {"count": count},
            facts=(process.item.title,),
            button=_("Look and publish"),
            address=reverse("answers:publish", args=[process.pk]),
        )


def _to_prepare(viewer: Viewer, process: Process, today: date, now: datetime) -> Iterator[Thing]:
    """What the facilitator does next: in the activities that are open, and with what waits for a draft."""
    if not process_rules.may_facilitate(viewer, process):
        return
    for activity in process_rules.activities_of(process):
        kind = activity_kinds.registered()[activity.kind]
        for step in kind.next_steps(activity.item_id, now):
            yield Thing(title=step.title, facts=(step.help,), button=step.button, address=step.address)
    unwritten = queries.unanswered_groups(process).filter(answer=None, due_on__gte=today)
    first = unwritten.first()
    if first is not None:
        count = unwritten.count()
        title = ngettext("Write an answer to %(count)d group", "Write answers to %(count)d groups", count)
        yield Thing(
            title=title % {"count": count},
            facts=(
                _("Put together what belongs together first."),
                _("Due %(day)s") % {"day": day(first.due_on)},
            ),
            button=_("Group and write"),
            address=reverse("answers:prepare", args=[process.pk]),
        )
