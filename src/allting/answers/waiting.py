"""What waits for somebody: late first, then by what is asked of them. Also what this room itself asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from allting.answers import queries, rules
from allting.answers.models import AnswerGroup
from allting.processes import rules as process_rules
from allting.processes import telling
from allting.processes.models import Process
from allting.processes.telling import Deed, Waiting
from allting.record.viewers import Viewer
from allting.web.numbers import day, number

# A list longer than this is not read in the morning; the rest is one tap away.
SHOWN_AT_MOST = 5
_TITLE_LENGTH = 80
_HEADINGS: Mapping[Deed, str | Promise] = {
    Deed.DECIDE: gettext_lazy("Decide"),
    Deed.SIGN: gettext_lazy("Sign"),
    Deed.CONFIRM: gettext_lazy("Confirm"),
    Deed.PROMISE: pgettext_lazy("to do", "Promise"),
    Deed.PUBLISH: gettext_lazy("Publish"),
    Deed.PREPARE: gettext_lazy("Prepare"),
}


# --- the page -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind. `more_count` are not shown; `more_address` leads to all."""

    heading: str | Promise
    things: list[Waiting]
    more_count: int = 0
    more_address: str = ""


def sections_for(viewer: Viewer, *, now: datetime) -> list[Section]:
    """Return what waits for the viewer in all rooms; sections with nothing in them are left out."""
    found = _each_once(telling.waiting_for(viewer, now=now))
    named: list[tuple[str | Promise, list[Waiting]]] = [(_("Late"), [one for one in found if one.late])]
    for deed, heading in _HEADINGS.items():
        named.append((heading, [one for one in found if one.deed is deed and not one.late]))
    return [_section(heading, things) for heading, things in named if things]


def _each_once(found: Sequence[Waiting]) -> list[Waiting]:
    """Leave out who is to be asked for a decision, for somebody who both prepares and decides: that is theirs."""
    decided_at = {one.address for one in found if one.deed is Deed.DECIDE}
    return [one for one in found if one.deed is Deed.DECIDE or one.address not in decided_at]


def _section(heading: str | Promise, things: list[Waiting]) -> Section:
    """Show the first few, and say how many more there are."""
    rest = things[SHOWN_AT_MOST:]
    address = rest[0].list_address or rest[0].address if rest else ""
    return Section(heading, things[:SHOWN_AT_MOST], more_count=len(rest), more_address=address)


def count_things(sections: Sequence[Section]) -> int:
    return sum(len(section.things) + section.more_count for section in sections)


# --- what this room asks ------------------------------------------------------------------------------


def waiting_for(viewer: Viewer, now: datetime) -> Iterator[Waiting]:
    """Give what is to be signed, published and written in the processes whose answers the viewer prepares."""
    today = process_rules.local_day(now)
    for process in queries.processes_prepared_by(viewer):
        yield from _to_sign(viewer, process, today)
        yield from _to_publish(process)
        yield from _to_write(viewer, process, today)


def _to_sign(viewer: Viewer, process: Process, today: date) -> Iterator[Waiting]:
    """Drafts that wait for a signature, and from its day on whatever has none; late ones also for who writes them."""
    may_sign = bool(queries.may_sign(viewer, process))
    mine = [group for group in queries.unanswered_groups(process) if _is_due(group, today, may_sign=may_sign)]
    shown = queries.cards_in(mine[:SHOWN_AT_MOST], viewer=viewer)
    heard = queries.count_heard_in(mine[:SHOWN_AT_MOST])
    everything = reverse("answers:prepare", args=[process.pk])
    for group in mine:
        words = [card.words for card in shown.of(group)]
        draft = queries.answer_in(group)
        yield Waiting(
            deed=Deed.SIGN,
            title=title_of(group, words),
            facts=tuple(_facts(group, heard.get(group.pk), today)),
            due_on=group.due_on,
            late=_how_late(group.due_on, today),
            button=_("Read and sign") if draft and may_sign else _("Write"),
            address=reverse("answers:write", args=[group.pk]),
            process_id=process.pk,
            list_address=everything,
        )


def _is_due(group: AnswerGroup, today: date, *, may_sign: bool) -> bool:
    has_draft = queries.answer_in(group) is not None
    if rules.is_late(due_on=group.due_on, today=today):
        return may_sign or not has_draft
    return may_sign and (has_draft or group.due_on <= today)


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


def _to_publish(process: Process) -> Iterator[Waiting]:
    count = queries.answers_to_publish(process).count()
    if count:
        title = ngettext("Publish %(count)d signed answer", "Publish %(count)d signed answers", count)
        yield Waiting(
            deed=Deed.PUBLISH,
            title=title % {"count": count},
            facts=(process.item.title,),
            button=_("Look and publish"),
            address=reverse("answers:publish", args=[process.pk]),
            process_id=process.pk,
        )


def _to_write(viewer: Viewer, process: Process, today: date) -> Iterator[Waiting]:
    """What waits for a draft, for the facilitator."""
    if not process_rules.may_facilitate(viewer, process):
        return
    unwritten = queries.unanswered_groups(process).filter(answer=None, due_on__gte=today)
    count, first = unwritten.count(), unwritten.first()
    if first is not None:
        title = ngettext("Write an answer to %(count)d group", "Write answers to %(count)d groups", count)
        yield Waiting(
            deed=Deed.PREPARE,
            title=title % {"count": count},
            help=_("Put together what belongs together first."),
            facts=(_("Due %(day)s") % {"day": day(first.due_on)},),
            due_on=first.due_on,
            button=_("Group and write"),
            address=reverse("answers:prepare", args=[process.pk]),
            process_id=process.pk,
        )
