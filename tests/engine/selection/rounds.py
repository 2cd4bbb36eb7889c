"""Small rounds, by hand and by Hypothesis."""

from collections.abc import Sequence

from hypothesis import strategies as st

from allting.engine.selection.ballots import Ballots, pack_ballots


def make_round(*approvals: str, options: str = "") -> Ballots:
    """Pack ballots written as letters: make_round("ab", "a", "") are three people; a letter is an option."""
    names = options or "".join(sorted(set("".join(approvals))))
    return pack_ballots(approvals=[[names.index(letter) for letter in ballot] for ballot in approvals], options=names)


def name(ballots: Ballots, options: Sequence[int]) -> str:
    """Write options as letters."""
    return "".join(ballots.options[option] for option in options)


@st.composite
def small_rounds(draw: st.DrawFn, *, people: int = 9, options: int = 6) -> tuple[list[list[int]], list[str]]:
    """Some people, some options, everything from blank ballots to all the same."""
    option_count = draw(st.integers(1, options))
    ballot = st.lists(st.integers(0, option_count - 1), unique=True)
    votes = draw(st.lists(ballot, min_size=1, max_size=people))
    return votes, [f"idea {number}" for number in range(option_count)]
