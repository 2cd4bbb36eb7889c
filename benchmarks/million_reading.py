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
    """Print seconds: what the worker reads, what the drawing process reads, all of it anew from the table."""
    conversation = Conversation.objects.get(pk=conversation_id)
    began = time.perf_counter()
    read = reading.read_votes(conversation)
    opened = time.perf_counter()
    unpack(read.arrays)
    unpacked = time.perf_counter()
    anew_s = _read_anew(conversation_id)
    print(opened - began, unpacked - opened, anew_s)


def _read_anew(conversation_id: int) -> float:
    """Make the files anew, and put back those that were there, with the state of the last map."""
    there, aside = vote_files.folder_of(conversation_id), vote_files.folder_of(conversation_id).with_name("aside")
    mark = Conversation.objects.values_list("columns_mark", flat=True).get(pk=conversation_id)
    there.rename(aside)
    began = time.perf_counter()
    vote_files.bring_up_to_date(conversation_id)
    taken_s = time.perf_counter() - began
    vote_files.remove(conversation_id)
    aside.rename(there)
    Conversation.objects.filter(pk=conversation_id).update(columns_mark=mark)
    return taken_s


if __name__ == "__main__":
    main(int(sys.argv[1]))
