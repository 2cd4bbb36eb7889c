import ast
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allting.engine.selection import errors, verify
from allting.engine.selection.ballots import pack_ballots
from allting.engine.selection.certificate import (
    ballots_digest,
    certificate_digest,
    make_certificate,
    payments_hold,
    recompute,
)
from allting.engine.selection.phragmen import rank_by_phragmen
from allting.engine.selection.shares import equal_shares, equal_shares_of_budget, phragmen
from allting.engine.selection.ties import seed_commitment
from allting.engine.selection.verify import Reason
from tests.engine.selection.rounds import make_round, small_rounds


@pytest.fixture
def document():
    ballots = make_round(*["abx"] * 4, *["ab"] * 5, *["xy"] * 3, "y", "c", "")
    return json.loads(make_certificate(equal_shares(ballots, seats=3, seed="s"), with_ballots=True))


def canonical(document):
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def reasons(document):
    return {fault.reason for fault in verify.verify(canonical(document)).faults}


def seal_ballots(document):
    """Do what a forger would: fit the digest to the changed ballots."""
    listed = {
        "options": [option["name"] for option in document["options"]],
        "ballots": [row[:2] for row in document["ballots"]],
    }
    document["ballots_digest"] = hashlib.sha256(canonical(listed)[:-1].encode()).hexdigest()


def test_an_honest_certificate_holds(document):
    verdict = verify.verify(canonical(document))

    assert verdict.holds
    assert verdict.has_ballots


@given(small_rounds(), st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_every_outcome_proves_itself(case, seats):
    votes, names = case
    text = make_certificate(
        equal_shares(pack_ballots(approvals=votes, options=names), seats=seats, seed="s"), with_ballots=True
    )

    assert verify.verify(text).faults == ()
    assert recompute(text).is_same


@given(small_rounds(people=5, options=4), st.data())
@settings(max_examples=50, deadline=None)
def test_every_outcome_with_costs_proves_itself(case, data):
    votes, names = case
    costs = data.draw(st.lists(st.integers(1, 12), min_size=len(names), max_size=len(names)))
    ballots = pack_ballots(approvals=votes, options=names)
    step = data.draw(st.sampled_from([1, 2]))
    selection = equal_shares_of_budget(ballots, costs=costs, budget=max(costs) + 5, seed="s", step=step)

    text = make_certificate(selection, with_ballots=True)

    assert verify.verify(text).faults == ()
    assert recompute(text).is_same


def test_a_changed_payment_is_named(document):
    purse = next(purse for purse in document["purses"] if purse["paid"])
    purse["paid"][0][1] = "1/97"

    verdict = verify.verify(canonical(document))

    (fault,) = verdict.faults
    assert fault.reason is Reason.PAYMENT_WRONG
    assert dict(fault.data)["claimed"] == "1/97"
    assert not verdict.holds


def test_a_changed_price_is_named(document):
    purchase = document["purchases"][0]
    option, price = document["options"][purchase["option"]]["name"], purchase["price"]
    purchase["price"] = "1/97"

    (fault,) = verify.verify(canonical(document)).faults

    assert fault.reason is Reason.PRICE_WRONG
    assert dict(fault.data) == {"option": option, "claimed": "1/97", "found": price}


def test_a_changed_ballot_is_named(document):
    row = next(row for row in document["ballots"] if row[1] == [4])
    row[1] = [3]

    assert Reason.BALLOTS_CHANGED in reasons(document)


def test_a_changed_ballot_is_found_even_with_the_digest_made_to_fit(document):
    row = next(row for row in document["ballots"] if row[1] == [0, 1])
    row[0] -= 1
    next(row for row in document["ballots"] if row[1] == [2])[0] += 1
    seal_ballots(document)

    found = reasons(document)

    assert Reason.BALLOTS_CHANGED not in found
    assert {Reason.SUPPORTERS_MISCOUNTED, Reason.PRICE_WRONG, Reason.PURSE_MISCOUNTED} <= found


def test_another_winner_is_found_out(document):
    selection = recompute(canonical(document))
    lost = next(at for at, option in enumerate(document["options"]) if option["name"] not in selection.chosen)
    document["purchases"][0]["option"] = lost

    assert reasons(document) & {Reason.PASSED_OVER, Reason.CANNOT_BE_PAID}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda document: document.update(seed="t"), Reason.SEED_CHANGED),
        (lambda document: document.update(endowment="1/4"), Reason.SHARE_WRONG),
        (lambda document: document.update(people=16), Reason.PEOPLE_MISCOUNTED),
        (lambda document: document["purses"][0].update(left="7"), Reason.REST_WRONG),
        (lambda document: document["purses"][0].update(people=40), Reason.PURSE_MISCOUNTED),
        (lambda document: document["purchases"][0].update(supporters=40), Reason.SUPPORTERS_MISCOUNTED),
        (lambda document: document["purchases"][-1].update(moment="7"), Reason.MOMENT_WRONG),
        (lambda document: document["purchases"].pop(), Reason.STOPPED_EARLY),
        (lambda document: document["ties"].clear(), Reason.TIE_WRONG),
        (lambda document: document.update(limit=2), Reason.OVER_LIMIT),
        (lambda document: document["ballots"][0].__setitem__(2, 1), Reason.PAID_UNAPPROVED),
        (lambda document: document["ballots"][1].__setitem__(2, 0), Reason.NOT_CHARGED),
        (lambda document: document["options"].reverse(), Reason.MALFORMED),
        (lambda document: document["purchases"][0].update(option=99), Reason.MALFORMED),
        (lambda document: document["purchases"][0].update(price="1e99999999"), Reason.MALFORMED),
        (lambda document: document["ballots"][1].__setitem__(1, [1, 0]), Reason.BALLOTS_CHANGED),
        (lambda document: document["ballots"][1].__setitem__(1, [0, 99]), Reason.MALFORMED),
        (lambda document: document["ballots"][0].__setitem__(0, -1), Reason.MALFORMED),
        (lambda document: document.pop("ballots"), Reason.MALFORMED),
        (lambda document: document.update(version=2), Reason.NOT_OURS),
    ],
)
def test_each_forgery_has_its_name(document, change, reason):
    change(document)

    assert reason in reasons(document)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000])
def test_what_is_no_certificate_is_refused_quietly(text):
    (fault,) = verify.verify(text).faults

    assert fault.reason in (Reason.NOT_JSON, Reason.NOT_OURS)


def test_the_same_in_another_spelling_is_not_the_same(document):
    text = json.dumps(document, indent=1)

    assert {fault.reason for fault in verify.verify(text).faults} == {Reason.NOT_CANONICAL}


def test_a_small_round_publishes_neither_ballots_nor_payments():
    text = make_certificate(equal_shares(make_round("ab", "b"), seats=1, seed="s"), with_ballots=False)

    verdict = verify.verify(text)

    assert verdict.holds
    assert not verdict.has_ballots
    assert json.loads(text)["ballots"] is json.loads(text)["purses"] is None
    with pytest.raises(errors.CertificateUnreadable, match="no_ballots"):
        recompute(text)


def test_recomputing_notices_a_raise_that_stopped_early():
    selection = equal_shares_of_budget(make_round("a", "b"), costs=[4, 6], budget=10, seed="s")
    document = json.loads(make_certificate(selection, with_ballots=True))
    stopped = make_certificate(
        equal_shares_of_budget(make_round("a", "b"), costs=[4, 6], budget=10, seed="s", step=3), with_ballots=True
    )

    assert document["raised_by"] == 1
    assert recompute(canonical(document)).is_same
    assert json.loads(stopped)["raised_by"] == 3
    assert recompute(stopped).is_same
    document.update(step=3, raised_by=0, endowment="5")
    assert not recompute(canonical(document)).is_same


@pytest.mark.parametrize("text", ["{", "{}", '{"format":"allting outcome","version":1,"ballots":[]}'])
def test_what_cannot_be_recomputed_is_refused(text):
    with pytest.raises(errors.CertificateUnreadable):
        recompute(text)


def test_digests_are_of_what_was_cast_and_not_of_its_order():
    first = pack_ballots(approvals=[[0], [1], [0]], options="ab")
    second = pack_ballots(approvals=[[0], [1], [1]], options="ba")

    assert ballots_digest(first) == ballots_digest(second)
    text = make_certificate(equal_shares(first, seats=1, seed="s"), with_ballots=True)
    assert json.loads(text)["ballots_digest"] == ballots_digest(first)
    assert json.loads(text)["seed_commitment"] == seed_commitment("s")
    assert certificate_digest(text) == hashlib.sha256(text.encode()).hexdigest()


def test_the_verifier_needs_nothing_but_the_standard_library():
    tree = ast.parse(Path(verify.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }
    assert imported <= sys.stdlib_module_names

    code = "import sys, allting.engine.selection.verify; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" not in loaded
    assert [module for module in loaded if module.startswith("allting")] == [
        "allting",
        "allting.engine",
        "allting.engine.selection",
        "allting.engine.selection.verify",
    ]


def test_the_verifier_runs_as_a_file_of_its_own(tmp_path, document):
    alone, honest, forged = tmp_path / "verify.py", tmp_path / "honest.json", tmp_path / "forged.json"
    alone.write_text(Path(verify.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    honest.write_text(canonical(document), encoding="utf-8")
    document["purchases"][0]["price"] = "1/97"
    forged.write_text(canonical(document), encoding="utf-8")

    def run(path):
        return subprocess.run(
            [sys.executable, "-I", str(alone), str(path)], capture_output=True, text=True, check=False
        )

    assert (run(honest).returncode, run(honest).stdout) == (0, "holds\n")
    assert run(forged).returncode == 1
    assert run(forged).stdout.startswith("price_wrong option=")


@given(small_rounds(), st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_every_shortlist_proves_itself_and_is_the_order_of_phragmen(case, size):
    votes, names = case
    ballots = pack_ballots(approvals=votes, options=names)
    shortlist = phragmen(ballots, seats=size, seed="s")
    text = make_certificate(shortlist, with_ballots=True)

    assert verify.verify(text).faults == ()
    assert recompute(text).is_same
    assert shortlist.chosen == rank_by_phragmen(ballots, length=size, seed="s").options
    assert payments_hold(shortlist)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"endowment": "1/5"}, Reason.SHARE_WRONG),
        ({"method": "equal_shares_then_phragmen"}, Reason.SHARE_WRONG),
        ({"limit": 3}, Reason.STOPPED_EARLY),
    ],
)
def test_a_forged_shortlist_is_refused_with_the_reason(change, reason):
    ballots = make_round(*["abx"] * 4, *["ab"] * 5, *["xy"] * 3)
    document = json.loads(make_certificate(phragmen(ballots, seats=2, seed="s"), with_ballots=True))

    assert reasons(document) == set()
    assert reason in reasons(document | change)


def test_in_a_shortlist_nothing_is_bought_with_shares():
    ballots = make_round(*["ab"] * 4, *["xy"] * 3)
    document = json.loads(make_certificate(phragmen(ballots, seats=2, seed="s"), with_ballots=True))
    document["purchases"][0]["phase"] = "shares"

    assert reasons(document) == {Reason.MALFORMED}
