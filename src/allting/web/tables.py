"""The table twin: the same figures as a drawing, in rows that can be read one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column and how to set it: figures stand under each other to the right."""

    label: str
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that leads somewhere."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A caption, columns and rows; the first cell of a row names the row."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str | Cell]]
    is_caption_hidden: bool = False

    def rows_by_column(self) -> list[list[tuple[Column, Cell]]]:
        """Pair each cell with its column."""
        return [
            [
                (column, cell if isinstance(cell, Cell) else Cell(cell))
                for column, cell in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]
