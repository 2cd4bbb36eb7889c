"""Closing, counting, deciding, and the proof."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from allting.choice import actions, analysis, counting, queries, story, tasks
from allting.choice.actions import Wording
from allting.choice.actions.closing import kinds_to_blank
from allting.choice.errors import AlreadyDecided, CostsMissing, CountFailed
from allting.choice.models import Ballot, Decision, Outcome, Turnout
from allting.record.models import Event
from tests.make import choice as make
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db

# Two in three want the first three, one in three the fourth: plain majority leaves them with nothing.
TWO_GROUPS = [[0, 1, 2]] * 8 + [[3]] * 4


def test_a_smaller_group_gets_its_share() -> None:
    outcome = make.make_outcome(TWO_GROUPS)

    options = make.options_of(outcome.round)
    assert options[3].pk in outcome.figures["chosen"]
    assert options[3].pk not in outcome.figures["plain"]
    assert outcome.figures["represented"][0]["with_none"] == 0
    assert outcome.figures["represented_plainly"][0]["with_none"] == 4


def test_counting_in_a_process_of_its_own_gives_the_same() -> None:
    round_ = make.make_round()
    make.cast(round_, TWO_GROUPS)
    asked = counting.read_ballots(make.close(round_))

    assert counting.count_outside(asked) == json.loads(json.dumps(analysis.count(asked)))


def test_counting_twice_publishes_once() -> None:
    outcome = make.make_outcome(TWO_GROUPS)

    assert make.count(outcome.round) == outcome
    assert Outcome.objects.count() == 1
    assert Event.objects.filter(name="choice.outcome_published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_round_that_cannot_be_counted_keeps_no_other_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = [make.make_round(now=timezone.now()) for _number in range(2)]
    for round_ in rounds:
        make.cast(round_, [[0, 1]] * 5)
        make.close(round_, now=timezone.now())
    asked: list[object] = []

    def count(said: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(said)
        if len(asked) == 1:
            raise CountFailed(exit_code=-9, said="Killed")
        return analysis.count(said)

    monkeypatch.setattr(counting, "count_outside", count)

    with pytest.raises(ExceptionGroup, match="could not be counted"):
        tasks.finish_closed_rounds()

    assert Outcome.objects.count() == 1


def test_an_open_round_is_not_counted() -> None:
    round_ = make.make_round()
    make.cast(round_, TWO_GROUPS)

    assert counting.count_round(round_=round_, now=NOW, count=analysis.count) is None


def test_a_round_without_ballots_has_no_outcome() -> None:
    round_ = make.make_round(state="closed")

    assert counting.count_round(round_=round_, now=NOW, count=analysis.count) is None


@pytest.mark.parametrize(
    ("kinds", "blanked"),
    [
        (["customer"] * 5 + ["citizen"] * 6, set()),
        (["customer"] * 4 + ["citizen"] * 6 + [""] * 5, {"customer"}),
        # Four without a kind are all minus the others: the smallest other one goes, too.
        (["customer"] * 4 + ["citizen"] * 6 + ["employee"] * 7, {"customer", "citizen"}),
        (["citizen"] * 6 + [""] * 2, {"citizen"}),
        (["customer", "citizen"], {"customer", "citizen"}),
    ],
)
def test_small_kinds_are_blanked_and_a_second_one_where_it_could_be_subtracted(
    kinds: list[str], blanked: set[str]
) -> None:
    assert kinds_to_blank(kinds) == blanked


def test_closing_blanks_small_kinds() -> None:
    round_ = make.make_round()
    make.cast(round_, [[0]] * 4, kind="owner")
    make.cast(round_, [[1]] * 6, kind="citizen")
    make.cast(round_, [[1]] * 5)

    make.close(round_)

    assert sorted(Ballot.objects.values_list("kind", flat=True)) == [""] * 9 + ["citizen"] * 6


def test_closing_twice_closes_once() -> None:
    round_ = make.make_round()
    make.cast(round_, TWO_GROUPS)
    make.close(round_)

    actions.close_round(round_=round_, now=NOW)

    assert Event.objects.filter(name="choice.round_closed").count() == 1
    assert Turnout.objects.count() == Ballot.objects.count() == len(TWO_GROUPS)


def test_the_certificate_proves_the_outcome_and_a_forged_one_is_refused() -> None:
    outcome = make.make_outcome(TWO_GROUPS)

    assert analysis.check(outcome.certificate).recomputed is True
    assert analysis.check(outcome.certificate.replace('"supporters":8', '"supporters":7', 1)).faults


def test_allting_check_outcome_verifies_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from allting.choice import commands

    outcome = make.make_outcome(TWO_GROUPS)
    file = tmp_path / "outcome.json"
    file.write_bytes(outcome.certificate.encode())
    forged = tmp_path / "forged.json"
    forged.write_bytes(outcome.certificate.replace('"people":8', '"people":9', 1).encode())

    class Chosen:
        def __init__(self, file: Path) -> None:
            self.file = file

    assert commands.CHECKS[0].run(Chosen(file)) == 0  # type: ignore[arg-type]
    assert "chooses the same" in capsys.readouterr().out
    assert commands.CHECKS[0].run(Chosen(forged)) == 1  # type: ignore[arg-type]
    assert "Refused" in capsys.readouterr().out


def test_the_seed_is_the_one_that_was_committed() -> None:
    import hashlib

    round_ = make.make_round()

    assert round_.seed_commitment == hashlib.sha256(round_.seed.encode()).hexdigest()


def test_the_sponsor_confirms_once() -> None:
    outcome = make.make_outcome(TWO_GROUPS)
    by = outcome.round.item.author

    decision = actions.confirm_outcome(outcome=outcome, by=by, now=NOW)

    assert decision.options == outcome.figures["chosen"]
    with pytest.raises(AlreadyDecided):
        actions.confirm_outcome(outcome=outcome, by=by, now=NOW)


def test_departing_keeps_both_and_says_whom_it_leaves_with_nothing() -> None:
    outcome = make.make_outcome(TWO_GROUPS + [[3]] * 2)
    options = make.options_of(outcome.round)
    chosen = outcome.figures["chosen"]
    kept = [pk for pk in chosen if pk != options[3].pk]
    left_count = queries.left_with_nothing(outcome.round, kept)

    decision = actions.depart_from_outcome(
        outcome=outcome,
        options=kept,
        reason="The state sets the terms.",
        left_with_nothing_count=left_count,
        by=outcome.round.item.author,
        now=NOW,
    )

    dropped, added = story.departures(decision, outcome, {option.pk: option for option in options})
    assert (dropped, added) == ([options[3]], [])
    assert left_count == decision.left_with_nothing_count == 6
    assert Outcome.objects.get().figures["chosen"] == chosen
    assert Decision.objects.get().reason


def test_a_budget_is_shared_out_and_never_overspent() -> None:
    round_ = make.make_round(options=0, state="preparing")
    by = round_.item.author
    actions.change_round(round_=round_, seats=3, approvals_limit=12, budget=100, by=by, now=NOW)
    for number, cost in enumerate((60, 40, 30)):
        actions.add_option(round_=round_, wording=Wording(title=make.TITLES[number], cost=cost), by=by, now=NOW)
    actions.open_round(round_=make.fresh(round_), by=by, now=NOW)
    make.cast(round_, [[0]] * 6 + [[1, 2]] * 4)
    make.close(round_)

    outcome = make.count(round_)

    costs = {option.pk: option.cost or 0 for option in make.options_of(round_)}
    assert outcome.method == "equal_shares_add_one"
    assert sum(costs[pk] for pk in outcome.figures["chosen"]) <= 100
    assert analysis.check(outcome.certificate).recomputed is True


def test_where_money_is_shared_out_every_proposal_needs_a_cost() -> None:
    round_ = make.make_round(state="preparing")
    actions.change_round(round_=round_, seats=3, approvals_limit=12, budget=100, by=round_.item.author, now=NOW)

    with pytest.raises(CostsMissing):
        actions.open_round(round_=make.fresh(round_), by=round_.item.author, now=NOW)


def test_imported_ballots_are_counted_and_said_to_be_imported() -> None:
    round_ = make.make_round()
    one, two = (option.pk for option in make.options_of(round_)[:2])

    actions.import_ballots(
        round_=round_, ballots=[([one], "citizen")] * 6 + [([two], "")] * 5, by=round_.item.author, now=NOW
    )
    make.close(round_)
    outcome = make.count(round_)

    assert make.fresh(round_).are_ballots_imported
    assert outcome.figures["people"] == 11
    assert not Ballot.objects.exclude(receipt_hash=None).exists()
