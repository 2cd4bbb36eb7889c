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
    # Another mark than the files bear: they are made anew.
    Conversation.objects.filter(pk=conversation_id).update(columns_mark="")
    vote_files.bring_up_to_date(conversation_id)
    print(opened - began, unpacked - opened, time.perf_counter() - unpacked)


if __name__ == "__main__":
    main(int(sys.argv[1]))
