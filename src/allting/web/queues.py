"""The names of the queues for background tasks: `@task(queue_name=queues.SLOW)`.

Without a name a task shares one thread with all other short ones and should take a second at most.
"""

from __future__ import annotations

SLOW = "slow"
"""For what waits long, such as for the child process that draws a map. It has a thread of its own."""
