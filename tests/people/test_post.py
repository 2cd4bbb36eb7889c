"""Mail: queued once, really sent by SMTP, tried again, given up, and never sent by the demo."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from allting.people import actions, codes, letters, post, tasks
from allting.people.models import MailedCode, Organisation, QueuedMail
from allting.record import actions as record
from tests.make import people as make

pytestmark = pytest.mark.django_db
NOW = make.NOW


class Letterbox:
    """A mail server's hands: keeps what comes, refuses whom it is told to."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses: dict[str, str] = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def _check(server, session, envelope, mechanism, login) -> AuthResult:
    is_right = isinstance(login, LoginPassword) and login.password == b"p@ss/word"
    return AuthResult(success=is_right, handled=False)


@pytest.fixture
def letterbox() -> Iterator[Letterbox]:
    box = Letterbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        box, hostname="127.0.0.1", port=port, authenticator=_check, auth_require_tls=False, auth_required=False
    )
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    yield box
    controller.stop()


@pytest.fixture
def sending(letterbox: Letterbox, settings) -> Letterbox:
    settings.MAIL_URL = letterbox.url
    return letterbox


def queue(key: str = "one", **said) -> bool:
    words = {"address": "anna@example.org", "subject": "Så gick det", "text": "Bra.", "html": "<p>Bra.</p>", "now": NOW}
    return post.queue_mail(key=key, **words | said)


def test_a_queued_mail_is_sent_by_smtp_and_its_row_goes(sending):
    make.make_organisation(name="Ängelholms kommun")
    queue()

    sent_count = post.send_waiting(now=NOW)

    mail = sending.mails[0]
    assert sent_count == 1
    assert mail["Subject"] == "Så gick det"
    assert mail["To"] == "anna@example.org"
    assert mail["From"] == "Ängelholms kommun <no-reply@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(("plain",)).get_content().strip() == "Bra."
    assert mail.get_body(("html",)).get_content().strip() == "<p>Bra.</p>"
    assert not QueuedMail.objects.exists()


def test_queueing_a_key_twice_is_one_mail(sending):
    assert queue()
    assert not queue(text="Other words.")

    post.send_waiting(now=NOW)

    assert len(sending.mails) == 1


def test_a_mail_that_is_not_due_waits(sending):
    queue(now=NOW + timedelta(minutes=1))

    assert post.send_waiting(now=NOW) == 0
    assert post.send_waiting(now=NOW + timedelta(minutes=1)) == 1


def test_killed_after_sending_it_goes_again_under_the_same_message_id(sending, monkeypatch):
    queue()

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(QueuedMail, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            post.send_waiting(now=NOW)
    at_once = post.send_waiting(now=NOW)
    a_minute_later = post.send_waiting(now=NOW + timedelta(minutes=1))

    assert (at_once, a_minute_later) == (0, 1)
    assert len(sending.mails) == 2
    assert sending.mails[0]["Message-ID"] == sending.mails[1]["Message-ID"]


def test_a_server_that_is_away_is_tried_again_later_and_later(settings):
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    queue()

    now, waits = NOW, []
    for _turn in range(post.TRIES):
        post.send_waiting(now=now)
        mail = QueuedMail.objects.get()
        waits.append(mail.due_at - now)
        now = mail.due_at
    post.send_waiting(now=now)

    mail = QueuedMail.objects.get()
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert mail.tries_count == post.TRIES
    assert mail.error == "ConnectionRefusedError"


def test_one_refused_address_does_not_hold_the_others_up(sending):
    sending.refuses["gone@example.org"] = "550 gone@example.org is not here"
    queue("gone", address="gone@example.org")
    queue("here")

    sent_count = post.send_waiting(now=NOW)

    mail = QueuedMail.objects.get()
    assert sent_count == len(sending.mails) == 1
    assert sending.mails[0]["To"] == "anna@example.org"
    assert (mail.tries_count, mail.error) == (post.TRIES, "SMTPRecipientsRefused 550")


def test_a_greylisted_address_is_tried_again(sending):
    sending.refuses["anna@example.org"] = "451 come back later"
    queue()
    post.send_waiting(now=NOW)
    sending.refuses.clear()

    assert QueuedMail.objects.get().tries_count == 1
    assert post.send_waiting(now=NOW + timedelta(minutes=1)) == 1


def test_a_code_that_expired_meanwhile_is_not_sent_any_more(sending):
    codes.send_code(purpose=MailedCode.Purpose.SIGN_IN, address="anna@example.org", network="n", now=NOW)
    queue("news")

    sent_count = post.send_waiting(now=NOW + codes.LASTS)

    assert sent_count == 1
    assert [mail["Subject"] for mail in sending.mails] == ["Så gick det"]
    assert not QueuedMail.objects.exists()


def test_neither_logs_nor_errors_hold_an_address(sending, caplog):
    sending.refuses["anna@example.org"] = "550 anna@example.org is not here"
    queue()

    post.send_waiting(now=NOW)

    assert "Mail not sent" in caplog.text
    assert "anna@example.org" not in caplog.text + str([vars(record) for record in caplog.records])
    assert "anna" not in QueuedMail.objects.get().error


def test_name_and_password_of_the_address_are_used(letterbox, settings):
    queue("one")
    settings.MAIL_URL = letterbox.url.replace("smtp://", "smtp://allting:p%40ss%2Fword@")
    right = post.send_waiting(now=NOW)
    queue("two")
    settings.MAIL_URL = letterbox.url.replace("smtp://", "smtp://allting:wrong@")
    wrong = post.send_waiting(now=NOW)

    assert (right, wrong) == (1, 0)
    assert QueuedMail.objects.get().error == "SMTPAuthenticationError 535"


def test_the_demo_sends_nothing_and_keeps_what_it_would_have_sent(sending, settings):
    settings.IS_DEMO = True
    queue()

    assert post.is_mail_set_up()
    post.send_waiting(now=NOW)

    assert sending.mails == []
    assert QueuedMail.objects.get().sent_at == NOW


def test_without_a_server_mails_wait():
    queue()

    assert not post.is_mail_set_up()
    assert post.send_waiting(now=NOW) == 0
    assert QueuedMail.objects.get().tries_count == 0


def test_nothing_due_costs_one_query(sending, django_assert_num_queries):
    with django_assert_num_queries(1):
        post.send_waiting(now=NOW)


def test_the_schedules_run_on_an_empty_house():
    tasks.send_due()
    tasks.forget_old_addresses()


@pytest.mark.parametrize(
    ("url", "host", "port", "use_tls", "use_ssl"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, False, False),
        ("smtps://mail.example.org", "mail.example.org", 465, False, True),
        ("smtp+tls://mail.example.org", "mail.example.org", 587, True, False),
        ("smtp+tls://anna:p%40ss@mail.example.org:2525", "mail.example.org", 2525, True, False),
    ],
)
def test_a_mail_address_of_a_server_is_read(url, host, port, use_tls, use_ssl):
    server = post.read_mail_url(url, sender="a@example.org")

    assert (server.host, server.port, server.use_tls, server.use_ssl) == (host, port, use_tls, use_ssl)
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mail.example.org", "It starts with smtp://"),
        ("http://mail.example.org", "It starts with smtp://"),
        ("smtp://", "The name of the mail server is missing"),
        ("smtp://mail.example.org:abc", "is a number"),
        ("smtp://mail.example.org:99999", "is a number"),
        ("smtp://anna@mail.example.org", "A name needs its password"),
        ("smtp://anna:pa/ss@mail.example.org", "is a number"),
        ("smtp://mail.example.org/inbox", "write / as %2F"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(url, sentence):
    with pytest.raises(post.UnreadableMailUrl, match=sentence):
        post.read_mail_url(url, sender="")


def test_a_letter_has_all_its_words_in_both_forms(settings):
    settings.PUBLIC_URL = "https://ting.example.org"
    make.make_organisation(name="Bowling Green & Warren County")
    letter = letters.Letter(
        subject="What came of\nyour statement",
        headline="Yes, we will.",
        paragraphs=("783 people <answered>.",),
        why="You asked to hear.",
        quote="Traffic flow needs to be improved.",
        code="123456",
        button=("See it", "/items/1"),
        removal_path="/away",
        signed_by=("Dana Whitlock", "Mayor"),
    )

    letters.queue_letter(key="k", address="anna@example.org", letter=letter, now=NOW)

    mail = QueuedMail.objects.get()
    assert mail.subject == "What came of your statement"
    for words in ("Yes, we will.", "Traffic flow", "123456", "Dana Whitlock", "You asked to hear."):
        assert words in mail.text
        assert words in mail.html
    assert "783 people <answered>." in mail.text
    assert "783 people &lt;answered&gt;." in mail.html
    assert "Bowling Green & Warren County" in mail.text
    for address in ("https://ting.example.org/items/1", "https://ting.example.org/away"):
        assert address in mail.text
        assert address in mail.html
    assert "\n\n\n" not in mail.text


# The mail page


@pytest.fixture
def house(facilitators_client):
    make.make_organisation()
    return facilitators_client


def test_the_mail_page_stores_a_server_and_never_shows_it_again(house):
    said = {"mail_url": "smtp+tls://anna:s3cret@mail.example.org", "mail_from": "post@example.org"}

    stored = house.post("/people/mail", said)
    page = house.get("/people/mail").content.decode()

    assert stored.status_code == 302
    assert Organisation.objects.get().mail_url == said["mail_url"]
    assert post.is_mail_set_up()
    assert "mail.example.org" in page
    assert "s3cret" not in page
    assert "anna:" not in page


@pytest.mark.parametrize(
    "said",
    [
        {"mail_url": "mail.example.org", "mail_from": "post@example.org"},
        {"mail_url": "smtp://mail.example.org", "mail_from": "post"},
        {},
    ],
)
def test_a_bad_server_stores_nothing(house, said):
    assert house.post("/people/mail", said).status_code == 422
    assert Organisation.objects.get().mail_url == ""


def test_the_server_can_be_forgotten(house):
    house.post("/people/mail", {"mail_url": "smtp://mail.example.org", "mail_from": "post@example.org"})

    house.post("/people/mail", {"do": "remove"})

    assert not post.is_mail_set_up()


def test_a_test_mail_says_what_the_server_answered(house, letterbox):
    nowhere = house.post("/people/mail/test", follow=True).content.decode()
    house.post("/people/mail", {"mail_url": letterbox.url, "mail_from": "post@example.org"})
    arrived = house.post("/people/mail/test", follow=True).content.decode()
    house.post("/people/mail", {"mail_url": "smtp://127.0.0.1:1", "mail_from": "post@example.org"})
    away = house.post("/people/mail/test", follow=True).content.decode()

    assert "Mail is not set up" in nowhere
    assert "The server took the mail" in arrived
    assert letterbox.mails[0]["From"] == "Bowling Green <post@example.org>"
    assert "No mail server answers there." in away


def test_test_mails_have_a_limit(house, letterbox, settings):
    settings.MAIL_URL = letterbox.url

    answers = [house.post("/people/mail/test").status_code for _turn in range(11)]

    assert answers == [302] * 10 + [429]


def test_a_test_mail_in_the_demo_goes_to_its_page(house, letterbox, settings):
    settings.IS_DEMO = True
    settings.MAIL_URL = letterbox.url

    house.post("/people/mail/test")

    assert letterbox.mails == []
    assert QueuedMail.objects.exists()


def test_the_page_tells_figures_and_no_addresses_of_what_waits(house, settings):
    settings.MAIL_URL = "smtp://127.0.0.1:1"
    queue(address="left@example.org")
    post.send_waiting(now=NOW)

    page = house.get("/people/mail").content.decode()

    assert "1 mail waits for another try." in page
    assert "Mail does not get through" in page
    assert "No mail server answers there." in page
    assert "left@example.org" not in page


def test_mail_is_for_facilitators_of_the_whole(client):
    member = make.sign_in(client, make.make_person(role="member"))

    assert member.get("/people/mail").status_code == 403
    assert member.post("/people/mail/test").status_code == 403


def test_changing_the_server_writes_an_event_without_it(house):
    house.post("/people/mail", {"mail_url": "smtp://a:s3cret@mail.example.org", "mail_from": "post@example.org"})

    event = record.Event.objects.get(name="people.mail_changed")
    assert event.data == {"is_set_up": True}


def test_erasing_takes_waiting_mails_along():
    person = make.make_person(address="anna@example.org")
    queue(actor=person.actor)

    actions.erase_person(person=person, words="nameless", now=NOW)

    assert not QueuedMail.objects.exists()
