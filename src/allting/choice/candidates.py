"""What could become a proposal: what the other activities of the process offer, as `processes` knows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from allting.choice.actions import Wording
from allting.choice.models import Option
from allting.choice.queries import Standing
from allting.processes import activity_kinds
from allting.processes.models import Activity
from allting.record import kinds
from allting.record.models import Item


@dataclass(frozen=True, slots=True)
class Offered:
    """An item of any kind with its words, and why it is offered. `is_taken`: it stands on the ballot already."""

    item: Item
    words: str
    why: str
    is_taken: bool

    @property
    def wording(self) -> Wording:
        """The item's own words: the whole as text, as much as fits as title."""
        is_short = len(self.words) <= Option.TITLE_LENGTH
        title = self.words if is_short else self.words[: Option.TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
        return Wording(title=title, text=self.words[: Option.TEXT_LENGTH], why=self.why)


def candidates_for(standing: Standing) -> list[Offered]:
    """Return what the process's other activities offer, in their order, as far as the viewer may see it."""
    reasons: dict[int, str] = {}
    others = Activity.objects.filter(phase__process=standing.process.pk).exclude(pk=standing.activity.pk)
    for activity in others.order_by("phase__number", "pk"):
        for one in activity_kinds.registered()[activity.kind].candidates(activity.item_id):
            reasons.setdefault(one.item_id, str(one.why))
    if standing.shortlist is not None:
        # What the shortlist did not let go on by itself: nobody took part, or too few.
        for pk in Option.objects.filter(round=standing.shortlist, left_out_at=None).values_list("pk", flat=True):
            reasons.setdefault(pk, str(_("It stood on the shortlist.")))
    items = Item.objects.in_bulk(list(reasons))
    cards = kinds.cards_for(items.values(), viewer=standing.viewer)
    taken = set(
        Option.objects.filter(round=standing.round, left_out_at=None, source__in=items).values_list(
            "source_id", flat=True
        )
    )
    return [
        Offered(item=items[pk], words=cards[pk].words, why=why, is_taken=pk in taken)
        for pk, why in reasons.items()
        if pk in cards
    ]
