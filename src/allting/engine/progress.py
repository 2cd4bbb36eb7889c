"""How a long computation tells how far it is, without knowing who listens."""

from typing import Protocol


class Progress(Protocol):
    """Listens to a computation. Called from its thread, a few times a second at most, between two steps.

    Who listens may raise `errors.Cancelled` to have no more of it: the computation ends at once, the error reaches
    whoever began it, and nothing is left behind. Asked again, it begins anew.
    """

    def reached(self, *, step: str, done: int, total: int) -> None:
        """Take note that `done` of `total` parts are finished and `step` (a stable code) comes next.

        May raise Cancelled.
        """


class Silence:
    """Listens to nothing: the default."""

    def reached(self, *, step: str, done: int, total: int) -> None:
        """Do nothing."""
