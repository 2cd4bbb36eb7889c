"""One world for the permission table: a process in each state, and somebody of each kind who looks at it.

Built through actions, once per module. Everything that an address is about has a name here, so that the
table can say “the waiting statement of the running process” in two words.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from allting.answers import actions as answers
from allting.opinions import actions as opinions
from allting.opinions import queries as opinions_queries
from allting.opinions import uploads
from allting.opinions.models import Conversation, Statement
from allting.people import actions as people
from allting.people import codes, sign_in
from allting.people.models import LeftAddress, MailedCode, Person, Role, RoleName
from allting.processes import queries as processes
from allting.processes.models import Process
from allting.record import actions as record
from allting.record.models import Actor, Item
from allting.strategy import actions as strategy
from allting.strategy.rules import PriorityWords, PromiseWords
from tests.make import answers as make_answers
from tests.make import choice as make_choice
from tests.make import comparing, exports, maps
from tests.make import embedding as make_embedding
from tests.make import opinions as make_opinions
from tests.make import people as make_people
from tests.make import processes as make_processes
from tests.make import strategy as make_strategy

# In the order of the columns of the table. “Elsewhere” facilitates another process than the one looked at.
WHO = ("stranger", "voter", "citizen", "member", "elsewhere", "sponsor", "deputy", "facilitator", "keeper")

# The last two are running, too; they differ in who may take part.
STATES = ("draft", "announced", "running", "closed", "employees", "invited")
_PLACES = {
    "employees": {"state": "running", "open_to": "members"},
    "invited": {"state": "running", "open_to": "invited"},
}

# What an address may name without any row behind it.
_THINGS = {
    "no such token": "nothing-was-ever-given-out-under-this",
    "no such thing": 987_654_321,
    "digest": "0123456789ab",
    "colour": "0B5345",
    "unites": "unites",
}

LEFT = "left-here@example.org"
INVITED = "asked-to-help@example.org"


@dataclass
class World:
    """Who there is, as cookies; what there is, by name; and what must stay unseen, by those who may see it."""

    cookies: dict[str, SimpleCookie] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    secrets: list[tuple[str, frozenset[str]]] = field(default_factory=list)

    browser: Client = field(default_factory=Client)

    def client_of(self, who: str) -> Client:
        """Return a browser with somebody's cookies as they were, so that one request leaves no trace in the next."""
        # One client for all: each loads the middleware anew.
        self.browser.cookies = SimpleCookie(self.cookies[who].output(header="", sep=";"))
        return self.browser

    def thing(self, name: str, *, state: str) -> Any:
        """Return what a row is about: of this state's process, or the only one of its name."""
        return self.things.get(f"{state} {name}", self.things.get(name))

    def hides(self, body: str, *, who: str) -> list[str]:
        """Return what stands in a page and must not, for this reader."""
        return [words for words, readers in self.secrets if who not in readers and words in body]


def build(*, now: datetime) -> World:
    """Build it all. The caller keeps the transaction."""
    world = World(things=dict(_THINGS))
    keeper = make_people.make_person(name="Kim Keeper", role=RoleName.FACILITATOR, now=now)
    colleague = make_people.make_person(name="Cleo Colleague", role=RoleName.FACILITATOR, now=now)
    people.change_organisation(name="Allting Town", contact="Kim Keeper", by=keeper.actor, now=now)
    processes = {state: _process(world, state, by=keeper, now=now) for state in STATES}
    another = make_processes.make_process(state="running", by=keeper.actor, question="Another question?", now=now)
    _rounds(world, processes, by=keeper, now=now)
    _move_in(world, processes, another=another, keeper=keeper, now=now)
    _write_letters(world, processes["running"], colleague=colleague, keeper=keeper, now=now)
    _keep_secrets(world, processes)
    return world


def _process(world: World, state: str, *, by: Person, now: datetime) -> Process:
    choices = {"state": state, **_PLACES.get(state, {})}
    process = make_processes.make_process(by=by.actor, question=_question(state), now=now, **choices)
    conversation = make_opinions.conversation_in(process, statements=1, now=now)
    if state in {"running", "closed"}:
        maps.add_votes(conversation, maps.make_export(people=30, seed=STATES.index(state) + 1), now=now)
        maps.make_map(conversation, now=now)
        comparing.turn_on(conversation, now=now)
    about = _Statements(conversation, now=now)
    things = {
        "process": process.pk,
        "conversation": conversation.pk,
        "statement": make_opinions.statements_of(conversation)[0].pk,
        "waiting statement": about.waiting(f"Secret and waiting in {state}").pk,
        "declined statement": about.declined(f"Secret and declined in {state}", by=by.actor).pk,
        "hidden statement": about.hidden(f"Secret and hidden in {state}", by=by.actor).pk,
        "burst": about.burst(by=by.actor) if state not in {"draft", "announced"} else world.things["no such thing"],
        "entry": people.make_entry_link(item=process.item, by=by.actor, now=now).token,
        "host site": make_embedding.make_host_site(conversation, now=now).pk,
    }
    things |= _invitations(process.item, by=by.actor, now=now)
    things |= _strategy(process, about.conversation, state=state, now=now)
    if state == "closed":
        things |= _answers(conversation, by=by, now=now)
    world.things |= {f"{state} {name}": thing for name, thing in things.items()}
    return process


def _rounds(world: World, processes: dict[str, Process], *, by: Person, now: datetime) -> None:
    """Add rounds, each in a process that everybody may take part in: being prepared, open, shortened, counted."""
    for name in ("preparing", "open"):
        round_ = make_choice.make_round(state=name, by=by.actor, now=now)
        world.things |= {f"{name} round": round_.pk, f"{name} option": make_choice.options_of(round_)[0].pk}
        processes[f"{name} round"] = make_choice.process_of(round_)
    shortened = make_choice.make_round(state="preparing", by=by.actor, now=now)
    world.things["open shortlist"] = make_choice.shorten(shortened, now=now).pk
    processes["open shortlist"] = make_choice.process_of(shortened)
    counted = make_choice.make_outcome([[0, 1]] * 5, by=by.actor, now=now).round
    world.things["counted round"] = counted.pk
    processes["counted round"] = make_choice.process_of(counted)


def _question(state: str) -> str:
    return f"A question that is {state}?"


@dataclass(frozen=True)
class _Statements:
    """What participants wrote in a conversation, and what became of it."""

    conversation: Conversation
    now: datetime

    def waiting(self, text: str) -> Statement:
        return make_opinions.make_statement(
            self.conversation, text=text, state=Statement.State.WAITING, now=self.now - timedelta(hours=1)
        )

    def declined(self, text: str, *, by: Actor) -> Statement:
        statement = self.waiting(text)
        opinions.decline_statement(statement=statement, by=by, reason="It names a neighbour.", now=self.now)
        return statement

    def hidden(self, text: str, *, by: Actor) -> Statement:
        statement = make_opinions.make_statement(self.conversation, text=text, now=self.now - timedelta(hours=1))
        record.report(item=statement.item, by=None, reason="It names a neighbour.", now=self.now)
        record.hide(item=statement.item, by=by, reason="It names a neighbour.", now=self.now)
        return statement

    def burst(self, *, by: Actor) -> int:
        """Let ten devices of one network answer at once, and set them aside."""
        statement = make_opinions.statements_of(self.conversation)[0]
        for _device in range(opinions_queries.BURST_PEOPLE):
            make_opinions.cast(statement, now=self.now, network_tag="one network")
        candidate = opinions_queries.list_burst_candidates(conversation_id=self.conversation.pk)[0]
        burst = opinions.set_aside_burst(
            conversation=self.conversation, candidate=candidate, reason="One room, one finger.", by=by, now=self.now
        )
        return burst.pk


def _answers(conversation: Conversation, *, by: Person, now: datetime) -> dict[str, Any]:
    """Owe three answers: one that nobody wrote, one that is signed, one that people have."""
    owed, signed, published = [
        make_opinions.make_statement(conversation, text=f"{word} answered.", now=now - timedelta(hours=1))
        for word in ("Not", "Soon", "Already")
    ]
    answers.owe_answers(activity=processes.activity_of(conversation.pk), now=now)
    make_answers.make_signed(make_answers.group_of(published), by=by, now=now)
    answers.publish(process=make_answers.process_of(conversation), by=by.actor, now=now)
    return {
        "group": make_answers.group_of(owed).pk,
        "owed statement": owed.pk,
        "answer": make_answers.group_of(published).answer.pk,
        "signed answer": make_answers.make_signed(make_answers.group_of(signed), by=by, now=now).pk,
    }


def _invitations(item: Item, *, by: Actor, now: datetime) -> dict[str, Any]:
    invited = people.invite(address=INVITED, role=RoleName.DEPUTY, item=item, by=by, now=now)
    helper = make_people.make_person(name="Hedda Helper", role=RoleName.LEAD, within=item, now=now)
    return {
        "invitation": invited.invitation.pk,
        "invitation token": _token(invited.path),
        "role": Role.objects.get(person=helper).pk,
    }


def _strategy(process: Process, conversation: Conversation, *, state: str, now: datetime) -> dict[str, Any]:
    """Decide and promise in a process: one priority that is under way and one proposed, a promise and a draft."""
    by, owner = process.item.author, make_strategy.make_lead(process, now=now)
    said = make_opinions.statements_of(conversation)[0].item
    (priority,) = strategy.draft_priorities(process=process, options=[said], by=by, now=now)
    strategy.name_owner(priority=priority, owner=owner, by=by, now=now)
    strategy.confirm_priority(priority=priority, words=make_strategy.WORDS, by=owner.actor, now=now)
    proposed = strategy.add_priority(
        process=process, words=PriorityWords(f"Proposed in secret in {state}"), by=by, now=now
    )
    drafted = strategy.draft_promise(
        priority=priority, words=PromiseWords(f"Drafted in secret in {state}"), by=owner.actor, now=now
    )
    promise = make_strategy.make_promise(priority, now=now)
    return {
        "priority": priority.pk,
        "proposed priority": proposed.pk,
        "promise": promise.pk,
        "drafted promise": drafted.pk,
    }


def _move_in(world: World, processes: dict[str, Process], *, another: Process, keeper: Person, now: datetime) -> None:
    """Give each column of the table its person or device, with a role in each process but for those without."""
    items = [process.item for process in processes.values()]
    persons = {
        "citizen": make_people.make_person(name="Cim Citizen", now=now),
        "member": make_people.make_person(name="Mo Member", role=RoleName.MEMBER, now=now),
        "elsewhere": make_people.make_person(
            name="Else Where", role=RoleName.FACILITATOR, within=another.item, now=now
        ),
        "sponsor": _person_within("Sam Sponsor", RoleName.SPONSOR, items, by=keeper, now=now),
        "deputy": _person_within("Dee Deputy", RoleName.DEPUTY, items, by=keeper, now=now),
        "facilitator": _person_within("Fay Facilitator", RoleName.FACILITATOR, items, by=keeper, now=now),
        "keeper": keeper,
    }
    theirs = Role.objects.get(person=persons["facilitator"], item=processes["running"].item)
    world.things["running facilitator's role"] = theirs.pk
    world.cookies |= {name: make_people.sign_in(Client(), person).cookies for name, person in persons.items()}
    world.cookies["stranger"] = Client().cookies
    voter = make_people.make_device_client(now=now)
    for state in ("running", "closed", "employees", "invited"):
        statement = Statement.objects.get(pk=world.things[f"{state} statement"])
        make_opinions.cast(statement, actor=voter.actor, now=now - timedelta(minutes=1))
    # Only this browser came in by the code on the wall.
    voter.get(reverse("people:enter", args=[world.things["invited entry"]]))
    world.cookies["voter"] = voter.cookies


def _person_within(name: str, role: RoleName, items: list[Item], *, by: Person, now: datetime) -> Person:
    person = make_people.make_person(name=name, now=now)
    for item in items:
        people.give_role(person=person, role=role, item=item, by=by.actor, now=now)
    return person


def _write_letters(world: World, process: Process, *, colleague: Person, keeper: Person, now: datetime) -> None:
    """Put into the world what mails lead to, and what was uploaded."""
    network = codes.network_of("192.0.2.1")
    asked = MailedCode.Purpose
    following = codes.send_code(purpose=asked.FOLLOW, address=LEFT, network=network, item=process.item, now=now)
    author = make_opinions.make_device_actor()
    people.leave_address(code=following, actor=author, network=network, language="en", now=now)
    open_code = codes.send_code(
        purpose=asked.FOLLOW, address="other@example.org", network=network, item=process.item, now=now
    )
    signing_in = codes.send_code(purpose=asked.SIGN_IN, address="other@example.org", network=network, now=now)
    citizen = Person.objects.get(name="Cim Citizen")
    world.things |= {
        "removal key": LeftAddress.objects.get(actor=author).removal_key,
        "follow code": open_code.handle,
        "sign-in code": signing_in.handle,
        "sign-in link": _token(sign_in.make_link(citizen, now=now)),
        "own run": _run(keeper.actor, now=now),
        "colleague's run": _run(colleague.actor, now=now),
    }


def _run(by: Actor, *, now: datetime) -> int:
    with tempfile.TemporaryDirectory() as folder:
        written = exports.write_export(Path(folder) / "export")
        files = [SimpleUploadedFile(file.name, file.read_bytes()) for file in sorted(written.iterdir())]
    return uploads.put_aside(files=files, by=by, attribution="", now=now).pk


def _token(path: str) -> str:
    return path.rpartition("/")[2]


def _keep_secrets(world: World, processes: dict[str, Process]) -> None:
    """Say which words only some may ever read, on whatever page."""
    team = frozenset({"deputy", "facilitator", "keeper"})
    keepers = team | {"sponsor"}
    world.secrets = [
        (_question("draft"), keepers),
        (_question("employees"), keepers | {"member"}),
        (_question("invited"), keepers | {"voter"}),
        ("Secret and ", team),
        (" in secret in ", keepers),
        (LEFT, frozenset()),
        (INVITED, team),
    ]
