"""Take in a conversation that was held with another tool: what arrives, and the action that writes it down.

`exchange` reads files into an `Export`. Everything here goes by the numbers that people and statements had
there, so that the same export twice changes nothing, and a newer one adds what is new.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched

from django.db import connection, transaction
from django.db.models import Count, F
from django.utils.translation import gettext_noop

from allting.opinions.models import Conversation, Participant, Statement, Vote
from allting.processes import actions as processes
from allting.processes.blueprints import QUICK_LISTENING
from allting.record import actions as record
from allting.record.models import Actor, Item

# Large enough that the database's own work dominates, small enough that progress moves a few times a second.
VOTES_A_BATCH = 5_000
REJECTED_THERE = gettext_noop("It was not accepted in the conversation that it was imported from.")

type Progress = Callable[[int, int], None]


def tell_nobody(done: int, total: int) -> None:
    """Take no note of the progress."""


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """One statement as it stood there. `number` and `author` are the numbers of that tool."""

    number: int
    author: int
    text: str
    submitted_at: datetime
    is_rejected: bool
    is_about_the_conversation: bool
    is_seed: bool


@dataclass(frozen=True, slots=True, eq=False)
class ImportedVotes:
    """The last vote of each pair, in four columns of one length. Times are milliseconds since 1970, UTC."""

    participants: array[int]
    statements: array[int]
    values: array[int]
    times_ms: array[int]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Export:
    """A conversation as it arrives, checked: every vote belongs to a participant and a statement of the export.

    source       a digest of where it comes from, by which a newer export of the same conversation is known
    has_times    False when the votes' times are not known; they then all bear the last time that is
    """

    topic: str
    description: str
    address: str
    source: str
    attribution: str
    attribution_url: str
    statements: tuple[ImportedStatement, ...]
    participants: tuple[int, ...]
    votes: ImportedVotes
    has_times: bool
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed. All zero when everything was there already."""

    conversation: Conversation
    people_added: int
    statements_added: int
    statements_changed: int
    votes_added: int
    votes_changed: int

    @property
    def changes_count(self) -> int:
        return (
            self.people_added + self.statements_added + self.statements_changed + self.votes_added + self.votes_changed
        )


def find_conversation_of(export: Export) -> Conversation | None:
    """Return the conversation that an earlier export of the same one was imported into, if there is any."""
    return Conversation.objects.filter(import_digest=export.source).order_by("pk").first()


@transaction.atomic
def import_conversation(
    *,
    export: Export,
    by: Actor,
    now: datetime,
    conversation: Conversation | None = None,
    title: str = "",
    progress: Progress = tell_nobody,
) -> Imported:
    """Import an export into the given conversation, into the one it was imported into before, or into a new one.

    A new one belongs to a process of its own, which is closed and bears the dates of the export. `title` is its
    question; where it is empty, the export's topic is.
    """
    target = conversation or find_conversation_of(export) or _start_past(export, title=title, by=by, now=now)
    return import_into(conversation=target, export=export, by=by, now=now, progress=progress)


def _start_past(export: Export, *, title: str, by: Actor, now: datetime) -> Conversation:
    closed_at = min(export.last_at, now)
    process = processes.record_past_process(
        template=QUICK_LISTENING.name,
        choices=processes.Choices(question=title or export.topic),
        opened_at=min(export.first_at, closed_at - timedelta(seconds=1)),
        closed_at=closed_at,
        by=by,
        now=now,
        labels=processes.Labels(attribution=export.attribution),
    )
    conversation = Conversation.objects.get(item__activity__phase__process=process)
    conversation.description = export.description
    conversation.save(update_fields=["description"])
    return conversation


@transaction.atomic
def import_into(
    *, conversation: Conversation, export: Export, by: Actor, now: datetime, progress: Progress = tell_nobody
) -> Imported:
    """Write an export into a conversation, in one transaction and without doubling anything.

    The rules are those of voting by hand: one vote a pair, the three values, statements as long as the column
    takes. What a facilitator has decided here about a statement stands, whatever a newer export says.
    Writes one event with counts. `progress` hears how many votes of how many are done; it must not use the
    database, which holds everybody else's writes until this is over.
    """
    conversation = Conversation.objects.select_for_update().select_related("item").get(pk=conversation.pk)
    people = _People(conversation, export)
    people_added = people.add_missing()
    statements_added, statements_changed = _take_in_statements(conversation, export, people, now=now)
    votes_added, votes_changed = _take_in_votes(conversation, export, people, progress=progress)
    imported = Imported(
        conversation=conversation,
        people_added=people_added,
        statements_added=statements_added,
        statements_changed=statements_changed,
        votes_added=votes_added,
        votes_changed=votes_changed,
    )
    if not imported.changes_count:
        return imported
    _count_views(conversation)
    Conversation.objects.filter(pk=conversation.pk).update(
        changes_count=F("changes_count") + imported.changes_count,
        changed_at=now,
        import_digest=export.source,
        columns_mark="",
        attribution=export.attribution or conversation.attribution,
        attribution_url=export.attribution_url or conversation.attribution_url,
    )
    record.emit(
        name="opinions.conversation_imported",
        actor=by,
        item=conversation.item,
        data={"people": people_added, "statements": statements_added, "votes": votes_added + votes_changed},
        now=now,
    )
    return imported


class _People:
    """The actors behind the numbers of an export: participants, and authors who never voted."""

    def __init__(self, conversation: Conversation, export: Export) -> None:
        self._conversation = conversation
        self._export = export
        known = dict(
            Participant.objects.filter(conversation=conversation, number_there__isnull=False).values_list(
                "number_there", "actor_id"
            )
        )
        self._participants = set(known)
        # An author who never voted has no participant's row; the statement remembers the actor.
        author_of = dict(
            Statement.objects.filter(conversation=conversation, number_there__isnull=False).values_list(
                "number_there", "item__author_id"
            )
        )
        for statement in export.statements:
            if (actor := author_of.get(statement.number)) is not None:
                known.setdefault(statement.author, actor)
        self.actor_ids = known

    def add_missing(self) -> int:
        """Make actors and participants' rows for new numbers; return how many participants are new."""
        wanted = dict.fromkeys([*self._export.participants, *(it.author for it in self._export.statements)])
        missing = [number for number in wanted if number not in self.actor_ids]
        made = Actor.objects.bulk_create([Actor(kind=Actor.Kind.IMPORTED) for _ in missing], batch_size=1_000)
        self.actor_ids |= {number: actor.pk for number, actor in zip(missing, made, strict=True)}
        new = [number for number in self._export.participants if number not in self._participants]
        first_ms = _first_vote_ms(self._export.votes)
        Participant.objects.bulk_create(
            [
                Participant(
                    conversation=self._conversation,
                    actor_id=self.actor_ids[number],
                    number_there=number,
                    first_vote_at=_moment(first_ms[number]) if number in first_ms else self._export.last_at,
                )
                for number in new
            ],
            batch_size=1_000,
        )
        return len(new)


def _take_in_statements(
    conversation: Conversation, export: Export, people: _People, *, now: datetime
) -> tuple[int, int]:
    there = {
        statement.number_there: statement
        for statement in Statement.objects.filter(conversation=conversation, number_there__isnull=False)
    }
    new = [statement for statement in export.statements if statement.number not in there]
    items = Item.objects.bulk_create(
        [
            Item(
                kind="statement",
                title=record.shorten_title(statement.text),
                author_id=people.actor_ids[statement.author],
                within=conversation.item,
                created_at=statement.submitted_at,
            )
            for statement in new
        ],
        batch_size=1_000,
    )
    Statement.objects.bulk_create(
        [
            Statement(
                item=item,
                conversation=conversation,
                text=statement.text,
                number_there=statement.number,
                submitted_at=statement.submitted_at,
                is_seed=statement.is_seed,
                is_about_the_conversation=statement.is_about_the_conversation,
                **_standing(statement),
            )
            for item, statement in zip(items, new, strict=True)
        ],
        batch_size=1_000,
    )
    changed = []
    for statement in export.statements:
        here = there.get(statement.number)
        if here is None or here.decided_at is not None:
            continue
        wanted = {
            "is_about_the_conversation": statement.is_about_the_conversation,
            "is_seed": statement.is_seed,
            **_standing(statement),
        }
        if any(getattr(here, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(here, name, value)
            changed.append(here)
    Statement.objects.bulk_update(
        changed, ["state", "decline_reason", "is_about_the_conversation", "is_seed"], batch_size=500
    )
    return len(new), len(changed)


def _standing(statement: ImportedStatement) -> Mapping[str, str]:
    if statement.is_rejected:
        return {"state": Statement.State.DECLINED, "decline_reason": REJECTED_THERE}
    return {"state": Statement.State.SHOWN, "decline_reason": ""}


def _take_in_votes(
    conversation: Conversation, export: Export, people: _People, *, progress: Progress
) -> tuple[int, int]:
    statement_ids = dict(
        Statement.objects.filter(conversation=conversation, number_there__isnull=False).values_list(
            "number_there", "item_id"
        )
    )
    known = _votes_here(people.actor_ids.values(), conversation) if conversation.changes_count else {}
    votes = export.votes
    columns = zip(votes.participants, votes.statements, votes.values, votes.times_ms, strict=True)
    added = changed = done = 0
    progress(0, len(votes))
    for batch in batched(columns, VOTES_A_BATCH):
        rows: list[tuple[int, int, int, str | None]] = []
        for number, statement_number, value, time_ms in batch:
            actor_id, statement_id = people.actor_ids[number], statement_ids[statement_number]
            before = known.get((actor_id, statement_id))
            if before == value:
                continue
            added, changed = (added + 1, changed) if before is None else (added, changed + 1)
            cast_at = connection.ops.adapt_datetimefield_value(_moment(time_ms))
            rows.append((actor_id, statement_id, value, cast_at))
        _write_votes(rows)
        done += len(batch)
        progress(done, len(votes))
    return added, changed


def _votes_here(actor_ids: Iterable[int], conversation: Conversation) -> dict[tuple[int, int], int]:
    wanted = set(actor_ids)
    return {
        (actor_id, statement_id): value
        for actor_id, statement_id, value in Vote.objects.filter(statement__conversation=conversation)
        .values_list("actor_id", "statement_id", "value")
        .iterator(chunk_size=20_000)
        if actor_id in wanted
    }


def _write_votes(rows: Sequence[tuple[int, int, int, str | None]]) -> None:
    """Write votes as `cast_vote` would: one a pair, the newer value stands.

    One prepared statement instead of `bulk_create`: model instances cost five times as much as the rows.
    """
    table, column = connection.ops.quote_name(Vote._meta.db_table), connection.ops.quote_name
    names = ", ".join(map(column, ("actor_id", "statement_id", "value", "cast_at")))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES (%s, %s, %s, %s) "
            f"ON CONFLICT ({column('actor_id')}, {column('statement_id')}) "
            f"DO UPDATE SET {column('value')} = excluded.{column('value')}, "
            f"{column('cast_at')} = excluded.{column('cast_at')}",
            rows,
        )


def _count_views(conversation: Conversation) -> None:
    """Set how often each statement was seen at least: whoever voted on it has seen it."""
    voted = dict(
        Vote.objects.filter(statement__conversation=conversation)
        .values_list("statement_id")
        .annotate(count=Count("pk"))
    )
    statements = list(Statement.objects.filter(conversation=conversation).only("pk", "views_count"))
    behind = [it for it in statements if it.views_count < voted.get(it.pk, 0)]
    for statement in behind:
        statement.views_count = voted[statement.pk]
    Statement.objects.bulk_update(behind, ["views_count"], batch_size=500)


def _first_vote_ms(votes: ImportedVotes) -> dict[int, int]:
    first: dict[int, int] = {}
    for number, time_ms in zip(votes.participants, votes.times_ms, strict=True):
        if time_ms < first.get(number, time_ms + 1):
            first[number] = time_ms
    return first


def _moment(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, tz=UTC)
