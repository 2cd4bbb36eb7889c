"""What ranking refuses.

InputError
├── CountsImpossible    more approvals than people asked, or a negative count
├── NotSquare           wins are not a matrix of items by items
└── SelfCompared        an item stands against itself
"""

from allting.engine.errors import IndexOutOfRange, InputError, RowsUneven

__all__ = ["CountsImpossible", "IndexOutOfRange", "InputError", "NotSquare", "RowsUneven", "SelfCompared"]


class CountsImpossible(InputError):
    """More approvals than people asked, or a negative count. Data: `camp`, `item`."""

    code = "counts_impossible"


class NotSquare(InputError):
    """Wins are not a matrix of items by items. Data: `rows`, `columns`."""

    code = "not_square"


class SelfCompared(InputError):
    """An item stands against itself. Data: `item`."""

    code = "self_compared"
