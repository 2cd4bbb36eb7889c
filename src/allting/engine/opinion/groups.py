"""Groups that hold up, or none: clustering always finds some, so each number of groups has to pass four tests.

They are looked for in one of two ways, and left-out votes decide which. Most conversations are a cloud with wings:
positions predict better than any set of groups, and groups are the thick places of that cloud. Where groups that are
alike inside predict better than positions, on every fifth of the votes, they are looked for in the votes themselves
(`profiles`): that is how five groups, or one of five people in a hundred, are found.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from allting.engine.opinion.attempts import BELONGS, Attempt, Basis, judge_attempt
from allting.engine.opinion.judges import Account, Judge, Mixture, Places
from allting.engine.opinion.positions import Positions, those_who_teach
from allting.engine.opinion.profiles import Profiles, fit_profiles
from allting.engine.opinion.refits import REFITS, Refit, log_losses, losses_by_groups, refit_without
from allting.engine.opinion.votes import AGREE, FloatArray, IntArray, Votes
from allting.engine.progress import Progress, Silence

IN_BETWEEN, NOT_PLACED = -1, -2

MOST_GROUPS = 6
WIDE_AXIS = 0.25  # of the largest variance; narrower axes are noise to a mixture
SURE_VOTES, SURE_PEOPLE = 15, 40


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Who belongs together, and how sure that is. `k` of 1 means: no groups hold up.

    labels     (participants,) index of the group from 0, IN_BETWEEN or NOT_PLACED
    posterior  (participants, k) probability of each group, rows of 0 for who is not placed
    numbers    (k,) the number a group keeps from map to map, which fixes its colour and name; `labels` and all arrays
               count groups in the order of these
    sizes      (k,) people who belong to each
    centres    (k, axes) mean position of those; where there is nobody, of all by their posterior
    basis      what the groups were looked for in
    axes_used  how many axes they were looked for on; of no meaning where they were looked for in the votes
    attempts   one for each number of groups tried, from 1
    judge      what `keep_groups` asks about people who voted since; None where groups were put together by hand
    """

    k: int
    labels: IntArray
    posterior: FloatArray
    numbers: tuple[int, ...]
    sizes: tuple[int, ...]
    centres: FloatArray
    basis: Basis
    axes_used: int
    in_between_count: int
    not_placed_count: int
    attempts: tuple[Attempt, ...]
    judge: Judge | None = None

    @property
    def hold_up(self) -> bool:
        """Whether there are groups at all."""
        return self.k > 1

    @property
    def chosen(self) -> Attempt:
        """The attempt that decided."""
        return next(attempt for attempt in self.attempts if attempt.k == self.k)

    @property
    def stability(self) -> float:
        """Mean adjusted Rand index of the refits with this grouping; 1 where there is one group."""
        return self.chosen.stability

    @property
    def refits_same(self) -> int:
        """In how many of the five refits these groups came out the same."""
        return self.chosen.refits_same

    def numbered_labels(self) -> IntArray:
        """Return `labels` with each group's lasting number instead of its index; hand this to the next map."""
        table = np.array([*self.numbers, NOT_PLACED, IN_BETWEEN], dtype=np.int32)
        return table[self.labels]


def find_groups(
    votes: Votes,
    positions: Positions,
    *,
    most_groups: int = MOST_GROUPS,
    previous: IntArray | None = None,
    progress: Progress | None = None,
) -> Groups:
    """Find the largest number of groups that holds up, or say that none does.

    votes, positions   packed votes and the positions fitted on them
    most_groups        largest number tried, from 1
    previous           `numbered_labels` of the last map, shape (participants,); negative for who had no group
    Returns    the groups with the figures of every number tried and the conditions that it failed.
    Cost       five further fits on those who teach the statements, and for each six small mixtures, or the profiles.
    Guarantee  the same votes give the same groups, whatever their order and the names of people and statements.
    Source     Gaussian mixture with one common covariance, or `fit_profiles`; stability as in Hennig 2007,
               "Cluster-wise assessment of cluster stability", over refits instead of bootstraps.
    """
    listener = progress or Silence()
    asked, found = those_who_teach(votes, positions)
    wide = _wide_axes(found)
    refits = []
    for fold in range(REFITS):
        listener.reached(step="refit", done=fold, total=REFITS)
        refits.append(refit_without(asked, found, wide=wide, fold=fold))
    listener.reached(step="refit", done=REFITS, total=REFITS)

    search = _search_in_votes(asked, found, refits=refits, most_groups=most_groups)
    if search is None or search.chosen == 1:
        search = _search_in_positions(asked, found, wide=wide, refits=refits, most_groups=most_groups)
    return _grouped(
        positions,
        judge=search.found[search.chosen - 1],
        posterior=search.found[search.chosen - 1].judge(
            votes, positions, people=np.flatnonzero(positions.is_placeable)
        ),
        previous=previous,
        basis=search.basis,
        axes_used=len(wide),
        attempts=tuple(search.attempts),
    )


def regroup(votes: Votes, positions: Positions, *, last: Groups, previous: IntArray | None = None) -> Groups:
    """Draw as many groups as held up when that was last checked, without checking again.

    votes, positions   packed votes and the positions fitted on them
    last               groups of the same conversation: how many, found in what, and by what attempts
    previous           as for `find_groups`
    Returns    new groups; `attempts` are those of the last check.        Cost   one fit of the groups, no refit.
    Guarantee  as `find_groups`.
    """
    asked, found = those_who_teach(votes, positions)
    wide = _wide_axes(found)
    placeable = np.flatnonzero(found.is_placeable)
    judge: Judge
    if last.basis is Basis.VOTES:
        profiles = fit_profiles(asked, most_groups=last.k)[-1]
        judge = Account.of(profiles, found)
    else:
        people = found.on_principal_axes()[0][:, wide]
        mixture = Mixture.fit(people, on=_sure_people(asked, placeable=placeable), k=last.k)
        judge = Places(mixture=mixture, axes=wide)
    return _grouped(
        positions,
        judge=judge,
        posterior=judge.judge(votes, positions, people=np.flatnonzero(positions.is_placeable)),
        previous=previous,
        basis=last.basis,
        axes_used=len(wide),
        attempts=last.attempts,
    )


def keep_groups(votes: Votes, positions: Positions, *, last: Groups, changed: IntArray) -> Groups:
    """Leave the groups where they are, and say only who of those that voted since belongs to which.

    votes, positions   of today, positions from `follow_votes`; people who came since stand at the end
    last               groups of the last map, with a judge
    changed            (people,) indices of who voted since, ascending
    Returns    the groups with the same numbers in the same order.      Cost   O(people + votes of those changed).
    """
    assert last.judge is not None, "Groups put together by hand cannot be kept up to date."
    posterior = np.zeros((len(positions.people), last.k))
    posterior[: len(last.posterior)] = last.posterior
    moved = changed[positions.is_placeable[changed]]
    posterior[moved] = last.judge.judge(votes, positions, people=moved.astype(np.int64))
    return replace(
        _grouped(
            positions,
            judge=last.judge,
            posterior=posterior[positions.is_placeable],
            previous=None,
            basis=last.basis,
            axes_used=last.axes_used,
            attempts=last.attempts,
        ),
        numbers=last.numbers,
    )


def _wide_axes(positions: Positions) -> NDArray[np.int64]:
    """Principal axes with at least a quarter of the largest variance."""
    variance = positions.on_principal_axes()[0][positions.is_placeable].var(axis=0)
    return np.flatnonzero(variance >= WIDE_AXIS * variance.max())


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """What was found with every number of groups: a mixture or an account for k = 1, 2 …"""

    basis: Basis
    attempts: list[Attempt]
    found: "list[Places] | list[Account]"

    @property
    def chosen(self) -> int:
        """The largest number of groups that holds."""
        return max(attempt.k for attempt in self.attempts if attempt.holds)


def _search_in_votes(votes: Votes, positions: Positions, *, refits: list[Refit], most_groups: int) -> _Search | None:
    """Look for groups in the votes, or return None where positions predict some fifth of them better."""
    most = most_groups
    refitted: list[tuple[Profiles, ...]] = []
    losses: list[list[FloatArray]] = []
    for refit in refits:
        accounts = fit_profiles(refit.kept, most_groups=most)
        who, what = votes.participants[refit.left_out], votes.statements[refit.left_out]
        is_agree = votes.values[refit.left_out] == AGREE
        losses.append([log_losses(it.agreement(participants=who, statements=what), is_agree) for it in accounts])
        if not len(who):
            return None
        means = [float(loss.mean()) for loss in losses[-1]]
        if min(means) >= float(refit.losses.mean()):
            return None
        refitted.append(accounts)
        # One group more than the first fifth asks for shows that it is too many; the rest would be time lost.
        most = min(most, int(np.argmin(means)) + 2)

    placeable = np.flatnonzero(positions.is_placeable)
    found = []
    attempts: list[Attempt] = []
    for profiles in fit_profiles(votes, most_groups=most):
        k = len(profiles.logits)
        if any(len(accounts) < k for accounts in refitted):
            break
        found.append(Account.of(profiles, positions))
        attempts.append(
            judge_attempt(
                k=k,
                basis=Basis.VOTES,
                posterior=profiles.membership[placeable],
                refit_posteriors=[accounts[k - 1].membership[placeable] for accounts in refitted],
                losses=np.concatenate([of_refit[k - 1] for of_refit in losses]),
                losses_of_fewer=np.concatenate([of_refit[k - 2] for of_refit in losses]) if k > 1 else None,
            )
        )
    return _Search(basis=Basis.VOTES, attempts=attempts, found=found)


def _search_in_positions(
    votes: Votes, positions: Positions, *, wide: NDArray[np.int64], refits: list[Refit], most_groups: int
) -> _Search:
    """Look for groups as the thick places of the cloud on the wide axes."""
    people = positions.on_principal_axes()[0][:, wide]
    placeable = np.flatnonzero(positions.is_placeable)
    sure = _sure_people(votes, placeable=placeable)
    # More groups than different places cannot be told apart.
    places = min(_count_places(fitted[sure]) for fitted in (people, *(refit.people for refit in refits)))
    attempts: list[Attempt] = []
    found = []
    losses_of_fewer = None
    for k in range(1, min(most_groups, places) + 1):
        mixture = Mixture.fit(people, on=sure, k=k)
        refitted = [
            Mixture.fit(refit.people, on=sure, k=k, near=mixture.centres).posterior(refit.people) for refit in refits
        ]
        losses = losses_by_groups(votes, refits=refits, refit_posteriors=refitted)
        found.append(Places(mixture=mixture, axes=wide))
        attempts.append(
            judge_attempt(
                k=k,
                basis=Basis.POSITIONS,
                posterior=mixture.posterior(people[placeable]),
                refit_posteriors=[posterior[placeable] for posterior in refitted],
                losses=losses,
                losses_of_fewer=losses_of_fewer,
            )
        )
        losses_of_fewer = losses
    return _Search(basis=Basis.POSITIONS, attempts=attempts, found=found)


def _count_places(people: FloatArray) -> int:
    return len(np.unique(people.round(6), axis=0))


def _sure_people(votes: Votes, *, placeable: NDArray[np.int64]) -> IntArray:
    """Return those with votes enough to shape the groups; everybody placeable where they are few."""
    counts = votes.shown_votes_by_participant()[placeable]
    sure = placeable[counts >= SURE_VOTES]
    return (sure if len(sure) >= SURE_PEOPLE else placeable).astype(np.int32)


def _grouped(
    positions: Positions,
    *,
    judge: Judge,
    posterior: FloatArray,
    previous: IntArray | None,
    basis: Basis,
    axes_used: int,
    attempts: tuple[Attempt, ...],
) -> Groups:
    """Give everybody placeable their group by the posterior (placeable people, k), and every group its number."""
    placeable = np.flatnonzero(positions.is_placeable)
    k = posterior.shape[1]
    likely = np.where(posterior.max(axis=1) >= BELONGS, posterior.argmax(axis=1), IN_BETWEEN)
    numbers = np.arange(k) if previous is None else _lasting_numbers(likely, previous=previous[placeable], k=k)
    order = np.argsort(numbers)
    rank = np.append(np.argsort(order), IN_BETWEEN)  # the last entry is what index -1 reads

    labels = np.full(len(positions.people), NOT_PLACED, dtype=np.int32)
    labels[placeable] = rank[likely]
    full_posterior = np.zeros((len(labels), k))
    full_posterior[placeable] = posterior[:, order]
    # A group drawn again without a check may have nobody who clearly belongs to it, but still lies somewhere.
    belonging = [labels == group if (labels == group).any() else full_posterior[:, group] for group in range(k)]
    return Groups(
        k=k,
        labels=labels,
        posterior=full_posterior,
        numbers=tuple(int(number) for number in numbers[order]),
        sizes=tuple(int(np.count_nonzero(labels == group)) for group in range(k)),
        centres=np.array([np.average(positions.people, axis=0, weights=weights) for weights in belonging]),
        basis=basis,
        axes_used=axes_used,
        in_between_count=int(np.count_nonzero(labels == IN_BETWEEN)),
        not_placed_count=int(np.count_nonzero(labels == NOT_PLACED)),
        attempts=attempts,
        judge=judge.in_order(order),
    )


def _lasting_numbers(likely: NDArray[np.int64], *, previous: IntArray, k: int) -> NDArray[np.int64]:
    """Give each group the number of the old group it shares most people with, and a fresh one where there is none."""
    old_numbers = np.unique(previous[previous >= 0])
    overlap = np.array([[np.sum((likely == new) & (previous == old)) for old in old_numbers] for new in range(k)])
    numbers = np.full(k, -1, dtype=np.int64)
    if old_numbers.size:
        for new, old in zip(*linear_sum_assignment(-overlap), strict=True):
            if overlap[new, old] > 0:
                numbers[new] = old_numbers[old]
    free = (number for number in range(k + len(old_numbers) + 1) if number not in old_numbers)
    for new in np.flatnonzero(numbers < 0):
        numbers[new] = next(free)
    return numbers
