"""Who belongs to which group: by place on the map, or by the votes themselves.

Both kinds of judge keep their groups in the order of their people's mean on the first principal axis, so that neither
the order of people nor their names matter.
"""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.mixture import GaussianMixture

from allting.engine.opinion.positions import Positions
from allting.engine.opinion.profiles import Profiles
from allting.engine.opinion.votes import FloatArray, IntArray, Votes

MOST_SHAPING = 5_000  # people a mixture is fitted on, evenly along the first axis; more change its centres too little


type Arrays = dict[str, NDArray[Any]]


class Judge(Protocol):
    """Says who belongs to which group, also of people who came later."""

    def judge(self, votes: Votes, positions: Positions, *, people: NDArray[np.int64]) -> FloatArray:
        """Return the probability of each group for some people, shape (people, k), each row adding up to 1.

        votes, positions   of today, in the frame in which the groups were found          people   indices
        """

    def in_order(self, order: NDArray[np.int64]) -> "Judge":
        """Return the same with the groups in another order: first the one that is now at `order[0]`."""

    def as_arrays(self) -> Arrays:
        """Return what `judge_from_arrays` makes the same judge of."""


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """Judges by the votes: fitted profiles, in the `order` (k,) of their people's mean on the first axis."""

    profiles: Profiles
    order: NDArray[np.int64]

    @classmethod
    def of(cls, profiles: Profiles, positions: Positions) -> "Account":
        """Order the groups; `profiles` were fitted on the people of `positions`."""
        posterior = profiles.membership[positions.is_placeable]
        people = positions.on_principal_axes()[0][positions.is_placeable]
        centres = posterior.T @ people / posterior.sum(axis=0)[:, None]
        return cls(profiles=profiles, order=np.lexsort(centres.T[::-1]))

    def judge(self, votes: Votes, positions: Positions, *, people: NDArray[np.int64]) -> FloatArray:
        return np.asarray(self.profiles.members(votes, people=people)[:, self.order])

    def in_order(self, order: NDArray[np.int64]) -> "Account":
        return replace(self, order=self.order[order])

    def as_arrays(self) -> Arrays:
        profiles = self.profiles
        return {
            "logits": profiles.logits,
            "shares": profiles.shares,
            "scales": np.array([profiles.tendency, profiles.spread, profiles.likelihood]),
            "order": self.order,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Account":
        """Return the account that gave these arrays, without the people that it was fitted on."""
        tendency, spread, likelihood = arrays["scales"].tolist()
        profiles = Profiles(
            joint=np.empty((0, len(arrays["logits"]), 0)),
            logits=arrays["logits"],
            shares=arrays["shares"],
            tendency=tendency,
            spread=spread,
            likelihood=likelihood,
        )
        return cls(profiles=profiles, order=arrays["order"])


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A fitted mixture over some axes, its components in the `order` (k,) of their mean on the first."""

    mixture: GaussianMixture
    order: NDArray[np.int64]

    @classmethod
    def fit(cls, people: FloatArray, *, on: IntArray, k: int, near: FloatArray | None = None) -> "Mixture":
        """Fit on some of the people, sorted by position: neither their order nor their names may matter.

        people   (people, axes)          on   indices of those to fit on, at least k different places
        near     centres (k, axes) to begin from as well; the likelier fit is taken. A refit that ends elsewhere only
                 because it began elsewhere would say nothing about the groups.
        Cost     five starts on at most MOST_SHAPING people.
        """
        points = people[on]
        points = points[np.lexsort(points.T[::-1])]
        points = points[:: -(-len(points) // MOST_SHAPING)]
        mixture = _plain_mixture(k, starts=5 if k > 1 else 1).fit(points)
        if near is not None and k > 1:
            other = _plain_mixture(k, starts=1, near=near).fit(points)
            mixture = max(mixture, other, key=lambda fitted: fitted.lower_bound_)
        return cls(mixture=mixture, order=np.lexsort(mixture.means_.T[::-1]))

    @property
    def centres(self) -> FloatArray:
        """The components' means, shape (k, axes)."""
        return np.asarray(self.mixture.means_[self.order])

    def posterior(self, people: FloatArray) -> FloatArray:
        """Return the probability of each component for each person, shape (people, k)."""
        if not len(people):  # which scikit-learn refuses
            return np.empty((0, len(self.order)))
        return np.asarray(self.mixture.predict_proba(people)[:, self.order])


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Judges by place: a mixture on some of the principal axes, which `axes` names."""

    mixture: Mixture
    axes: NDArray[np.int64]

    def judge(self, votes: Votes, positions: Positions, *, people: NDArray[np.int64]) -> FloatArray:
        return self.mixture.posterior((positions.people[people] @ positions.turn.T)[:, self.axes])

    def in_order(self, order: NDArray[np.int64]) -> "Places":
        return replace(self, mixture=replace(self.mixture, order=self.mixture.order[order]))

    def as_arrays(self) -> Arrays:
        fitted = self.mixture.mixture
        return {
            "weights": fitted.weights_,
            "means": fitted.means_,
            "covariances": fitted.covariances_,
            "precisions": fitted.precisions_cholesky_,
            "order": self.mixture.order,
            "axes": self.axes,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Places":
        """Return the places that gave these arrays."""
        fitted = GaussianMixture(n_components=len(arrays["weights"]), covariance_type="tied")
        fitted.weights_, fitted.means_ = arrays["weights"], arrays["means"]
        fitted.covariances_, fitted.precisions_cholesky_ = arrays["covariances"], arrays["precisions"]
        return cls(mixture=Mixture(mixture=fitted, order=arrays["order"]), axes=arrays["axes"])


def judge_from_arrays(arrays: Arrays) -> Judge:
    """Return the judge of whichever kind that `as_arrays` wrote down."""
    return Account.from_arrays(arrays) if "logits" in arrays else Places.from_arrays(arrays)


def _plain_mixture(k: int, *, starts: int, near: FloatArray | None = None) -> GaussianMixture:
    return GaussianMixture(
        n_components=k,
        covariance_type="tied",
        n_init=starts,
        means_init=near,
        random_state=0,
        reg_covar=1e-6,
        max_iter=300,
    )
