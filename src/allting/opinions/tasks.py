"""What the worker does in this room: remind of waiting statements, notice what was hidden, draw maps, import."""

from __future__ import annotations

from datetime import datetime

from django.tasks import task
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allting.opinions import actions, claiming, maps, queries, stored, uploads
from allting.opinions.comparing import fitting
from allting.opinions.models import Statement
from allting.people import letters, post
from allting.people import queries as people
from allting.people.models import Person, RoleName
from allting.record.models import Event
from allting.web import queues


def remind_of_waiting() -> None:
    """Write to facilitator and deputy about statements that wait for more than a day: one mail a conversation a day."""
    now = timezone.now()
    if not post.is_mail_set_up():
        return
    for overdue in queries.list_overdue(now=now):
        within = [overdue.process_id]
        for person in people.people_with_role([RoleName.FACILITATOR, RoleName.DEPUTY], within=within):
            _remind(person, overdue, now=now)


def _remind(person: Person, overdue: queries.Overdue, *, now: datetime) -> None:
    if not person.address:
        return
    conversation = overdue.conversation
    with translation.override(person.language):
        waiting = ngettext(
            "%(count)d statement has waited for more than a day",
            "%(count)d statements have waited for more than a day",
            overdue.count,
        ) % {"count": overdue.count}
        letter = letters.Letter(
            subject=waiting,
            headline=waiting,
            paragraphs=(
                _("They are about “%(question)s”.") % {"question": conversation.item.title},
                _("Those who wrote them were promised that someone reads them within 24 hours."),
            ),
            button=(_("Look at them"), reverse("opinions:workbench", args=[conversation.pk])),
            why=_("You get this mail because you look after this conversation. It comes once a day at most."),
        )
        letters.queue_letter(
            key=f"opinions.waiting-{conversation.pk}-{timezone.localdate(now)}-{person.pk}",
            address=person.address,
            letter=letter,
            actor=person.actor,
            now=now,
        )


def note_moderation(event: Event, now: datetime) -> None:
    """Have the map drawn anew after a statement was hidden or restored. Run twice, the map is only looked at twice."""
    statement = Statement.objects.filter(pk=event.item_id).first()
    if statement:
        actions.note_changes(conversation_id=statement.conversation_id, now=now)


def redraw_due() -> None:
    """Hand every map that is due to the worker."""
    for run in maps.claim_due(now=timezone.now()):
        draw_map.enqueue(run.conversation_id, run.claimed_at.isoformat())


def tidy_vote_files() -> None:
    """Take people who were erased out of the files beside the table, and files that nobody reads away."""
    maps.tidy_vote_files(now=timezone.now())


@task(queue_name=queues.SLOW)
def draw_map(conversation_id: int, claimed_at: str) -> None:
    """Draw one claimed map. Twice is once: the second finds the claim gone."""
    run = claiming.Run(conversation_id=conversation_id, claimed_at=datetime.fromisoformat(claimed_at))
    maps.draw_map(run=run, now=timezone.now())


def prepare_pairs_due() -> None:
    """Hand every conversation whose prepared pairs are old to the worker."""
    for run in fitting.claim_due(now=timezone.now()):
        prepare_pairs.enqueue(run.conversation_id, run.claimed_at.isoformat())


@task(queue_name=queues.SLOW)
def prepare_pairs(conversation_id: int, claimed_at: str) -> None:
    """Prepare claimed pairs and publish the order. Twice is once: the second finds the claim gone."""
    run = claiming.Run(conversation_id=conversation_id, claimed_at=datetime.fromisoformat(claimed_at))
    fitting.prepare(run=run, now=timezone.now())


@task(queue_name=queues.SLOW)
def run_import(run_id: int) -> None:
    """Take in an upload. Twice is once: what is there already changes nothing."""
    uploads.run_import(run_id=run_id, now=timezone.now())


def clear_uploads() -> None:
    """Remove uploads that were looked at and that nobody took in."""
    uploads.clear_old(now=timezone.now())


def thin_out_maps() -> None:
    """Keep of the older maps one an hour, then one a day."""
    stored.thin_out(now=timezone.now())
