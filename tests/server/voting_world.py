"""Prepare and look into a real server's database, from a process of its own: `python -m tests.server.voting_world`.

make             make a running conversation; print its statements as JSON: [id, where to vote]
count            print the votes as JSON: [statement, value, how many]
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import django

from tests import servers

ROOT = Path(__file__).resolve().parents[2]


def ask(word: str, *, data_dir: Path, database_url: str) -> Any:
    """Run this module in a fresh process with a real server's settings and return what it prints."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.server.voting_world", word],
        env={
            **servers.environment(database_url=database_url),
            "ALLTING_DATA_DIR": str(data_dir),
            "DJANGO_SETTINGS_MODULE": "allting.config.settings",
        },
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    return json.loads(said.stdout)


def make() -> list[tuple[int, str]]:
    from django.urls import reverse
    from django.utils import timezone

    from tests.make import opinions

    conversation = opinions.make_conversation(statements=18, now=timezone.now())
    statement_ids = [statement.pk for statement in opinions.statements_of(conversation)]
    return [(pk, reverse("opinions:vote", args=[pk])) for pk in statement_ids]


def count() -> list[list[int]]:
    from django.db.models import Count

    from allting.opinions.models import Vote

    counted = Vote.objects.values_list("statement_id", "value").annotate(Count("pk"))
    return [list(row) for row in counted.order_by("statement_id", "value")]


if __name__ == "__main__":
    django.setup()
    print(json.dumps({"make": make, "count": count}[sys.argv[1]]()))
