"""What to show next: what tells most, with room for new voices and for chance."""

import subprocess
import sys

import numpy as np
import pytest

from allting.engine import asking
from allting.engine.asking import Chosen, Knowledge, Side, Why, choose_statement, score_statements
from allting.engine.opinion import Positions, Votes, fit_passing, fit_positions, knowledge_of, pack_votes
from tests.engine.worlds import plant_world

NOTHING = np.array([], dtype=np.int64)
SEEN_OFTEN = np.full(30, 100)


@pytest.fixture(scope="module")
def votes() -> Votes:
    """Two groups; everybody passes on every third statement half of the time."""
    planted = plant_world(seed=4, people=300, statements=30, votes_each=20).votes
    passes = (planted.statements % 3 == 0) & (np.random.default_rng(1).random(len(planted.values)) < 0.5)
    return pack_votes(
        participants=planted.participants,
        statements=planted.statements,
        values=np.where(passes, 0, planted.values),
        participant_count=300,
        statement_count=30,
    )


@pytest.fixture(scope="module")
def positions(votes: Votes) -> Positions:
    return fit_positions(votes)


@pytest.fixture(scope="module")
def knowledge(votes: Votes, positions: Positions) -> Knowledge:
    return knowledge_of(positions, fit_passing(votes, positions=positions))


def choose(knowledge: Knowledge | None, *, kind: float, which: float = 0.5, **more: object) -> Chosen | None:
    wishes = {
        "own_statements": NOTHING,
        "own_votes": NOTHING,
        "candidates": np.arange(30),
        "views": SEEN_OFTEN,
        **more,
    }
    return choose_statement(knowledge=knowledge, lots=(kind, which), **wishes)  # type: ignore[arg-type]


def test_neither_scipy_nor_scikit_learn_is_loaded() -> None:
    code = "import sys, allting.engine.asking; print([it for it in ('scipy', 'sklearn') if it in sys.modules])"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_a_person_stands_where_the_map_puts_them(votes: Votes, positions: Positions, knowledge: Knowledge) -> None:
    for person in (0, 7, 123):
        rows = slice(votes.participant_starts[person], votes.participant_starts[person + 1])
        has_answered = votes.values[rows] != 0
        standing = asking.stand(
            knowledge.agreeing, votes.statements[rows][has_answered], votes.values[rows][has_answered]
        )
        everything = np.arange(30)

        assert standing.mean == pytest.approx(positions.model.people.mean[person], abs=0.05)
        assert asking.agreement(knowledge.agreeing, standing) == pytest.approx(
            positions.agreement(participants=np.full(30, person), statements=everything), abs=0.02
        )


def test_without_a_map_the_least_seen_is_shown() -> None:
    views = np.array([3, 1, 1, 5])

    chosen = [choose(None, kind=0.9, which=which, candidates=np.arange(4), views=views) for which in (0.0, 0.99)]

    assert chosen == [Chosen(statement=1, why=Why.FEWEST_VIEWS), Chosen(statement=2, why=Why.FEWEST_VIEWS)]


@pytest.mark.parametrize(
    ("kind", "why"), [(0.0, Why.NEW), (0.29, Why.NEW), (0.30, Why.RANDOM), (0.39, Why.RANDOM), (0.40, Why.TELLS_MOST)]
)
def test_new_statements_have_a_share_and_so_has_chance(knowledge: Knowledge, kind: float, why: Why) -> None:
    views = SEEN_OFTEN.copy()
    views[[5, 8]] = 19, 2

    chosen = choose(knowledge, kind=kind, views=views)

    assert chosen is not None
    assert chosen.why == why
    assert why != Why.NEW or chosen.statement == 8


def test_with_nothing_new_their_share_goes_to_what_tells_most(knowledge: Knowledge) -> None:
    chosen = choose(knowledge, kind=0.1)

    assert chosen is not None
    assert chosen.why == Why.TELLS_MOST


def test_only_candidates_are_shown_and_nothing_where_there_is_none(knowledge: Knowledge) -> None:
    for kind in (0.1, 0.35, 0.9):
        for which in (0.0, 0.999):
            chosen = choose(knowledge, kind=kind, which=which, candidates=np.array([4, 11]))
            assert chosen is not None
            assert chosen.statement in {4, 11}
    assert choose(knowledge, kind=0.9, candidates=NOTHING) is None


def test_statements_that_came_since_the_map_are_shown_as_new_or_by_chance(knowledge: Knowledge) -> None:
    views = np.append(SEEN_OFTEN, 0)

    new = choose(knowledge, kind=0.1, candidates=np.array([3, 30]), views=views)
    only = choose(knowledge, kind=0.9, candidates=np.array([30]), views=views)

    assert new == Chosen(statement=30, why=Why.NEW)
    assert only == Chosen(statement=30, why=Why.RANDOM)


def test_the_score_is_what_asking_would_gain(knowledge: Knowledge) -> None:
    own, own_votes = np.array([1, 2]), np.array([1, -1])
    agreeing = knowledge.agreeing
    standing = asking.stand(agreeing, own, own_votes)
    rates = asking.agreement(agreeing, standing)
    factors = np.column_stack((np.ones(30), agreeing.means[:, 1:]))

    def uncertainty(covariance: np.ndarray) -> float:
        return float(np.mean(rates * (1 - rates) * np.einsum("si,ij,sj->s", factors, covariance, factors)))

    asked = 7
    weight = rates[asked] * (1 - rates[asked])
    precision = np.linalg.inv(standing.covariance) + weight * np.outer(factors[asked], factors[asked])
    gain = uncertainty(standing.covariance) - uncertainty(np.linalg.inv(precision))
    no_passes = _without_passes(knowledge)

    score = score_statements(no_passes, own_statements=own, own_votes=own_votes, candidates=np.array([asked]))[0]

    assert score == pytest.approx(gain, rel=1e-2)


def test_what_people_pass_on_is_shown_less(knowledge: Knowledge) -> None:
    everything = np.arange(30)
    scores, without = (
        score_statements(known, own_statements=NOTHING, own_votes=NOTHING, candidates=everything)
        for known in (knowledge, _without_passes(knowledge))
    )

    lost = 1 - scores / without
    assert lost[::3].mean() > 0.3
    assert np.delete(lost, np.arange(0, 30, 3)).mean() < 0.2


def test_answers_make_a_person_surer(knowledge: Knowledge) -> None:
    none = asking.stand(knowledge.agreeing, NOTHING, NOTHING)
    some = asking.stand(knowledge.agreeing, np.arange(10), np.ones(10, dtype=np.int64))

    assert np.trace(some.covariance) < np.trace(none.covariance)
    assert none.mean == pytest.approx(np.zeros(5))


def _without_passes(knowledge: Knowledge) -> Knowledge:
    means = np.zeros_like(knowledge.passing.means)
    means[:, 0] = -40
    side = Side(means=means, covariances=1e-9 * knowledge.passing.covariances, tendency_precision=1e6)
    return Knowledge(agreeing=knowledge.agreeing, passing=side, is_known=knowledge.is_known)
