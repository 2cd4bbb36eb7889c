"""A process with nobody in it, with one voice, with 896 proposals, with a sponsor who never decides.

Must show 7 of the whole chain: each page of such a process answers everybody, and says what to do or what comes.
Which pages there are, the addresses say: a page that is new is asked here from its first day.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser

import pytest
from django.core.cache import cache as django_cache
from django.db.models import Q
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from allting.answers.models import AnswerGroup
from allting.choice import actions as choice
from allting.choice.models import Option, Round
from allting.opinions.models import Conversation, Statement
from allting.processes.models import Process
from tests.choice.test_big_rounds import fill
from tests.make import choice as make_choice
from tests.make import opinions as make_opinions
from tests.make import processes as make_processes
from tests.make import story
from tests.make.people import sign_in

pytestmark = pytest.mark.django_db

type Make = Callable[[datetime], Process]


def nobody_in_it(now: datetime) -> Process:
    return make_choice.process_of(make_choice.make_round(options=0, state="preparing", now=now))


def nobody_came(now: datetime) -> Process:
    return make_choice.process_of(make_choice.make_round(state="closed", now=now))


def nobody_listens(now: datetime) -> Process:
    return make_processes.make_process(state="closed", now=now)


def one_voice(now: datetime) -> Process:
    """One statement by somebody who alone voted, and cast the only ballot."""
    round_ = make_choice.make_round(now=now)
    process = make_choice.process_of(round_)
    conversation = Conversation.objects.select_related("item").get(item__within=process.item)
    statement = make_opinions.make_statement(conversation, now=now - timedelta(days=25))
    make_opinions.cast(statement, now=now - timedelta(days=25))
    make_choice.cast(round_, [[0, 2]])
    make_choice.close(round_, now=now)
    make_choice.count(round_, now=now)
    return process


def one_voice_under_way(now: datetime) -> Process:
    process = make_processes.make_process(now=now)
    statement = make_opinions.make_statement(make_opinions.conversation_in(process, statements=0, now=now), now=now)
    make_opinions.cast(statement, now=now)
    return process


def one_voice_on_the_shortlist(now: datetime) -> Process:
    round_ = make_choice.make_round(options=12, state="preparing", now=now)
    make_choice.judge(make_choice.shorten(round_, now=now), [range(12)], now=now)
    return make_choice.process_of(round_)


def hundreds_of_options(now: datetime) -> Process:
    round_ = make_choice.make_round(options=0, state="preparing", now=now)
    fill(round_)
    choice.open_round(round_=round_, by=round_.item.author, now=now, seed=make_choice.SEED)
    make_choice.cast(round_, [[0, 5, 895], [1, 5], [2, 5], [3, 4], [5], [895]])
    make_choice.close(round_, now=now)
    make_choice.count(round_, now=now)
    return make_choice.process_of(round_)


def hundreds_of_options_to_shorten(now: datetime) -> Process:
    round_ = make_choice.make_round(options=0, state="preparing", now=now)
    fill(round_)
    make_choice.shorten(round_, size=30, shown_each=15, now=now)
    return make_choice.process_of(round_)


def a_sponsor_who_never_decides(now: datetime) -> Process:
    """The outcome has waited for half a year, and so has everybody who wrote."""
    told = story.make_chosen(now=now - timedelta(days=180))
    story.owe(told, now=now - timedelta(days=180))
    return told.process


PROCESSES: list[Make] = [
    nobody_in_it,
    nobody_came,
    nobody_listens,
    one_voice,
    one_voice_under_way,
    one_voice_on_the_shortlist,
    hundreds_of_options,
    hundreds_of_options_to_shorten,
    a_sponsor_who_never_decides,
]


# What these pages say to whom, each the one thing that is due there.
SAYS: list[tuple[Make, str, str, str]] = [
    (nobody_in_it, "facilitator", "processes:workbench", "Put the proposals together"),
    (nobody_in_it, "facilitator", "choice:workbench", "Take in what the conversation offers, or write a proposal."),
    (nobody_in_it, "stranger", "choice:ballot", "The proposals are still being put together."),
    (nobody_in_it, "stranger", "answers:story", "We have asked. The story begins when people answer."),
    (nobody_came, "facilitator", "processes:workbench", "Ask again, and find those who did not come"),
    (nobody_came, "facilitator", "answers:waiting", "hold it again with a new question"),
    (nobody_came, "stranger", "choice:outcome", "Nobody cast a ballot."),
    (nobody_came, "stranger", "answers:story", "We asked, and few answered."),
    (nobody_listens, "facilitator", "processes:workbench", "Ask again, and find those who did not come"),
    (nobody_listens, "stranger", "opinions:results", "Too early to show anything."),
    (one_voice, "stranger", "choice:outcome", "Fewer than five voted."),
    (one_voice, "sponsor", "choice:decide", "What the few chose is kept from you, too"),
    (one_voice, "sponsor", "answers:waiting", "Decide without it"),
    (one_voice_under_way, "facilitator", "processes:workbench", "Too few have answered to show anything."),
    (one_voice_under_way, "facilitator", "processes:balance", "It is too early to say who takes part."),
    (one_voice_on_the_shortlist, "facilitator", "processes:workbench", "Invite people to the shortlist"),
    (one_voice_on_the_shortlist, "stranger", "answers:story", "We have asked. The story begins when people answer."),
    (hundreds_of_options_to_shorten, "stranger", "answers:story", "Fewer than five people have answered so far."),
    (a_sponsor_who_never_decides, "sponsor", "answers:waiting", "Read the brief, and decide"),
    (a_sponsor_who_never_decides, "facilitator", "processes:workbench", "Ask the sponsor to decide"),
    (a_sponsor_who_never_decides, "stranger", "choice:outcome", "It has waited for that since"),
    (a_sponsor_who_never_decides, "stranger", "answers:story", "are late."),
]


def names_of(make: Make) -> str:
    return make.__name__.replace("_", " ")


@pytest.mark.parametrize("make", PROCESSES, ids=names_of)
def test_each_page_of_a_bare_process_says_what_to_do(make: Make) -> None:
    process = make(timezone.now())
    clients = clients_of(process)
    silent: dict[str, str] = {}
    due: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one, who, name, words in SAYS:
        if one is make:
            due[who, name].append(words)
    heard: set[tuple[str, str, str]] = set()
    opened = 0

    # Looking changes nothing, so nothing that is remembered grows old here; the process before was another one.
    django_cache.clear()
    for name, url in pages_of(process):
        for who, client in clients.items():
            answer = client.get(url, follow=True)
            if answer.status_code == 405:
                break
            page = f"{name} as {who}"
            if answer.status_code >= 500:
                silent[page] = f"{answer.status_code}"
            elif answer.headers["Content-Type"].startswith("text/html") and answer.status_code != 404:
                opened += 1
                middle = Middle(answer.content.decode())
                if complaint := what_is_missing(middle):
                    silent[page] = f"{answer.status_code}: {complaint}"
                heard |= {(who, name, words) for words in due[who, name] if words in middle.text}

    assert opened > 30
    assert "\n".join(f"{page}: {complaint}" for page, complaint in silent.items()) == ""
    assert {(who, name, words) for (who, name), said in due.items() for words in said} - heard == set()


def test_each_case_is_asked_for_its_words() -> None:
    assert {make for make, *_rest in SAYS} == set(PROCESSES) - {hundreds_of_options}


def clients_of(process: Process) -> dict[str, Client]:
    now = timezone.now()
    return {
        "stranger": Client(),
        "sponsor": sign_in(Client(), make_processes.make_sponsor(now=now)),
        "facilitator": sign_in(Client(), make_processes.make_facilitator(now=now)),
    }


# --- which pages there are ------------------------------------------------------------------------------


def pages_of(process: Process) -> Iterator[tuple[str, str]]:
    """Yield each address that is about the process, or about something in it, once for the first of each thing."""
    things = things_of(process)
    for name, pattern in every_address():
        wanted = pattern.pattern.converters
        if not wanted:
            if name in {"processes:front", "processes:processes", "answers:waiting", "answers:mine"}:
                yield name, reverse(name)
        elif len(wanted) == 1 and next(iter(wanted)) in things:
            for pk in things[next(iter(wanted))]:
                yield name, reverse(name, args=[pk])
    for pk in things["conversation_id"]:
        for ranking in ("unites", "divides"):
            yield "opinions:ranking", reverse("opinions:ranking", args=[pk, ranking])


def things_of(process: Process) -> dict[str, list[int]]:
    conversations = Conversation.objects.filter(item__within=process.item)
    rounds = Round.objects.filter(Q(item__within=process.item) | Q(shortlist_for__item__within=process.item))
    return {
        "process_id": [process.pk],
        "conversation_id": list(conversations.values_list("pk", flat=True)),
        "statement_id": list(Statement.objects.filter(conversation__in=conversations).values_list("pk", flat=True)[:1]),
        "round_id": list(rounds.values_list("pk", flat=True)),
        "option_id": list(Option.objects.filter(round__in=rounds).order_by("pk").values_list("pk", flat=True)[:1]),
        "group_id": list(AnswerGroup.objects.filter(process=process).values_list("pk", flat=True)[:1]),
        "item_id": [process.pk],
    }


@cache
def every_address() -> tuple[tuple[str, URLPattern], ...]:
    return tuple(addresses(get_resolver()))


def addresses(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern
        else:
            yield from addresses(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


# --- what a page has to say -----------------------------------------------------------------------------


def what_is_missing(middle: Middle) -> str:
    """Return what keeps a page from telling its reader what it is and how to go on; empty when it does both."""
    text = middle.text
    if middle.headings != 1:
        return f"{middle.headings} first headings"
    if re.search(r"[(=:] ?None\b|\{\{|%\(|\bnan\b", text):
        return f"says what nobody understands: {text[:300]}"
    if not middle.ways_on:
        return f"no way on: {text[:300]}"
    return ""


class Middle(HTMLParser):
    """The middle of a page: its words, its first headings, and the links and buttons that lead on."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.headings = 0
        self.ways_on = 0
        self.inside = False
        self.silent = 0
        begin, end = html.find("<main"), html.rfind("</main>")
        self.feed(html[begin : end + len("</main>")] if 0 <= begin < end else html)

    @property
    def text(self) -> str:
        """The words, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside |= tag == "main"
        self.silent += tag in {"script", "style"}
        if self.inside:
            self.headings += tag == "h1"
            self.ways_on += tag in {"a", "button"}

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}
        self.inside &= tag != "main"

    def handle_data(self, data: str) -> None:
        if self.inside and not self.silent:
            self.words.append(data)
