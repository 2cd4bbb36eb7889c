"""With the database files and every log in hand, and knowing who voted: nobody's ballot can be told.

One attacker per test, each with a trace of its own: the order of rows, the bytes of the files, ids, the log. A trace
that gave owners away would make the attacker right; here each must do no better than chance.
"""

from __future__ import annotations

import itertools
import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.choice import actions, counting, tasks
from allting.choice.models import Ballot, Round, Turnout
from allting.people.models import Person
from allting.processes import participation
from allting.record.models import Event
from tests.make import choice as make
from tests.make.people import make_person, sign_in

VOTERS = 48
# Each of 48 pairings by chance is right once on average (Poisson of 1): ten or more right has p < 10⁻⁷.
TOO_MANY_RIGHT = 10

pytestmark = pytest.mark.django_db(transaction=True)


class Lines(logging.Handler):
    """Keeps every line that any logger writes."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__}")


@pytest.fixture
def log() -> Iterator[Lines]:
    lines = Lines()
    root = logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(lines)
    root.setLevel(level)


def hold_a_round(*, by_page: bool = False) -> tuple[Round, list[tuple[Person, list[int]]], list[str]]:
    """Let everybody cast a ballot of their own; return who cast what, in order, and the receipts."""
    round_ = make.make_round(options=12, limit=12, now=timezone.now())
    options = [option.pk for option in make.options_of(round_)]
    # Different ballots of one size, so that each can be told from the others and none by its size.
    different = list(itertools.islice(itertools.combinations(options, 4), VOTERS))
    random.Random(7).shuffle(different)
    owners, receipts = [], []
    for ballot in different:
        person = make_person()
        if by_page:
            address = reverse("choice:cast", args=[round_.pk])
            receipts.append(sign_in(Client(), person).post(address, {"options": list(ballot)}).context["receipt"])
        else:
            made = actions.cast_ballot(round_=round_, actor=person.actor, approvals=ballot)
            receipts.append(made.receipt)
        owners.append((person, sorted(ballot)))
    return round_, owners, receipts


def finish(round_: Round) -> None:
    make.close(round_, now=timezone.now())
    tasks.finish_closed_rounds()


def count_right(actors: list[int], approvals: list[list[int]], owners: list[tuple[Person, list[int]]]) -> int:
    """Pair the first name with the first ballot and so on, and count how often that is right."""
    truth = {person.actor_id: ballot for person, ballot in owners}
    return sum(truth[actor] == ballot for actor, ballot in zip(actors, approvals, strict=True))


def test_neither_order_nor_id_nor_size_tells_whose_ballot_it_is() -> None:
    round_, owners, _receipts = hold_a_round()
    assert physical_order(round_) == ([p.actor_id for p, _ in owners], [b for _, b in owners]), "no trace to remove"

    finish(round_)

    actors, approvals = physical_order(round_)
    by_id = [list(a) for a in Ballot.objects.order_by("pk").values_list("approvals", flat=True)]
    by_hash = [list(a) for a in Ballot.objects.order_by("receipt_hash").values_list("approvals", flat=True)]
    in_order = [person.actor_id for person, _ballot in owners]
    for guess in (
        count_right(actors, approvals, owners),
        count_right(in_order, approvals, owners),
        count_right(in_order, list(reversed(approvals)), owners),
        count_right(in_order, by_id, owners),
        count_right(in_order, by_hash, owners),
        count_right(actors, by_id, owners),
    ):
        assert guess < TOO_MANY_RIGHT
    assert sorted(approvals) == sorted(ballot for _person, ballot in owners)


def physical_order(round_: Round) -> tuple[list[int], list[list[int]]]:
    """Read both tables in the order in which their rows lie in the files."""
    place = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT actor_id FROM choice_turnout WHERE round_id = %s ORDER BY {place}", [round_.pk])
        actors = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"SELECT id FROM choice_ballot WHERE round_id = %s ORDER BY {place}", [round_.pk])
        ids = [str(row[0]).replace("-", "") for row in cursor.fetchall()]
    approvals = {pk.hex: list(approved) for pk, approved in Ballot.objects.values_list("pk", "approvals")}
    return actors, [approvals[pk] for pk in ids]


def test_all_rows_of_a_closed_round_came_in_one_transaction() -> None:
    """PostgreSQL keeps the number of the transaction that wrote a row; one for all says nothing."""
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL keeps the transaction of a row.")
    round_, _owners, _receipts = hold_a_round()

    finish(round_)

    with connection.cursor() as cursor:
        for table in ("choice_turnout", "choice_ballot"):
            cursor.execute(f"SELECT count(DISTINCT xmin::text) FROM {table}")
            assert cursor.fetchone() == (1,)


def test_the_files_hold_each_ballot_once_and_in_no_order_of_casting() -> None:
    """What was deleted stays in a file's free pages and in its log, unless both are written anew."""
    if connection.vendor != "sqlite":
        pytest.skip("On PostgreSQL the tables get new files; the operator's own log archive is in the guide.")
    round_, owners, receipts = hold_a_round()
    path = Path(str(connection.settings_dict["NAME"]))
    hashes = list(Ballot.objects.values_list("receipt_hash", flat=True))

    finish(round_)

    files = {file.name: file.read_bytes() for file in path.parent.glob(f"{path.name}*")}
    whole = b"".join(files.values())
    for hash_ in hashes:
        # In the row and in the index of the constraint, nowhere else.
        assert whole.count(str(hash_).encode()) == 2
    for receipt in receipts:
        assert receipt.encode() not in whole
    places = [whole.index(json_of(ballot)) for _person, ballot in owners]
    assert ranks_agree(places) < 0.5


def json_of(ballot: list[int]) -> bytes:
    return str(ballot).encode()


def ranks_agree(places: list[int]) -> float:
    """Return how far an order follows another (Spearman): 1 all the way, about 0 ± 0.15 by chance for 48."""
    order = sorted(range(len(places)), key=places.__getitem__)
    n = len(places)
    ranks = {at: rank for rank, at in enumerate(order)}
    return abs(1 - 6 * sum((at - ranks[at]) ** 2 for at in range(n)) / (n * (n * n - 1)))


def test_no_log_line_has_a_ballot_a_receipt_or_a_name(log: Lines) -> None:
    round_, owners, receipts = hold_a_round(by_page=True)

    finish(round_)

    # What the database driver logs in a debugging run is not written by a server; ours and Django's lines are.
    lines = [line for line in log.lines if "django.db.backends" not in line]
    for (person, ballot), receipt in zip(owners, receipts, strict=True):
        assert not any(receipt in line or str(ballot) in line for line in lines)
        assert not any(str(person.address) in line for line in lines if "choice" in line or "rounds" in line)


def test_no_event_and_no_other_table_knows_of_a_ballot() -> None:
    round_, owners, _receipts = hold_a_round()

    finish(round_)

    events = Event.objects.filter(item=round_.pk).values_list("name", "data")
    voters = {person.actor_id for person, _ballot in owners}
    assert not Event.objects.filter(name__startswith="choice.", actor__in=voters).exists()
    assert {name for name, _data in events} >= {"choice.round_closed", "choice.outcome_published"}
    assert dict(events)["choice.round_closed"]["ballots"] == VOTERS
    ids = [pk.hex for pk in Ballot.objects.values_list("pk", flat=True)]
    for table in connection.introspection.table_names():
        if table in {"choice_ballot", "choice_outcome"}:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall()).replace("-", "")
        assert not any(pk in rows for pk in ids), table


def test_the_published_certificate_names_nobody_and_no_receipt() -> None:
    round_, _owners, receipts = hold_a_round()

    finish(round_)

    certificate = make.fresh(round_).outcome.certificate
    hashes = Ballot.objects.values_list("receipt_hash", flat=True)
    assert not any(str(hash_) in certificate for hash_ in hashes)
    assert not any(pk.hex in certificate.replace("-", "") for pk in Ballot.objects.values_list("pk", flat=True))
    assert not any(receipt in certificate for receipt in receipts)
    published = [tuple(row[1]) for row in json.loads(certificate)["ballots"]]
    assert published == sorted(published)


def test_whoever_is_erased_leaves_the_turnout_and_the_ballot_stays() -> None:
    from allting.people import actions as people
    from allting.record.kinds import Words

    round_, owners, _receipts = hold_a_round()
    early, late = owners[0][0], owners[1][0]
    people.erase_person(person=early, words=Words.NAMELESS, now=timezone.now())
    assert Turnout.objects.filter(actor=early.actor).exists(), "gone while open: could cast twice"

    finish(round_)
    people.erase_person(person=late, words=Words.BLANKED, now=timezone.now())

    assert not Turnout.objects.filter(actor__in=[early.actor_id, late.actor_id]).exists()
    assert Ballot.objects.filter(round=round_).count() == VOTERS


def test_the_files_forget_who_was_shown_what() -> None:
    """What somebody was shown is a fingerprint of their ballot: it goes at closing, from the files, too."""
    if connection.vendor != "sqlite":
        pytest.skip("On PostgreSQL the tables get new files; the operator's own log archive is in the guide.")
    round_ = make.make_round(options=12, state="preparing", now=timezone.now())
    shortlist = make.shorten(round_, shown_each=6, now=timezone.now())
    people = [make_person() for _number in range(8)]
    hands = [actions.deal_hand(round_=shortlist, actor=each.actor, now=timezone.now()).shown for each in people]
    for person, hand in zip(people[:6], hands[:6], strict=True):  # two look and never cast
        actions.cast_ballot(round_=shortlist, actor=person.actor, approvals=hand[:3])
    path = Path(str(connection.settings_dict["NAME"]))

    def found() -> list[bool]:
        whole = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        return [json_of(each) in whole for hand in hands for each in (hand, sorted(hand))]

    assert any(found()), "no trace to remove"
    Round.objects.filter(pk=shortlist.pk).update(closes_at=timezone.now())
    tasks.finish_closed_rounds()

    assert not any(found())
    in_order = [person.actor_id for person in people[:6]]
    assert set(Turnout.objects.filter(round=shortlist).values_list("actor", flat=True)) == set(in_order)


def test_neither_stage_of_a_shortlisted_round_tells_whose_ballot_it_is_nor_which_two_belong_together() -> None:
    """The same people choose twice, one after the other in the same order: the worst that can happen."""
    round_ = make.make_round(options=12, state="preparing", now=timezone.now())
    shortlist = make.shorten(round_, size=8, shown_each=12, now=timezone.now())
    people = [make_person() for _number in range(VOTERS)]
    first = cast_different(shortlist, people, size=4, is_dealt=True)
    Round.objects.filter(pk=shortlist.pk).update(closes_at=timezone.now())
    tasks.finish_closed_rounds()
    second = cast_different(make.fresh(round_), people, size=3)

    finish(make.fresh(round_))

    in_order = [person.actor_id for person in people]
    lying = {}
    for stage, owners in ((shortlist, first), (round_, second)):
        actors, approvals = physical_order(stage)
        # Bits of `choice_support` stand in the order of the ballots' ids.
        ids = Ballot.objects.filter(round=stage).order_by("pk").values_list("approvals", flat=True)
        by_id = [list(each) for each in ids]
        for names, ballots in ((actors, approvals), (actors, by_id), (in_order, approvals), (in_order, by_id)):
            assert count_right(names, ballots, owners) < TOO_MANY_RIGHT
        owner_of = {tuple(ballot): person.actor_id for person, ballot in owners}
        lying[stage.pk] = [owner_of[tuple(ballot)] for ballot in approvals]
    alike = sum(one == other for one, other in zip(lying[shortlist.pk], lying[round_.pk], strict=True))
    assert alike < TOO_MANY_RIGHT
    # What is left of the dealing says how often, and the same of each.
    assert {option.dealt_count for option in make.options_of(shortlist)} == {VOTERS}


def cast_different(
    round_: Round, people: list[Person], *, size: int, is_dealt: bool = False
) -> list[tuple[Person, list[int]]]:
    """Let each cast a ballot of their own, all of one size; return who cast what, in order."""
    options = [option.pk for option in make.options_of(round_)]
    different = list(itertools.islice(itertools.combinations(options, size), len(people)))
    random.Random(11).shuffle(different)
    for person, ballot in zip(people, different, strict=True):
        if is_dealt:
            actions.deal_hand(round_=round_, actor=person.actor, now=timezone.now())
        actions.cast_ballot(round_=round_, actor=person.actor, approvals=ballot)
    return [(person, sorted(ballot)) for person, ballot in zip(people, different, strict=True)]


def test_the_files_forget_what_each_person_is_and_the_count_stays() -> None:
    """Ballots carry a kind: beside rows that say what people with names are, each would have fewer owners."""
    if connection.vendor != "sqlite":
        pytest.skip("On PostgreSQL the tables get new files, which is tested beside this.")
    round_ = make.make_round(options=6, now=timezone.now())
    process = make.process_of(round_)
    for number, (person, _receipt) in enumerate(make.cast(round_, [[0, 1]] * 10, kind="public")):
        relation = "researcher" if number < 6 else "competitor"
        participation.say_relation(process=process, actor=person.actor, relation=relation, now=timezone.now())

    def found(relation: str) -> int:
        path = Path(str(connection.settings_dict["NAME"]))
        whole = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        return whole.count(relation.encode())

    assert found("researcher") > 6, "no trace to remove"
    finish(round_)

    assert found("researcher") <= 1, "only in the count, which names nobody"
    assert found("competitor") <= 1


def test_on_postgresql_whatever_came_row_by_row_gets_a_new_file() -> None:
    """An old version of a row keeps its transaction: all options of one hand have the same, and so its ballot's."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's whole file is written anew, which is tested above.")
    round_ = make.make_round(options=12, state="preparing", now=timezone.now())
    shortlist = make.shorten(round_, shown_each=6, now=timezone.now())
    make.judge(shortlist, [range(12)] * 6, now=timezone.now())
    tables = ("choice_turnout", "choice_ballot", "choice_hand", "choice_option", "processes_participation")

    def files() -> dict[str, int]:
        with connection.cursor() as cursor:
            sought = "SELECT relname, pg_relation_filenode(oid) FROM pg_class WHERE relname = ANY(%s)"
            cursor.execute(sought, [[*tables]])
            return dict(cursor.fetchall())

    before = files()
    Round.objects.filter(pk=shortlist.pk).update(closes_at=timezone.now())
    tasks.finish_closed_rounds()

    after = files()
    assert set(before) == set(tables)
    assert [table for table in tables if before[table] == after[table]] == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM choice_option WHERE round_id = %s", [shortlist.pk])
        assert cursor.fetchone() == (1,)


def test_cleaning_twice_is_harmless() -> None:
    round_ = make.make_round(now=timezone.now())
    make.cast(round_, [[0]] * 5)
    make.close(round_, now=timezone.now())

    tasks.finish_closed_rounds()
    cleaned_at = make.fresh(round_).cleaned_at
    tasks.finish_closed_rounds()
    counting.clean_files(round_=round_, now=timezone.now())

    assert cleaned_at is not None
