"""What is hidden of a drawing so that nobody can be told from what is published. Pure.

Nothing that is shown is about fewer than five people, and nothing that is hidden can be found by subtracting what is
shown from a total that is shown. What may move from one published map to the next is for `holding`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from allting.opinions.figures import (
    AGREE,
    FEWEST_PEOPLE,
    LETTERS,
    Cell,
    Columns,
    Drawing,
    Figures,
    GroupFigures,
    Ranked,
    StatementFigures,
    Turnout,
    sum_of,
)


def hidden_parts(sizes: Sequence[int], *, hide_last: Collection[int] = ()) -> set[int]:
    """Return which parts of a published total must not be shown, by index.

    A part of fewer than five people is hidden. So that it cannot be found by subtraction, the next smallest parts
    are hidden with it until those hidden are at least five people together. Parts of nobody hide nothing.
    `hide_last` are taken only when no others are left.
    """
    hidden = {part for part, size in enumerate(sizes) if size < FEWEST_PEOPLE}
    rest = sorted(set(range(len(sizes))) - hidden, key=lambda part: (part in hide_last, sizes[part], part))
    for part in rest:
        if not 0 < sum(sizes[it] for it in hidden) < FEWEST_PEOPLE:
            break
        hidden.add(part)
    return hidden


def publish(drawing: Drawing, turnout: Turnout, *, stones: Sequence[tuple[float, float, int, int | None]]) -> Figures:
    """Return what may be shown of a drawing. Nobody may call this for fewer than five people."""
    devices, with_account = _shown_sizes([turnout.devices, turnout.people - turnout.devices])
    numbers = sorted(int(number) for number in drawing.group_sizes)
    sizes = [drawing.group_sizes[str(number)] for number in numbers]
    # The stones show how large a group is, so its size is the last to be hidden.
    *group_sizes, in_between, not_placed = _shown_sizes(
        [*sizes, drawing.in_between_count, drawing.not_placed_count], hide_last=range(len(sizes))
    )
    statements = {
        statement: _publish_statement(drawing, row, numbers) for row, statement in enumerate(drawing.statements)
    }
    whole = {
        statement
        for statement, figures in statements.items()
        if figures.everyone and len(figures.groups) == len(numbers)
    }
    ids = drawing.statements
    return Figures(
        outcome=drawing.outcome,
        reason=drawing.reason,
        needs=dict(drawing.needs),
        people=turnout.people,
        votes=turnout.votes,
        devices=devices,
        with_account=with_account,
        set_aside=turnout.set_aside if turnout.set_aside >= FEWEST_PEOPLE else None,
        groups=[
            GroupFigures(number, LETTERS[number], size, *_centre(stones, number))
            for number, size in zip(numbers, group_sizes, strict=True)
        ],
        in_between=in_between,
        not_placed=not_placed,
        stability=round(drawing.stability, 3),
        refits_same=drawing.refits_same,
        shown_share=round(drawing.shown_share, 3),
        stones=list(stones),
        statements=statements,
        unites=[
            Ranked(ids[row], int(side), round(rate, 2), round(low, 2), bool(is_sure))
            for row, side, rate, low, is_sure in drawing.unites
            if ids[row] in whole
        ],
        divides=[
            Ranked(ids[row], AGREE, round(variance, 3))
            for row, variance, _far, _near, _count in drawing.divides
            if ids[row] in whole
        ],
        distinctive={
            LETTERS[number]: [
                Ranked(ids[row], int(side), round(rate, 2), round(next_rate, 2))
                for row, side, rate, next_rate in drawing.distinctive.get(str(number), ())
                if ids[row] in whole
            ]
            for number in numbers
        },
        little_known=[ids[row] for row in drawing.little_known],
        far_near=_far_near(drawing, whole) if not numbers else {},
        ends=(
            [ids[row] for row in drawing.ends[0] if ids[row] in whole],
            [ids[row] for row in drawing.ends[1] if ids[row] in whole],
        ),
        statement_places={
            statement: (round(place[0], 3), round(place[1], 3))
            for statement, place in zip(ids, drawing.statement_places, strict=False)
            if place is not None and statement in whole
        },
        without_devices=drawing.without_devices if devices is not None else None,
        # Whole percent: what one person more makes of it is less than that.
        told_share=_whole_percent(drawing.told_share),
        told_share_then=_whole_percent(drawing.told_share_then),
    )


def _whole_percent(share: float | None) -> float | None:
    return None if share is None else round(share, 2)


def _shown_sizes(sizes: Sequence[int], *, hide_last: Collection[int] = ()) -> list[int | None]:
    hidden = hidden_parts(sizes, hide_last=hide_last)
    return [None if part in hidden else size for part, size in enumerate(sizes)]


def _publish_statement(drawing: Drawing, row: int, numbers: Sequence[int]) -> StatementFigures:
    """Return what may be shown of one statement.

    Where groups hold up, the total counts only the sets that are shown: so a set of fewer than five cannot be found by
    subtraction, and no larger one has to be hidden with it. Those without an account are shown apart; the others are
    not, because with them every total would be known.
    """
    classes = [_cell(drawing.tallies[name], row) for name in ("devices", "others") if name in drawing.tallies]
    if numbers:
        sets = [_cell(drawing.tallies[name], row) for name in (*map(str, numbers), "between")]
        shown = [cell if cell.count >= FEWEST_PEOPLE else None for cell in sets]
        everyone = sum_of([cell for cell in shown if cell])
    else:
        total = _cell(drawing.everyone, row)
        shown = [None]
        everyone = total if total.count >= FEWEST_PEOPLE else None
    is_apart = len(classes) == 2 and not hidden_parts([cell.count for cell in classes])
    *groups, between = shown
    return StatementFigures(
        everyone=everyone,
        groups={LETTERS[number]: cell for number, cell in zip(numbers, groups, strict=True) if cell},
        between=between,
        devices=classes[0] if is_apart else None,
    )


def _cell(columns: Columns, row: int) -> Cell:
    # Whole percent: from finer rates and the counts, one could compute back whose rates they were drawn towards.
    return Cell(
        count=int(columns["seen"][row]),
        agree=int(columns["agree"][row]),
        disagree=int(columns["disagree"][row]),
        passed=int(columns["passed"][row]),
        rate=round(columns["agree_rate"][row], 2),
        low=round(columns["agree_low"][row], 2),
        high=round(columns["agree_high"][row], 2),
        disagree_rate=round(columns["disagree_rate"][row], 2),
    )


def _far_near(drawing: Drawing, whole: Collection[int]) -> dict[int, tuple[float, float]]:
    """Return the shares at both ends where each end, and those between them, are five people or more."""
    shown = {}
    for row, _variance, far, near, count in drawing.divides:
        statement = drawing.statements[row]
        middle = int(drawing.everyone["seen"][row]) - 2 * count
        if statement in whole and count >= FEWEST_PEOPLE and middle >= FEWEST_PEOPLE:
            shown[statement] = (round(far, 2), round(near, 2))
    return shown


def _centre(stones: Sequence[tuple[float, float, int, int | None]], number: int) -> tuple[float, float]:
    own = [(x, y, people) for x, y, people, group in stones if group == number]
    weight = sum(people for _x, _y, people in own) or 1
    return (
        round(sum(x * people for x, _y, people in own) / weight, 3),
        round(sum(y * people for _x, y, people in own) / weight, 3),
    )
