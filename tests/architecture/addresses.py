"""The permission table: who gets which answer at which address, in which state of the process.

One row is one address, what it is about, and the method. Its answers are nine letters for nine kinds of
reader, in the order of `world.WHO`:

    stranger, voter, citizen  |  member, elsewhere  |  sponsor, deputy, facilitator, keeper

    o  200  here it is                          f  403  may not, and is told why
    g  302  goes on to the next page            n  404  nothing there, or may not know of it
    s  302  is asked to sign in                 x  405  only takes a button
    u  422  not like this; says what is wrong   c  409  somebody was faster, or it was so already
    e  410  used, or taken back                 b  503  not well

`voter` is a device that has voted in each process that was open, and came in by the invited one's code;
`elsewhere` facilitates another process; `keeper` facilitates the whole installation and started them all.
An address that has nothing to do with a process is asked once: its state is called `any`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.architecture.world import STATES

STATUS_OF = {"o": 200, "g": 302, "f": 403, "n": 404, "x": 405, "c": 409, "e": 410, "u": 422, "b": 503}
LETTER_OF = {status: letter for letter, status in STATUS_OF.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One address.

    about      names of things of the world, in the order of the address's parts
    is_letter  whoever holds the link reads what it is about: the secret in the address is the permission
    """

    name: str
    about: tuple[str, ...]
    method: str
    answers: Mapping[str, str]
    query: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    is_letter: bool = False

    def __str__(self) -> str:
        return " ".join([self.method, self.name, *self.about, *([self.query] if self.query else [])])


def get(name: str, *about: str, query: str = "", is_letter: bool = False, **answers: str) -> Row:
    return Row(name, about, "GET", _spread(answers), query=query, is_letter=is_letter)


def post(name: str, *about: str, data: Mapping[str, str] | None = None, query: str = "", **answers: str) -> Row:
    return Row(name, about, "POST", _spread(answers), query=query, data=data or {})


def _spread(answers: Mapping[str, str]) -> Mapping[str, str]:
    """Read `rest` as the answer in each state that is not named, and take the spaces out."""
    rest = answers.get("rest")
    states = STATES if rest else answers
    return {state: answers.get(state, rest or "").replace(" ", "") for state in states}


def turned(answers: Mapping[str, str], letter: str) -> dict[str, str]:
    """Return the same answers with another letter where it works: what is read with `o` goes on with `g`."""
    return {state: letters.replace("o", letter) for state, letters in answers.items()}


def some(answers: Mapping[str, str], *states: str) -> dict[str, str]:
    """Return the answers of some states: enough where another row of the same guard covers all of them."""
    return {state: answers.get(state) or answers["rest"] for state in states}
