"""What the engine refuses. Codes and data only; the application owns the words.

    EngineError                 anything the engine refuses
    ├── InputError              what was handed in cannot be meant
    │   ├── NoVotes             there is not a single row
    │   ├── RowsUneven          columns of different length
    │   ├── RowsOutOfOrder      participants that come in blocks, and not one after the other
    │   ├── IndexOutOfRange     a participant or a statement that does not exist
    │   ├── UnknownVote         a vote other than -1, 0, 1
    │   └── PairTwice           the same participant and statement, or the same two items, in two rows
    ├── ColumnsDamaged          the column files are not what they were: make them anew
    └── Cancelled               who listens to the progress wants no more of it

Imports nothing outside the standard library, so that the web process may catch these without loading numpy.
"""

from typing import ClassVar


class EngineError(Exception):
    """Something the engine refuses; `code` is stable, `data` holds what a sentence about it needs."""

    code: ClassVar[str] = "engine_error"

    def __init__(self, **data: int | str) -> None:
        super().__init__(self.code, data)
        self.data = data

    def __str__(self) -> str:
        return self.code + "".join(f" {name}={value}" for name, value in self.data.items())


class InputError(EngineError):
    """What was handed in cannot be meant."""

    code = "input_error"


class NoVotes(InputError):
    """There is not a single row."""

    code = "no_votes"


class RowsUneven(InputError):
    """The columns do not have the same length. Data: the lengths `participants`, `statements`, `values`."""

    code = "rows_uneven"


class RowsOutOfOrder(InputError):
    """A block begins before the one in front of it ends. Data: `participant`, `after`."""

    code = "rows_out_of_order"


class IndexOutOfRange(InputError):
    """A participant or a statement does not exist. Data: `what`, `row`, `index`, `count`."""

    code = "index_out_of_range"


class UnknownVote(InputError):
    """A vote is not -1, 0 or 1. Data: `row`, `value`."""

    code = "unknown_vote"


class PairTwice(InputError):
    """The same two stand in two rows. Data: `participant` and `statement`, or the items `first` and `second`."""

    code = "pair_twice"


class ColumnsDamaged(EngineError):
    """A column file is shorter than it was written, or not one of ours. Data: `file`. Make it anew from the table."""

    code = "columns_damaged"


class Cancelled(EngineError):
    """Who listens to the progress wants no more of it. Raised by the listener, let through by every computation."""

    code = "cancelled"
