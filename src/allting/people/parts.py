"""Parts of this room's pages that other rooms put inside theirs."""

from __future__ import annotations

from dataclasses import dataclass

from allting.people import forms, post, queries
from allting.record.viewers import Viewer


@dataclass(frozen=True, slots=True)
class FollowPart:
    """What `people/follow.html#part` shows, under the name `follow`: {% include "people/follow.html#part" %}."""

    item_id: int
    is_following: bool
    is_mail_set_up: bool
    form: forms.Address


def follow(viewer: Viewer, item_id: int, *, form: forms.Address | None = None) -> FollowPart:
    """Return the part by which a viewer leaves an address: “Tell me what comes of it”."""
    return FollowPart(
        item_id=item_id,
        is_following=queries.is_following(viewer, item_id),
        is_mail_set_up=post.is_mail_set_up(),
        form=form or forms.Address(),
    )
