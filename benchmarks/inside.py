# ruff: noqa: E402  Django is set up before anything with a model can be imported.
"""Open the pages of the living example in this process, as its server would. Reads ALLTING_DATA_DIR on import."""

from __future__ import annotations

import logging
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "allting.config.settings"
django.setup()

from django.db import connection
from django.test import Client
from django.urls import reverse

from allting.demo import people, story
from allting.opinions.models import Conversation
from allting.people.models import Person
from allting.server import database

WARM_UP = 3

type Execute = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and whether the facilitator opens it; otherwise somebody new does."""

    name: str
    path: str
    is_work: bool = False


def measure_pages(*, rounds: int) -> list[dict[str, Any]]:
    """Tell the story unless it is told, and open every page as often as is asked for."""
    logging.disable(logging.INFO)
    database.migrate()
    if not story.is_there():
        story.tell(progress=lambda words, share: print(f"{share:5.0%}  {words}", flush=True))
    somebody, facilitator = Client(), Client()
    facilitator.force_login(Person.objects.get(address=people.PRIYA.address))
    return [measure(page, facilitator if page.is_work else somebody, rounds=rounds) for page in list_pages()]


def list_pages() -> list[Page]:
    conversation = Conversation.objects.select_related("item__activity__phase").get()
    process = conversation.item.activity.phase.process_id
    statement = conversation.statements.filter(state="shown").order_by("pk")[0].pk
    here = [conversation.pk]
    return [
        Page("imprint", reverse("people:imprint")),
        Page("front", reverse("processes:front")),
        Page("vote", reverse("opinions:conversation", args=here)),
        Page("statement", reverse("opinions:statement", args=[statement])),
        Page("results", reverse("opinions:results", args=here)),
        Page("table", reverse("opinions:table", args=here)),
        Page("csv", reverse("opinions:download_csv", args=here)),
        Page("list of questions", reverse("processes:processes"), is_work=True),
        Page("workbench", reverse("processes:workbench", args=[process]), is_work=True),
        Page("start", reverse("processes:start"), is_work=True),
    ]


def measure(page: Page, client: Client, *, rounds: int) -> dict[str, Any]:
    queries: list[str] = []

    def note(execute: Execute, sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        response = client.get(page.path, headers={"host": "localhost"})
    if response.status_code != 200:
        raise SystemExit(f"{page.name} answers {response.status_code}.")
    taken_ms, cpu_ms = [], []
    for _ in range(WARM_UP + rounds):
        began, cpu_began = time.perf_counter(), time.process_time()
        client.get(page.path, headers={"host": "localhost"})
        taken_ms.append((time.perf_counter() - began) * 1000)
        cpu_ms.append((time.process_time() - cpu_began) * 1000)
    taken_ms, cpu_ms = taken_ms[WARM_UP:], cpu_ms[WARM_UP:]
    return {
        "page": page.name,
        "kB": round(len(response.content) / 1000, 1),
        "queries": len(queries),
        "cpu ms": round(statistics.median(cpu_ms), 2),
        "p50 ms": round(statistics.median(taken_ms), 2),
        "p95 ms": round(statistics.quantiles(taken_ms, n=20)[18], 2),
        "requests/s": round(1000 / statistics.median(taken_ms), 1),
    }
