"""“Tell me what comes of it”: leaving an address, and taking it away."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.test import Client

from allting.people import actions, queries
from allting.people.models import Device, LeftAddress, MailedCode, QueuedMail
from allting.record.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_is_set_up")]


def digits_for(address: str) -> str:
    return re.search(r"\d{6}", QueuedMail.objects.filter(address=address).latest("pk").subject)[0]


def follow(client: Client, item, address: str = "anna@example.org") -> LeftAddress:
    page = client.post(f"/people/follow/{item.pk}", {"address": address})["Location"]
    client.post(page, {"digits": digits_for(address)})
    return LeftAddress.objects.get(address=address)


def test_an_address_is_kept_once_its_code_is_typed(client, notes):
    note = notes.write()

    page = client.post(f"/people/follow/{note.pk}", {"address": "Anna@example.org"})["Location"]
    was_kept = LeftAddress.objects.exists()
    done = client.post(page, {"digits": digits_for("anna@example.org")})

    left = LeftAddress.objects.get()
    assert not was_kept
    assert "We will write when something comes of it." in done.content.decode()
    assert (left.item, left.address, left.actor) == (note, "anna@example.org", Device.objects.get().actor)


def test_asking_for_a_code_makes_no_device_yet(client, notes):
    client.post(f"/people/follow/{notes.write().pk}", {"address": "anna@example.org"})

    assert not Device.objects.exists()


def test_the_same_works_in_a_part_of_another_page(client, notes):
    note = notes.write()
    htmx = {"hx-request": "true"}

    asked = client.post(f"/people/follow/{note.pk}", {"address": "anna@example.org"}, headers=htmx).content.decode()
    code = MailedCode.objects.get()
    wrong = client.post(f"/people/follow/code/{code.handle}", {"digits": "12345"}, headers=htmx)
    done = client.post(
        f"/people/follow/code/{code.handle}", {"digits": digits_for("anna@example.org")}, headers=htmx
    ).content.decode()

    for part in (asked, wrong.content.decode(), done):
        assert "<html" not in part
        assert f'id="follow-{note.pk}"' in part
    assert wrong.status_code == 422
    assert "this is five." in wrong.content.decode()
    assert LeftAddress.objects.exists()


def test_a_wrong_address_answers_422_with_the_same_part(client, notes):
    note = notes.write()

    part = client.post(f"/people/follow/{note.pk}", {"address": "anna"}, headers={"hx-request": "true"})
    page = client.post(f"/people/follow/{note.pk}", {"address": "anna"})

    assert (part.status_code, page.status_code) == (422, 422)
    assert "<html" not in part.content.decode()
    assert "<html" in page.content.decode()


def test_what_one_may_not_see_one_cannot_follow(client, notes):
    secret = notes.write("Secret plans")

    assert client.get(f"/people/follow/{secret.pk}").status_code == 404
    assert client.post(f"/people/follow/{secret.pk}", {"address": "anna@example.org"}).status_code == 404
    assert client.get("/people/follow/999999").status_code == 404


def test_without_mail_the_part_says_so(client, notes, settings):
    settings.MAIL_URL = ""
    note = notes.write()

    assert "Mail is not set up" in client.get(f"/people/follow/{note.pk}").content.decode()
    assert client.post(f"/people/follow/{note.pk}", {"address": "anna@example.org"}).status_code == 422
    assert not MailedCode.objects.exists()


def test_it_is_confirmed_once_by_a_mail_with_a_removal_link(client, notes):
    left = follow(client, notes.write())

    mail = QueuedMail.objects.get(key__startswith="followed-")

    assert f"/people/follow/remove/{left.removal_key}" in mail.text
    assert f"/people/follow/remove/{left.removal_key}" in mail.html
    assert "The buses stop at nine." in mail.text


def test_another_address_for_the_same_takes_its_place(client, notes):
    note = notes.write()
    follow(client, note)

    again = client.get(f"/people/follow/{note.pk}").content.decode()
    follow(client, note, "anna@work.example")

    assert "You left an address here. Another one takes its place." in again
    assert LeftAddress.objects.get().address == "anna@work.example"


def test_the_removal_link_shows_a_button_and_takes_the_address_away(client, notes):
    left = follow(client, notes.write())
    somewhere_else = Client()

    shown = somewhere_else.get(f"/people/follow/remove/{left.removal_key}")
    was_kept = LeftAddress.objects.exists()
    pressed = somewhere_else.post(f"/people/follow/remove/{left.removal_key}")

    assert (shown.status_code, pressed.status_code) == (200, 302)
    assert was_kept
    assert not LeftAddress.objects.exists()
    assert not QueuedMail.objects.filter(key__startswith="followed-").exists()
    assert somewhere_else.get(f"/people/follow/remove/{left.removal_key}").status_code == 404


def test_left_addresses_go_on_their_day(client, notes):
    left = follow(client, notes.write())
    LeftAddress.objects.update(forget_on=date(2028, 3, 12))

    too_early = actions.forget_old_addresses(today=date(2028, 3, 11))
    on_the_day = actions.forget_old_addresses(today=date(2028, 3, 12))

    assert (too_early, on_the_day) == (0, 1)
    assert not LeftAddress.objects.filter(pk=left.pk).exists()


def test_an_address_without_a_day_stays(client, notes):
    follow(client, notes.write())

    assert actions.forget_old_addresses(today=date(2099, 1, 1)) == 0


def test_no_facilitator_and_no_event_tells_who_left_an_address(client, facilitators_client, notes):
    note = notes.write()
    follow(client, note)

    pages = [
        facilitators_client.get(address).content.decode()
        for address in ("/people/me", "/people/invitations", "/people/mail", "/people/organisation")
    ]

    assert not any("anna@example.org" in page for page in pages)
    assert "anna@example.org" not in facilitators_client.get("/people/me/data.json").content.decode()
    assert "anna@example.org" not in json.dumps(list(Event.objects.values("name", "data")), default=str)
    assert not Event.objects.filter(item=note).exists()


def test_later_rooms_find_whom_to_write_to(client, notes):
    note, other = notes.write(), notes.write("Another")
    left = follow(client, note)

    assert list(queries.left_addresses_for(note)) == [left]
    assert list(queries.left_addresses_for(note, actors=[left.actor])) == [left]
    assert list(queries.left_addresses_for(note, actors=[other.author])) == []
    assert list(queries.left_addresses_for(other)) == []


def test_a_code_for_signing_in_leaves_no_address(client, notes):
    client.post("/people/sign-in", {"address": "anna@example.org"})
    handle = MailedCode.objects.get().handle

    answer = client.post(f"/people/follow/code/{handle}", {"digits": digits_for("anna@example.org")})

    assert answer.status_code == 404


def test_the_removal_link_of_an_earlier_address_does_not_reach_the_next(client, notes):
    note = notes.write()
    earlier_key = follow(client, note, "anna@old.example").removal_key
    left = follow(client, note, "anna@example.org")

    answer = client.post(f"/people/follow/remove/{earlier_key}")

    assert answer.status_code == 404
    assert list(LeftAddress.objects.all()) == [left]
