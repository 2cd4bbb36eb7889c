"""The templates of processes: what is made when somebody starts one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from allting.processes.models import Phase


@dataclass(frozen=True, slots=True)
class Blueprint:
    """One phase with one activity. Longer templates come with the rooms that they need."""

    name: str
    title: str | Promise
    phase_kind: Phase.Kind
    activity_kind: str


QUICK_LISTENING = Blueprint(
    name="quick_listening",
    title=_("Quick listening"),
    phase_kind=Phase.Kind.LISTENING,
    activity_kind="conversation",
)

BY_NAME: Mapping[str, Blueprint] = {blueprint.name: blueprint for blueprint in (QUICK_LISTENING,)}
