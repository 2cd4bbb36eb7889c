"""Take the time of reading all votes of a conversation; part of `million.py`: `python million_reading.py NUMBER`."""

# ruff: noqa: E402  Django is set up before anything with a model can be imported.
from __future__ import annotations

import os
import sys
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "allting.config.settings"
django.setup()

from allting.opinions import reading, vote_files
from allting.opinions.models import Conversation
from allting.opinions.unpacking import unpack


def main(conversation_id: int) -> None:
    """Print seconds, of the clock and of the CPU: from the files to arrays, and the files anew from the table.

    The first is what every map begins with: the worker brings the files up to date, reads places and who has an
    account, and the drawing process unpacks the votes.
    """
    conversation = Conversation.objects.get(pk=conversation_id)
    began = _now()
    unpack(reading.read_votes(conversation).arrays)
    print(*_since(began), *_read_anew(conversation_id))


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(began: tuple[float, float]) -> tuple[float, float]:
    taken_s, cpu_s = (now - before for now, before in zip(_now(), began, strict=True))
    return taken_s, cpu_s


def _read_anew(conversation_id: int) -> tuple[float, float]:
    """Make the files anew, and put back those that were there, with the state of the last map."""
    there, aside = vote_files.folder_of(conversation_id), vote_files.folder_of(conversation_id).with_name("aside")
    mark = Conversation.objects.values_list("columns_mark", flat=True).get(pk=conversation_id)
    there.rename(aside)
    began = _now()
    vote_files.bring_up_to_date(conversation_id)
    taken_s = _since(began)
    vote_files.remove(conversation_id)
    aside.rename(there)
    Conversation.objects.filter(pk=conversation_id).update(columns_mark=mark)
    return taken_s


if __name__ == "__main__":
    main(int(sys.argv[1]))
