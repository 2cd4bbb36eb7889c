"""The templates of processes: what is made when somebody starts one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from allting.processes.models import Phase


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """One phase of a template.

    activity_kind   what one takes part in; empty for a phase in which the organisation works by itself
    weeks           how long it is, following on the phase before; 0 for as long as was chosen, None for no end
    """

    kind: Phase.Kind
    activity_kind: str = ""
    weeks: int | None = 0


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The phases that a template makes. The first takes the dates that were chosen, the others follow."""

    name: str
    title: str | Promise
    phases: tuple[PhasePlan, ...]


QUICK_LISTENING = Blueprint(
    name="quick_listening",
    title=_("Quick listening"),
    phases=(PhasePlan(Phase.Kind.LISTENING, "conversation"),),
)
OPEN_ROUND = Blueprint(
    name="open_round",
    title=_("Open strategy round"),
    phases=(
        PhasePlan(Phase.Kind.LISTENING, "conversation"),
        PhasePlan(Phase.Kind.SHAPING, weeks=1),
        PhasePlan(Phase.Kind.CHOOSING, "round", weeks=2),
        PhasePlan(Phase.Kind.EXECUTING, weeks=None),
    ),
)

BY_NAME: Mapping[str, Blueprint] = {blueprint.name: blueprint for blueprint in (QUICK_LISTENING, OPEN_ROUND)}
