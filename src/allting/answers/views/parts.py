"""What several pages of this room need."""

from __future__ import annotations

from allting.people.models import Person
from allting.processes import rules
from allting.processes.models import Process
from allting.record.viewers import Request


def stand_in(request: Request, process: Process) -> None:
    """Tell the page's header which process it belongs to: by the activity that is open, otherwise the last."""
    request.current_activity = rules.current_activity(process)


def person_of(request: Request) -> Person:
    """Return who signs; a rule made sure that there is somebody."""
    person = request.viewer.person
    assert isinstance(person, Person)
    return person
