"""What can go wrong while the example is told.

StoryBrokeOff     a step that everything after it rests on did not come about
"""

from __future__ import annotations


class StoryBrokeOff(Exception):
    """A reaction failed; the log says why. The next start goes on from here."""
