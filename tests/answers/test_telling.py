"""Each person behind a publication gets one mail: whatever is repeated, killed or erased."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse

from allting.answers import actions, tasks, telling
from allting.answers.models import Publication
from allting.people import actions as people_actions
from allting.people import letters, post
from allting.people.models import LeftAddress, QueuedMail
from allting.record.kinds import Words
from allting.record.models import Event
from tests.make import answers as make
from tests.make import opinions, people
from tests.make import processes as making

pytestmark = pytest.mark.django_db


def addresses() -> list[str]:
    return sorted(QueuedMail.objects.filter(key__startswith="answers.").values_list("address", flat=True))


def publish_to(*names: str) -> Publication:
    """Publish answers to one statement by each of these participants, who left their address."""
    authors = [opinions.make_device_actor() for _name in names]
    statements = make.make_statements(*[f"{name} wrote this." for name in names], authors=authors)
    for name, author, statement in zip(names, authors, statements, strict=True):
        make.leave_address(author, statement.conversation.item, address=f"{name}@example.org")
    return make.make_published(make.close(statements[0]))


# --- who ----------------------------------------------------------------------------------------------


def test_authors_and_supporters_who_left_an_address_get_one_mail_each():
    author, supporter, opponent, silent = (opinions.make_device_actor() for _ in range(4))
    (statement,) = make.make_statements("Open the library.", authors=[author])
    opinions.cast(statement, actor=supporter)
    opinions.cast(statement, opinions.DISAGREE, actor=opponent)
    opinions.cast(statement, actor=silent)
    for name, actor in [("author", author), ("supporter", supporter), ("opponent", opponent)]:
        make.leave_address(actor, statement.conversation.item, address=f"{name}@example.org")

    make.tell(make.make_published(make.close(statement)))

    assert addresses() == ["author@example.org", "supporter@example.org"]
    to_author = QueuedMail.objects.get(address="author@example.org").text
    to_supporter = QueuedMail.objects.get(address="supporter@example.org").text
    assert "On 10 February you wrote:" in to_author
    assert "You agreed with this:" in to_supporter


def test_somebody_with_an_account_is_written_to_in_their_language():
    person = people.make_person(address="anna@example.org", language="sv")
    process = make.make_owed("Öppna biblioteket.", authors=[person.actor])

    make.tell(make.make_published(process))

    mail = QueuedMail.objects.get(address="anna@example.org")
    assert mail.subject == "Så gick det med det du skrev"
    assert "Öppna biblioteket." in mail.text


def test_many_contributions_are_one_mail_with_all_of_them():
    author = opinions.make_device_actor()
    statements = make.make_statements("One.", "Two.", "Three.", authors=[author, author, author])
    process_item = statements[0].conversation.item.within
    make.leave_address(author, statements[0].conversation.item, address="anna@example.org")
    make.leave_address(author, process_item, address="anna.again@example.org")

    make.tell(make.make_published(make.close(statements[0])))

    mail = QueuedMail.objects.get()
    assert mail.address == "anna@example.org"
    assert all(words in mail.text for words in ("One.", "Two.", "Three."))


def publish_from_two_devices() -> Publication:
    """Publish an answer to what somebody wrote on one device and agreed with on another, with one address."""
    at_home, at_work = (opinions.make_device_actor() for _ in range(2))
    written, agreed_with = make.make_statements("Open the library.", "More trains.", authors=[at_home, None])
    opinions.cast(agreed_with, actor=at_work)
    opinions.cast(written, actor=at_work)
    make.leave_address(at_home, written.conversation.item, address="anna@example.org")
    make.leave_address(at_work, written.conversation.item, address="Anna@example.org")
    return make.make_published(make.close(written))


def test_one_address_on_two_devices_is_one_mail_with_what_was_said_on_both(monkeypatch):
    monkeypatch.setattr(telling, "PEOPLE_AT_ONCE", 1)

    make.tell(publish_from_two_devices())

    mail = QueuedMail.objects.get()
    assert mail.text.count("Open the library.") == 1
    assert "you wrote:" in mail.text


def test_an_account_and_a_device_with_its_address_are_one_mail():
    person, device = people.make_person(address="anna@example.org"), opinions.make_device_actor()
    statements = make.make_statements("One.", "Two.", authors=[person.actor, device])
    make.leave_address(device, statements[0].conversation.item, address="anna@example.org")

    make.tell(make.make_published(make.close(statements[0])))

    mail = QueuedMail.objects.get()
    assert "One." in mail.text
    assert "Two." in mail.text
    assert "/follow/remove/" in mail.text


def test_erasing_one_device_leaves_the_mail_to_the_other():
    publication = publish_from_two_devices()
    make.tell(publication)
    from_device = people.make_device_client()
    from_device.device.actor = QueuedMail.objects.get().actor

    people_actions.remove_device(device=from_device.device, words=Words.BLANKED, now=make.IN_TIME)

    mail = QueuedMail.objects.get()
    assert "Open the library." not in mail.text + mail.html
    assert mail.actor != from_device.device.actor


def test_taking_an_address_away_takes_it_away_from_both_devices():
    make.tell(publish_from_two_devices())

    people_actions.remove_address(left=LeftAddress.objects.order_by("pk").first())

    assert not QueuedMail.objects.exists()
    assert not LeftAddress.objects.exists()


def test_a_second_publication_is_a_second_mail():
    author = opinions.make_device_actor()
    statements = make.make_statements("One.", "Two.", authors=[author, author])
    make.leave_address(author, statements[0].conversation.item, address="anna@example.org")
    process = make.close(statements[0])
    sponsor = making.make_sponsor()
    for group in make.groups_in(process):
        make.make_signed(group)
        make.tell(actions.publish(process=process, by=sponsor.actor, now=make.IN_TIME))

    assert addresses() == ["anna@example.org", "anna@example.org"]


# --- twice and killed ---------------------------------------------------------------------------------


def test_telling_twice_tells_once_even_when_the_mails_have_left(letterbox):
    publication = publish_to("anna", "bo")
    make.tell(publication)
    post.send_waiting(now=make.IN_TIME)

    make.tell(publication)
    tasks.tell_due()
    post.send_waiting(now=make.IN_TIME)

    assert sorted(mail["To"] for mail in letterbox.mails) == ["anna@example.org", "bo@example.org"]
    assert Event.objects.filter(name="answers.told").count() == 1


@pytest.mark.parametrize("killed_after", [1, 2, 3, 4, 5])
def test_killed_in_the_middle_nobody_is_told_twice_and_nobody_is_left_out(monkeypatch, letterbox, killed_after):
    publication = publish_to("anna", "bo", "cim", "dee", "eli")
    monkeypatch.setattr(telling, "PEOPLE_AT_ONCE", 2)
    written = 0
    really = letters.queue_letter

    def die_after_some(**said) -> bool:
        nonlocal written
        if written == killed_after:
            raise KeyboardInterrupt
        written += 1
        return really(**said)

    with monkeypatch.context() as patched:
        patched.setattr(letters, "queue_letter", die_after_some)
        if killed_after < 5:
            with pytest.raises(KeyboardInterrupt):
                make.tell(publication)
        else:
            make.tell(publication)
    # What was queued before the kill leaves, so that only the mark can tell who was written to.
    post.send_waiting(now=make.IN_TIME)
    make.tell(publication)
    post.send_waiting(now=make.IN_TIME)

    got = sorted(mail["To"].partition("@")[0] for mail in letterbox.mails)
    assert got == ["anna", "bo", "cim", "dee", "eli"]


def test_the_worker_tells_what_was_published(letterbox):
    publication = publish_to("anna")

    tasks.tell_due()

    publication.refresh_from_db()
    assert publication.told_at is not None
    assert addresses() == ["anna@example.org"]


# --- the mail itself ----------------------------------------------------------------------------------


def test_the_mail_leaves_by_smtp_and_reads_without_pictures(letterbox):
    people.make_organisation(name="Bowling Green")
    make.tell(publish_to("anna"))

    post.send_waiting(now=make.IN_TIME)

    (mail,) = letterbox.mails
    plain = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert mail["Subject"] == "What came of what you wrote"
    assert plain.startswith("Yes, we will. By June 2028.")
    for words in (
        "anna wrote this.",
        "Most of you wanted the traffic to flow.",
        "Marcus Oyelaran answers for it.",
        "Dana Whitlock",
        "because you asked to hear what comes of it",
        "http://localhost:8000/people/follow/remove/",
    ):
        assert words in plain
    assert "<img" not in html
    assert html.count("background: #0B5345") == 1


def test_words_that_were_taken_back_are_not_quoted():
    author, supporter = opinions.make_device_actor(), people.make_person(address="sam@example.org")
    (statement,) = make.make_statements("Ask Zebulon Quist.", authors=[author])
    opinions.cast(statement, actor=supporter.actor)
    publication = make.make_published(make.close(statement))

    from_device = people.make_device_client()
    from_device.device.actor = author
    people_actions.remove_device(device=from_device.device, words=Words.BLANKED, now=make.IN_TIME)
    make.tell(publication)

    mail = QueuedMail.objects.get(address="sam@example.org")
    assert "Zebulon" not in mail.text + mail.html
    assert mail.text.startswith("Yes, we will.")


# --- erasing ------------------------------------------------------------------------------------------


def test_erasing_an_author_leaves_the_answer_and_takes_the_name_out_of_everything():
    """Must show 5: every text column, every page, and the mails of others that wait."""
    author = people.make_person(name="Zebulon Quist", address="zebulon@example.org")
    supporter = people.make_person(name="Sam Sol", address="sam@example.org")
    (statement,) = make.make_statements("I, Zebulon Quist, want trains.", authors=[author.actor])
    opinions.cast(statement, actor=supporter.actor)
    process = make.close(statement)
    publication = make.make_published(process)
    make.tell(publication)
    answer = publication.answers.get()
    assert "Zebulon" in QueuedMail.objects.get(address="sam@example.org").text

    people_actions.erase_person(person=author, words=Words.BLANKED, now=make.IN_TIME)

    assert find_in_every_table("zebulon") == []
    assert addresses() == ["sam@example.org"]
    assert QueuedMail.objects.get(address="sam@example.org").text.startswith("Yes, we will. By June 2028.")
    client = people.sign_in(Client(), making.make_sponsor())
    for url in (
        reverse("answers:answer", args=[answer.pk]),
        reverse("answers:answers", args=[process.pk]),
        reverse("answers:story", args=[process.pk]),
        reverse("record:why", args=[answer.pk]),
        reverse("record:what_came_of_it", args=[statement.pk]),
        reverse("answers:waiting"),
        reverse("answers:write", args=[answer.group_id]),
    ):
        page = client.get(url)
        assert page.status_code in {200, 404}, url
        assert "Zebulon" not in page.content.decode(), url
    assert "Yes, we will. By June 2028." in client.get(reverse("answers:answers", args=[process.pk])).content.decode()


def test_erasing_who_signed_leaves_the_office():
    sponsor = people.make_person(name="Dana Whitlock", role="sponsor")
    people_actions.change_profile(person=sponsor, name="Dana Whitlock", title="mayor", language="en", now=make.NOW)
    process = make.make_owed("Open the library.")
    publication = make.make_published(process, by=sponsor)

    people_actions.erase_person(person=sponsor, words=Words.NAMELESS, now=make.IN_TIME)

    page = Client().get(reverse("answers:answer", args=[publication.answers.get().pk])).content.decode()
    assert "mayor" in page
    assert find_in_every_table("whitlock", apart_from={"Process.decider_name", "DecisionRight.who"}) == []


def find_in_every_table(word: str, *, apart_from: frozenset[str] | set[str] = frozenset()) -> list[str]:
    """Return the columns of all tables in which a word stands."""
    texts = (models.CharField, models.TextField, models.JSONField)
    return [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, texts)
        and f"{model.__name__}.{field.name}" not in apart_from
        and any(word in str(value).lower() for value in model._base_manager.values_list(field.name, flat=True))
    ]


# --- a real mail server -------------------------------------------------------------------------------


class Letterbox:
    """A mail server's hands: keeps what comes."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def letterbox(settings) -> Iterator[Letterbox]:
    box = Letterbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAIL_URL = f"smtp://127.0.0.1:{port}"
    yield box
    controller.stop()
