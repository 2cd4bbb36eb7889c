"""What every change begins with: hold the others back, and read what is true now."""

from __future__ import annotations

from allting.processes import queries
from allting.processes.models import Process


def lock(process: Process) -> None:
    """Hold other changes of this process back until the transaction ends."""
    Process.objects.select_for_update().get(pk=process.pk)


def fresh(process: Process) -> Process:
    """Return the process as it is in the database now, whole."""
    return queries.processes_by_id([process.pk])[process.pk]
