"""Signing in by code and by link."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allting.people import actions, codes, sign_in
from allting.people.errors import HasFacilitator, LinkUsed
from allting.people.models import Device, MailedCode, Person, QueuedMail, Session
from allting.record.models import Event
from tests.make import people as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_is_set_up(settings):
    settings.MAIL_URL = "smtp://localhost:1"


def ask_for_code(client: Client, address: str, **extra: str) -> str:
    """Ask on the page; return the path of the page that takes the digits."""
    answer = client.post("/people/sign-in", {"address": address}, **extra)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def mailed_digits(address: str) -> str:
    mail = QueuedMail.objects.filter(address=address).latest("pk")
    return re.search(r"\b\d{6}\b", mail.subject)[0]


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**6:06}"


def test_a_mailed_code_signs_in_and_makes_the_account(client):
    page = ask_for_code(client, "Anna.Lund@Example.org")

    answer = client.post(page, {"digits": mailed_digits("anna.lund@example.org")})

    assert answer.status_code == 302
    person = Person.objects.get(address="anna.lund@example.org")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert Session.objects.get().person == person
    assert Event.objects.filter(name="people.joined", actor=person.actor).count() == 1


def test_signing_in_again_is_the_same_person(client):
    person = make.make_person(address="anna@example.org")

    client.post(ask_for_code(client, "ANNA@example.org"), {"digits": mailed_digits("anna@example.org")})

    assert Person.objects.get() == person


def test_a_code_may_be_typed_with_spaces(client):
    page = ask_for_code(client, "anna@example.org")
    digits = mailed_digits("anna@example.org")

    answer = client.post(page, {"digits": f" {digits[:3]} {digits[3:]} "})

    assert answer.status_code == 302


def test_known_and_unknown_addresses_get_the_same_answer(client, django_assert_num_queries):
    make.make_person(address="known@example.org")
    client.get("/people/sign-in")

    with django_assert_num_queries(8) as for_known:
        known = client.post("/people/sign-in", {"address": "known@example.org"})
    with django_assert_num_queries(len(for_known)):
        unknown = client.post("/people/sign-in", {"address": "nobody@example.org"})

    assert (known.status_code, unknown.status_code) == (302, 302)
    assert re.sub(r"code/.*", "", known["Location"]) == re.sub(r"code/.*", "", unknown["Location"])
    subjects = [re.sub(r"\d{6}", "", mail.subject) for mail in QueuedMail.objects.all()]
    assert subjects[0] == subjects[1]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("12345", "The code has six digits; this is five."),
        ("1234567", "The code has six digits; this is seven."),
        ("12345x", "The code has six digits and nothing else."),
        ("", "Write the six digits from the mail."),
        ("١٢٣٤٥٦", "The code has six digits and nothing else."),
    ],
)
def test_a_code_of_another_form_says_so_and_costs_no_try(client, typed, sentence):
    page = ask_for_code(client, "anna@example.org")

    answer = client.post(page, {"digits": typed})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert MailedCode.objects.get().tries_left == codes.TRIES


def test_three_wrong_tries_use_a_code_up(client):
    page = ask_for_code(client, "anna@example.org")
    digits = mailed_digits("anna@example.org")

    said = [client.post(page, {"digits": wrong(digits)}) for _turn in range(3)]
    right_too_late = client.post(page, {"digits": digits})

    assert [answer.status_code for answer in said] == [422, 422, 422]
    assert "You can try twice more." in said[0].content.decode()
    assert "You can try once more." in said[1].content.decode()
    assert right_too_late.status_code == 422
    assert "Three tries are used up." in right_too_late.content.decode()
    assert not Person.objects.exists()


def test_a_code_expires_after_ten_minutes(client):
    page = ask_for_code(client, "anna@example.org")
    digits = mailed_digits("anna@example.org")
    MailedCode.objects.update(expires_at=timezone.now())

    answer = client.post(page, {"digits": digits})

    assert answer.status_code == 422
    assert "This code has expired." in answer.content.decode()


def test_a_used_code_opens_nothing_more(client):
    page = ask_for_code(client, "anna@example.org")
    digits = mailed_digits("anna@example.org")
    client.post(page, {"digits": digits})

    again = Client().post(page, {"digits": digits})

    assert again.status_code == 410


def test_a_code_for_leaving_an_address_signs_nobody_in(client):
    code = codes.send_code(
        purpose=MailedCode.Purpose.FOLLOW, address="anna@example.org", network="n", now=timezone.now()
    )

    answer = client.post(f"/people/sign-in/code/{code.handle}", {"digits": mailed_digits("anna@example.org")})

    assert answer.status_code == 404


def test_the_database_holds_no_digits(client):
    ask_for_code(client, "anna@example.org")

    code = MailedCode.objects.get()

    assert mailed_digits("anna@example.org") not in f"{code.code_digest} {code.handle}"
    assert len(code.code_digest) == 64


def test_an_address_gets_five_codes_an_hour(client):
    for _turn in range(codes.PER_ADDRESS):
        ask_for_code(client, "anna@example.org")

    too_many = client.post("/people/sign-in", {"address": "anna@example.org"})
    other = client.post("/people/sign-in", {"address": "bo@example.org"})

    assert too_many.status_code == 429
    assert "Use the latest code that came" in too_many.content.decode()
    assert other.status_code == 302


def test_the_limit_of_an_address_is_over_after_an_hour():
    now = make.NOW
    for _turn in range(codes.PER_ADDRESS):
        codes.send_code(purpose=MailedCode.Purpose.SIGN_IN, address="anna@example.org", network="n", now=now)

    later = codes.send_code(
        purpose=MailedCode.Purpose.SIGN_IN, address="anna@example.org", network="n", now=now + codes.WINDOW
    )

    assert later.pk


def test_a_network_stops_after_thirty_codes_that_nobody_types_back(client):
    here, elsewhere = {"REMOTE_ADDR": "203.0.113.7"}, {"REMOTE_ADDR": "198.51.100.7"}
    for number in range(codes.PER_NETWORK):
        ask_for_code(client, f"victim{number}@example.org", **here)

    neighbour = client.post("/people/sign-in", {"address": "more@example.org"}, REMOTE_ADDR="203.0.113.99")
    other = client.post("/people/sign-in", {"address": "more@example.org"}, **elsewhere)

    assert neighbour.status_code == 429
    assert other.status_code == 302


def test_a_company_behind_one_network_signs_in_all_morning():
    for number in range(codes.PER_NETWORK + 10):
        client, address = Client(), f"colleague{number}@example.org"
        page = ask_for_code(client, address)
        assert client.post(page, {"digits": mailed_digits(address)}).status_code == 302

    assert Person.objects.count() == codes.PER_NETWORK + 10


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("::ffff:203.0.113.7", "203.0.113.8", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("", "not an address", True),
    ],
)
def test_a_network_is_a_digest_of_its_neighbourhood(one, other, are_same):
    assert (codes.network_of(one) == codes.network_of(other)) is are_same
    assert one[:9] not in codes.network_of(one) or not one


def test_what_is_no_address_is_said_in_a_sentence(client):
    answer = client.post("/people/sign-in", {"address": "anna@@example"})

    assert answer.status_code == 422
    assert "A mail address has a name, an @ and a place" in answer.content.decode()
    assert "anna@@example" in answer.content.decode()


def test_without_mail_the_page_says_so_and_sends_nothing(client, settings):
    settings.MAIL_URL = ""

    page = client.get("/people/sign-in").content.decode()
    answer = client.post("/people/sign-in", {"address": "anna@example.org"})

    assert "Mail is not set up," in page
    assert answer.status_code == 422
    assert not QueuedMail.objects.exists()


def test_signing_in_goes_on_to_where_one_came_from_but_never_elsewhere(client):
    digits_page = ask_for_code(client, "anna@example.org")

    ours = client.post(digits_page, {"digits": mailed_digits("anna@example.org"), "next": "/people/me"})
    bo = Client()
    page = ask_for_code(bo, "bo@example.org")
    theirs = bo.post(page, {"digits": mailed_digits("bo@example.org"), "next": "https://evil.example/"})

    assert ours["Location"] == "/people/me"
    assert theirs["Location"] == "/"


def test_a_link_is_opened_by_get_and_signs_in_by_post(client):
    path = sign_in.make_link(make.make_person(name="Priya Raman"), now=make.NOW)

    opened = client.get(path)
    was_signed_in = "_auth_user_id" in client.session
    pressed = client.post(path)

    assert "Are you Priya Raman?" in opened.content.decode()
    assert not was_signed_in
    assert pressed.status_code == 302
    assert "_auth_user_id" in client.session


def test_a_link_dies_with_the_process(client, monkeypatch):
    path = sign_in.make_link(make.make_person(), now=make.NOW)

    monkeypatch.setattr("allting.web.lifetime.KEY", "another process")

    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410


def test_a_link_of_somebody_who_was_erased_opens_nothing(client):
    person = make.make_person()
    path = sign_in.make_link(person, now=make.NOW)

    actions.erase_person(person=person, words="nameless", now=make.NOW)

    assert client.post(path).status_code == 410


def test_the_first_facilitator_says_name_and_address_and_looks_after_all(client):
    path = sign_in.first_facilitator_link(now=make.NOW)

    shown = client.get(path)
    bad = client.post(path, {"name": "", "address": "x"})
    made = client.post(path, {"name": "Priya Raman", "address": "Priya@example.org"})

    assert shown.status_code == 200
    assert bad.status_code == 422
    assert made["Location"] == "/people/organisation"
    assert client.get("/people/organisation").status_code == 200
    assert Person.objects.get().address == "priya@example.org"


def test_there_is_no_link_for_a_second_first_facilitator(client):
    path = sign_in.first_facilitator_link(now=make.NOW)
    make.make_person(role="facilitator")

    answer = client.post(path, {"name": "Eve", "address": "eve@example.org"})

    assert sign_in.first_facilitator_link(now=make.NOW) is None
    assert answer.status_code == HasFacilitator.status


def test_an_operators_link_signs_in_once_within_half_an_hour(client):
    now = timezone.now()
    path = sign_in.make_operator_link("Anna@example.org", now=now)

    first = client.post(path)
    second = Client().post(path)

    assert first.status_code == 302
    assert Person.objects.get().address == "anna@example.org"
    assert second.status_code == 410


def test_an_operators_link_is_too_old_after_half_an_hour():
    token = sign_in.make_operator_link("anna@example.org", now=make.NOW).rpartition("/")[2]

    assert sign_in.read_link(token, now=make.NOW + timedelta(minutes=29)).address == "anna@example.org"
    with pytest.raises(LinkUsed):
        sign_in.read_link(token, now=make.NOW + timedelta(minutes=30))


def test_a_made_up_link_opens_nothing(client):
    assert client.get("/people/sign-in/link/abc:def:ghi").status_code == 410


def test_signing_out_needs_a_button_and_leaves_a_fresh_device():
    client = make.make_device_client()
    make.sign_in(client, make.make_person())

    by_link = client.get("/people/sign-out")
    by_button = client.post("/people/sign-out")

    assert by_link.status_code == 405
    assert by_button.status_code == 302
    assert "_auth_user_id" not in client.session
    assert client.cookies["device"].value == ""
    assert not Device.objects.exists()


def test_a_session_ends_when_its_person_is_erased(client):
    person = make.make_person()
    make.sign_in(client, person)

    actions.erase_person(person=person, words="nameless", now=make.NOW)

    assert client.get("/people/me")["Location"].startswith("/people/sign-in")
    assert not Session.objects.filter(person=person).exists()
