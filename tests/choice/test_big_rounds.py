"""896 proposals: set up, found, ticked over many pages, counted, read; and rounds in which hardly anybody took part."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from allting.choice import actions, activity
from allting.choice.models import Ballot, Option, Round
from allting.record.models import Item
from tests.make import choice as make
from tests.make import processes
from tests.make.people import make_person, sign_in

pytestmark = pytest.mark.django_db
MANY = 896


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def url(name: str, round_: Round) -> str:
    return reverse(f"choice:{name}", args=[round_.pk])


def fill(round_: Round, count: int = MANY) -> None:
    """Add options in two statements: through the action it would take a minute."""
    by, now = round_.item.author, timezone.now()
    items = Item.objects.bulk_create(
        Item(kind="option", title=f"Proposal {number}", author=by, within=round_.item, created_at=now)
        for number in range(1, count + 1)
    )
    Option.objects.bulk_create(
        Option(item=item, round=round_, number=number, title=item.title) for number, item in enumerate(items, start=1)
    )


def big_round(*, state: str = "open", count: int = MANY) -> Round:
    round_ = make.make_round(options=0, state="preparing", now=timezone.now())
    fill(round_, count)
    if state == "open":
        actions.open_round(round_=round_, by=round_.item.author, now=timezone.now(), seed=make.SEED)
    return make.fresh(round_)


def test_the_workbench_of_896_is_paged_and_offers_a_shortlist() -> None:
    round_ = big_round(state="preparing")
    facilitator = sign_in(Client(), processes.make_facilitator(now=timezone.now()))

    page = facilitator.get(url("workbench", round_))

    assert len(page.context["options"].rows) == 30
    assert "Shorten the list first" in text_of(page)
    assert "11,947 people until each proposal was seen by 200." in text_of(page)


def test_what_is_ticked_on_one_page_is_kept_on_the_others_without_a_script(client: Client) -> None:
    round_ = big_round()
    sign_in(client, make_person())
    first = client.get(url("ballot", round_)).context["listing"]
    ticked = [first.rows[0].pk, first.rows[7].pk]

    second = client.post(url("review", round_), {"options": ticked, "page": 2})
    more = second.context["listing"].rows[3].pk
    found = client.post(url("review", round_), {"options": [*ticked, more], "find": "Proposal 77", "turn": "1"})
    reviewed = client.post(url("review", round_), {"options": [*ticked, more]})

    assert second.context["listing"].elsewhere == ticked
    assert text_of(second).count('type="hidden" name="options"') == 2
    assert "and 2 on other pages" in text_of(second)
    assert {row.title for row in found.context["listing"].rows} >= {"Proposal 77", "Proposal 770"}
    sent = re.findall(r'name="options" value="(\d+)"', text_of(found))
    assert [sent.count(str(pk)) for pk in (*ticked, more)] == [1, 1, 1]
    assert "Your ballot: 3 of up to 12" in text_of(reviewed)
    assert not Ballot.objects.exists()


def test_who_only_reads_ticks_nothing_so_no_choice_ends_up_in_an_address(client: Client) -> None:
    round_ = big_round()

    page = client.get(url("ballot", round_), {"page": 30})

    assert 'name="options"' not in text_of(page)
    assert len(page.context["listing"].rows) == MANY - 29 * 30


def test_a_receipt_changes_a_long_ballot_page_by_page(client: Client) -> None:
    round_ = big_round()
    [(_person, receipt)] = make.cast(round_, [[0, 500]])
    options = make.options_of(round_)
    kept = [options[0].pk, options[500].pk]

    turned = client.post(reverse("choice:change"), {"words": receipt, "options": kept, "page": "2"})
    assert Ballot.objects.get().approvals == kept
    client.post(reverse("choice:change"), {"words": receipt, "options": [*kept, turned.context["listing"].rows[9].pk]})

    assert len(Ballot.objects.get().approvals) == 3


def test_the_outcome_of_896_pages_what_lost_and_the_sponsor_finds_any(client: Client) -> None:
    round_ = big_round()
    make.cast(round_, [[0, 1, 2]] * 5 + [[3]] * 3)
    make.close(round_, now=timezone.now())
    make.count(round_)
    sponsor = sign_in(Client(), processes.make_sponsor(now=timezone.now()))

    page = client.get(url("outcome", round_), {"lost": 2})
    searched = sponsor.post(url("decide", round_), {"do": "find", "find": "Proposal 777", "options": []})

    assert len(page.context["lost"].rows) == 30
    assert "Page 2 of 30" in text_of(page)
    assert "Proposal 777" in text_of(searched)
    assert "needs a reason" not in text_of(searched)
    assert len(sponsor.get(url("decide", round_)).content) < 60_000


def test_pages_cost_no_more_queries_with_eight_than_with_two() -> None:
    sponsor = sign_in(Client(), processes.make_sponsor(now=timezone.now()))

    def queries_with(count: int) -> dict[str, int]:
        outcome = make.make_outcome([[0]] * 5 + [[1]] * 3, now=timezone.now(), options=count + 2, seats=2)
        found = {}
        for name in ("outcome", "brief", "decide"):
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert sponsor.get(url(name, outcome.round)).status_code == 200
            found[name] = len(caught)
        return found

    queries_with(2)  # what is read once and kept

    assert queries_with(8) == queries_with(2)


# --- hardly anybody ---------------------------------------------------------------------------------------


def test_a_round_with_nobody_says_so_and_what_to_do(client: Client) -> None:
    round_ = make.make_round(now=timezone.now())
    make.close(round_, now=timezone.now())

    page = text_of(client.get(url("outcome", round_)))
    [step] = activity.next_steps(round_.pk, timezone.now())

    assert "Nobody cast a ballot." in page
    assert "Back to the question" in page
    assert step.title == "Nobody chose"


def test_a_sponsor_who_never_decides_is_waited_for_in_public_and_on_the_workbench(client: Client) -> None:
    outcome = make.make_outcome([[0, 1]] * 6, now=timezone.now())

    page = text_of(client.get(url("outcome", outcome.round)))
    [step] = activity.next_steps(outcome.round.pk, timezone.now())

    assert "It has waited for that since" in page
    assert step.title == "Ask the sponsor to decide"
    assert step.address == url("brief", outcome.round)


# --- checking a file needs no installation ---------------------------------------------------------------


def test_checking_an_outcome_leaves_no_data_folder_behind(tmp_path: Path) -> None:
    outcome = make.make_outcome([[0, 1]] * 6)
    file = tmp_path / "outcome.json"
    file.write_bytes(outcome.certificate.encode())
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("ALLTING", "DJANGO", "DATABASE"))
    }

    done = subprocess.run(
        [sys.executable, "-m", "allting", "check", "outcome", str(file)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "chooses the same" in done.stdout
    assert list(tmp_path.iterdir()) == [file]
