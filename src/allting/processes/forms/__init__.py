"""What people type about processes."""

from allting.processes.forms.about_you import OwnRelation, OwnSatisfaction
from allting.processes.forms.choices import SevenChoices, choices_again, choices_of, initial_of
from allting.processes.forms.frame import Frame, initial_of_frame
from allting.processes.forms.longer_time import LongerTime
from allting.processes.forms.rights import DecisionRights

__all__ = [
    "DecisionRights",
    "Frame",
    "LongerTime",
    "OwnRelation",
    "OwnSatisfaction",
    "SevenChoices",
    "choices_again",
    "choices_of",
    "initial_of",
    "initial_of_frame",
]
