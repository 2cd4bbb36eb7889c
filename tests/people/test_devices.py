"""Who is behind a request: nobody, a device, a person; and what a shared device tells."""

from __future__ import annotations

import pytest
from django.conf import settings as used_settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from allting.people import actions, cookies, devices
from allting.people.middleware import ViewerMiddleware
from allting.people.models import Device, Entry, LeftAddress
from allting.record.models import Actor
from tests.make import people as make

pytestmark = pytest.mark.django_db


def send(client: Client, *, acts: bool):
    """Send a request with the client's cookies through the middleware; return what the view saw, and the answer."""
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    request.session = client.session
    request.user = _user_of(client)
    seen = {}

    def view(request):
        seen["actor"] = devices.actor_for_acting(request, timezone.now()) if acts else request.viewer.actor
        seen["again"] = request.viewer.actor
        return HttpResponse("done")

    answer = ViewerMiddleware(view)(request)
    for name, morsel in answer.cookies.items():
        client.cookies[name] = morsel.value
    return seen, answer


def _user_of(client: Client):
    from django.contrib.auth import get_user

    request = RequestFactory().get("/")
    request.session = client.session
    return get_user(request)


def test_looking_makes_neither_device_nor_actor_nor_cookie(client):
    seen, answer = send(client, acts=False)

    assert seen["actor"] is None
    assert not answer.cookies
    assert not Device.objects.exists()
    assert not Actor.objects.exists()


def test_a_visitor_without_cookies_costs_one_query_for_the_organisation(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/people/accessibility")
    with django_assert_num_queries(0):  # kept in memory
        client.get("/people/accessibility")


def test_the_first_act_makes_a_device_with_its_actor_and_a_cookie(client):
    seen, answer = send(client, acts=True)

    device = Device.objects.get()
    cookie = answer.cookies[cookies.DEVICE]
    assert seen["actor"] == device.actor == seen["again"]
    assert device.actor.kind == Actor.Kind.DEVICE
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 400 * 24 * 60 * 60
    assert not cookie["secure"]


def test_over_https_the_cookie_is_secure(client, settings):
    settings.SESSION_COOKIE_SECURE = True

    _seen, answer = send(client, acts=True)

    assert answer.cookies[cookies.DEVICE]["secure"]


def test_the_database_keeps_only_the_digest_of_the_key(client):
    _seen, answer = send(client, acts=True)

    key = answer.cookies[cookies.DEVICE].value.rpartition(":")[0]
    device = Device.objects.get()
    assert len(key) == 43  # 256 bits
    assert device.key_digest == cookies.digest_of(key)
    assert key not in str(vars(device))


def test_the_second_act_is_the_same_actor():
    client = Client()
    first, _ = send(client, acts=True)

    second, answer = send(client, acts=True)

    assert first["actor"] == second["actor"]
    assert not answer.cookies
    assert Device.objects.count() == 1


def test_the_key_is_renewed_on_another_day():
    client = make.make_device_client()

    seen, answer = send(client, acts=True)

    assert seen["actor"] == client.actor
    assert cookies.DEVICE in answer.cookies
    assert Device.objects.get().seen_on == timezone.localdate()


@pytest.mark.parametrize("forged", ["", "abc", "abc:def", "key:wrong-signature"])
def test_a_forged_cookie_is_nobody(client, forged):
    client.cookies[cookies.DEVICE] = forged

    seen, _answer = send(client, acts=False)

    assert seen["actor"] is None


def test_a_signature_of_another_cookie_does_not_count(client):
    key = cookies.make_device_key()
    Device.objects.create(
        key_digest=cookies.digest_of(key),
        actor=Actor.objects.create(kind="device"),
        made_at=make.NOW,
        seen_on=make.NOW.date(),
    )
    client.cookies[cookies.DEVICE] = cookies.sign(cookies.ENTRIES, key)

    seen, _answer = send(client, acts=False)

    assert seen["actor"] is None


def test_a_signed_in_person_acts_as_themselves_also_on_a_known_device():
    client = make.make_device_client()
    person = make.make_person()
    make.sign_in(client, person)

    seen, _answer = send(client, acts=True)

    assert seen["actor"] == person.actor


def test_a_signed_in_page_costs_three_queries_for_who_looks(client, django_assert_num_queries):
    make.sign_in(client, make.make_person(role="facilitator"))
    client.get("/people/accessibility")

    with django_assert_num_queries(3):  # session, person, roles
        client.get("/people/accessibility")


def test_bringing_along_gives_the_devices_part_to_the_person(notes):
    client = make.make_device_client()
    giver, note = client.actor, notes.write(author=client.actor)
    LeftAddress.objects.create(
        actor=giver, item=note, address="anna@example.org", removal_key="k", confirmed_at=make.NOW
    )
    person = make.make_person()
    make.sign_in(client, person)

    asked = client.get("/people/sign-in/bring")
    answer = client.post("/people/sign-in/bring", {"bring": "yes"})

    note.refresh_from_db()
    assert asked.status_code == 200
    assert answer["Location"] == "/people/me"
    assert notes.handed_over == [(giver, person.actor)]
    assert note.author == person.actor
    assert LeftAddress.objects.get().actor == person.actor
    assert Device.objects.get().actor is None


def test_bringing_along_an_address_that_the_person_left_too_keeps_the_persons(notes):
    client, person, note = make.make_device_client(), make.make_person(), notes.write()
    for number, actor in enumerate((client.actor, person.actor)):
        LeftAddress.objects.create(
            actor=actor, item=note, address=f"a{number}@example.org", removal_key=str(number), confirmed_at=make.NOW
        )

    actions.bring_along(device=client.device, person=person, now=make.NOW)

    assert LeftAddress.objects.get().address == "a1@example.org"


def test_saying_no_leaves_it_where_it_was_and_the_device_fresh(notes):
    client = make.make_device_client()
    giver, note = client.actor, notes.write(author=client.actor)
    make.sign_in(client, make.make_person())

    client.post("/people/sign-in/bring", {"bring": "no"})

    note.refresh_from_db()
    assert note.author == giver
    assert notes.handed_over == []
    assert Device.objects.get().actor is None


def test_nothing_is_asked_where_nothing_was_done(client):
    make.sign_in(client, make.make_person())

    assert client.get("/people/sign-in/bring").status_code == 302


def test_after_signing_out_a_shared_device_is_a_stranger(notes):
    client = make.make_device_client()
    before = client.actor
    make.sign_in(client, make.make_person(name="Anna Lund"))
    client.post("/people/sign-out")

    seen, _answer = send(client, acts=True)

    assert seen["actor"] not in (None, before)
    assert "Anna" not in client.get("/people/device").content.decode()


def test_the_device_page_shows_nothing_of_what_was_left(notes):
    client = make.make_device_client()
    note = notes.write("A statement of mine", author=client.actor)
    LeftAddress.objects.create(
        actor=client.actor, item=note, address="anna@example.org", removal_key="k", confirmed_at=make.NOW
    )

    page = client.get("/people/device").content.decode()

    assert "Remove what I left here" in page
    assert "A statement of mine" not in page
    assert "anna@example.org" not in page


def test_a_device_without_account_forgets_its_person_and_what_was_said_stands(notes):
    client = make.make_device_client()
    before, note = client.actor, notes.write(author=client.actor)
    page = client.get("/people/device").content.decode()

    client.post("/people/sign-out")
    seen, _answer = send(client, acts=True)

    note.refresh_from_db()
    assert "Forget me on this device" in page
    assert seen["actor"] not in (None, before)
    assert note.author == before
    assert notes.forgotten == []


def test_removing_what_was_left_here_forgets_all_of_it(notes):
    client = make.make_device_client()
    actor, note = client.actor, notes.write(author=client.actor)
    LeftAddress.objects.create(
        actor=actor, item=note, address="anna@example.org", removal_key="k", confirmed_at=make.NOW
    )

    undecided = client.post("/people/device/remove", {})
    answer = client.post("/people/device/remove", {"words": "blanked"})

    note.refresh_from_db()
    assert undecided.status_code == 422
    assert answer.status_code == 302
    assert notes.forgotten == [(actor, "blanked")]
    assert note.title != "The buses stop at nine."
    assert not LeftAddress.objects.exists()
    assert not Device.objects.exists()
    assert client.cookies[cookies.DEVICE].value == ""


def test_a_device_that_left_nothing_is_told_so(client):
    assert "has left nothing here" in client.get("/people/device").content.decode()
    assert client.post("/people/device/remove", {"words": "blanked"}).status_code == 302


def test_acting_writes_down_by_which_link_the_device_came_in(notes):
    note = notes.write()
    link = actions.make_entry_link(item=note, by=note.author, now=make.NOW)
    client = Client()
    client.get(f"/people/enter/{link.token}")
    was_written = Entry.objects.exists()

    send(client, acts=True)
    send(client, acts=True)

    assert not was_written
    assert Entry.objects.get().device == Device.objects.get()


def test_a_person_sees_pages_in_their_language_unless_the_browser_was_told_another():
    client = make.sign_in(Client(), make.make_person(language="sv"))

    own = client.get("/people/accessibility").content.decode()
    client.cookies[used_settings.LANGUAGE_COOKIE_NAME] = "en"
    told = client.get("/people/accessibility").content.decode()

    assert 'lang="sv"' in own
    assert 'lang="en"' in told


def test_a_page_that_knows_who_looks_is_kept_by_no_browser_and_no_proxy(client):
    _seen, answer = send(client, acts=False)

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer.headers["Vary"]


def test_signing_out_takes_what_was_being_written_with_it(client):
    answer = make.sign_in(client, make.make_person()).post("/people/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"storage"'
