"""Roles, invitations and entry links."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allting.people import actions, queries
from allting.people.models import EntryLink, Invitation, Person, QueuedMail, Role
from allting.people.visitors import visitor_for
from allting.record.models import Event
from tests.make import people as make

pytestmark = pytest.mark.django_db


def invited(**said):
    inviter = make.make_person(role="facilitator")
    return actions.invite(
        **{"address": "anna@example.org", "role": "deputy", "by": inviter.actor, "now": timezone.now()} | said
    )


# Roles


def test_a_role_holds_for_all_or_within_an_item(notes):
    here, elsewhere = notes.write(), notes.write()
    for_all = visitor_for(make.make_person(role="facilitator"))
    for_here = visitor_for(make.make_person(role="facilitator", within=here))

    assert for_all.has_role(["facilitator"], within=[here.pk])
    assert for_all.has_role(["facilitator"])
    assert for_here.has_role(["facilitator"], within=[here.pk])
    assert not for_here.has_role(["facilitator"], within=[elsewhere.pk])
    assert not for_here.has_role(["facilitator"])
    assert not for_here.has_role(["deputy"], within=[here.pk])


def test_a_role_given_twice_is_one_role_and_one_event():
    person = make.make_person()

    first = actions.give_role(person=person, role="lead", by=person.actor, now=make.NOW)
    second = actions.give_role(person=person, role="lead", by=person.actor, now=make.NOW)

    assert first == second
    assert Event.objects.filter(name="people.role_given").count() == 1


def test_a_role_that_there_is_not_cannot_be_given():
    person = make.make_person()

    with pytest.raises(ValueError, match="emperor"):
        actions.give_role(person=person, role="emperor", by=person.actor, now=make.NOW)


def test_people_with_a_role_are_found_once_each(notes):
    note = notes.write()
    for_all = make.make_person(role="facilitator")
    both = make.make_person(role="facilitator", within=note)
    actions.give_role(person=both, role="deputy", item=note, by=both.actor, now=make.NOW)
    make.make_person(role="facilitator", within=notes.write())
    make.make_person(role="member")

    found = queries.people_with_role(["facilitator", "deputy"], within=[note.pk])

    assert list(found) == [for_all, both]
    assert list(queries.people_with_role(["facilitator"])) == [for_all]


def test_a_facilitator_takes_a_role_back(facilitators_client):
    anna = make.make_person(role="deputy")

    answer = facilitators_client.post(f"/people/roles/{anna.roles.get().pk}/take")

    assert answer.status_code == 302
    assert queries.roles_of(anna) == frozenset()
    assert Event.objects.filter(name="people.role_taken").count() == 1


def test_the_last_facilitator_keeps_the_role(facilitators_client, facilitator):
    role = facilitator.roles.get()

    alone = facilitators_client.post(f"/people/roles/{role.pk}/take")
    make.make_person(role="facilitator")
    with_another = facilitators_client.post(f"/people/roles/{role.pk}/take")

    assert alone.status_code == 403
    assert "the only facilitator" in alone.content.decode()
    assert with_another.status_code == 302


def test_a_role_elsewhere_cannot_be_taken_by_the_facilitator_of_one_item(notes):
    here, elsewhere = notes.write(), notes.write()
    client = make.sign_in(Client(), make.make_person(role="facilitator", within=here))
    theirs = make.make_person(role="deputy", within=elsewhere).roles.get()
    own = make.make_person(role="deputy", within=here).roles.get()

    assert client.post(f"/people/roles/{theirs.pk}/take").status_code == 403
    assert client.post(f"/people/roles/{own.pk}/take").status_code == 302
    assert client.post("/people/roles/999999/take").status_code == 404


# Inviting


@pytest.mark.parametrize("role", ["", "sponsor", "deputy", "lead", "member"])
def test_only_facilitators_invite(role):
    client = make.sign_in(Client(), make.make_person(role=role))

    assert client.get("/people/invitations").status_code == 403
    assert client.post("/people/invitations", {"address": "a@example.org", "role": "member"}).status_code == 403
    assert not Invitation.objects.exists()


def test_whoever_is_not_signed_in_is_asked_to(client):
    assert client.get("/people/invitations")["Location"] == "/people/sign-in?next=/people/invitations"


@pytest.mark.usefixtures("mail_is_set_up")
def test_an_invitation_is_mailed_and_its_link_is_not_kept(facilitators_client):
    answer = facilitators_client.post("/people/invitations", {"address": "Anna@Example.org", "role": "deputy"})

    mail = QueuedMail.objects.get()
    token = re.search(r"/people/invitations/accept/(\S+)", mail.text)[1]
    assert answer.status_code == 302
    assert mail.address == "anna@example.org"
    assert "Priya Raman invites you" in mail.text
    assert token not in str(list(Invitation.objects.values()))
    assert queries.get_invitation(token=token).role == "deputy"


def test_without_mail_the_link_is_shown_once_to_pass_on(facilitators_client):
    made = facilitators_client.post("/people/invitations", {"address": "anna@example.org", "role": "deputy"})
    later = facilitators_client.get("/people/invitations")

    assert "http://localhost:8000/people/invitations/accept/" in made.content.decode()
    assert "/people/invitations/accept/" not in later.content.decode()
    assert "anna@example.org" in later.content.decode()


def test_a_facilitator_of_one_item_invites_to_it_and_to_nothing_else(notes):
    here, elsewhere = notes.write(), notes.write()
    client = make.sign_in(Client(), make.make_person(role="facilitator", within=here))
    said = {"address": "anna@example.org", "role": "deputy"}

    assert client.post(f"/people/invitations?item={here.pk}", said).status_code == 200
    assert client.post(f"/people/invitations?item={elsewhere.pk}", said).status_code == 403
    assert client.get("/people/invitations?item=999999").status_code == 404
    assert client.get("/people/invitations?item=x").status_code == 404
    assert client.get("/people/invitations")["Location"].endswith(f"?item={here.pk}")
    assert Invitation.objects.get().item == here


def test_a_facilitator_of_a_process_invites_to_what_lies_within(notes):
    process = notes.write("The process")
    part = notes.write("A conversation", within=process)
    client = make.sign_in(Client(), make.make_person(role="facilitator", within=process))

    assert client.get(f"/people/invitations?item={part.pk}").status_code == 200


def test_a_deputy_invites_within_the_process_but_makes_no_facilitator(notes):
    here, elsewhere = notes.write(), notes.write()
    client = make.sign_in(Client(), make.make_person(role="deputy", within=here))
    list_here = f"/people/invitations?item={here.pk}"

    assert client.get("/people/invitations")["Location"] == list_here
    assert client.post(list_here, {"address": "a@example.org", "role": "deputy"}).status_code == 200
    assert client.post(list_here, {"address": "b@example.org", "role": "facilitator"}).status_code == 422
    assert client.get(f"/people/invitations?item={elsewhere.pk}").status_code == 403
    assert [invited.role for invited in Invitation.objects.all()] == ["deputy"]


def test_a_deputy_takes_a_members_role_back_but_not_the_facilitators(notes):
    here = notes.write()
    client = make.sign_in(Client(), make.make_person(role="deputy", within=here))
    member = make.make_person(role="member", within=here).roles.get()
    facilitator = make.make_person(role="facilitator", within=here).roles.get()

    page = client.get(f"/people/invitations?item={here.pk}").content.decode()

    assert f"/people/roles/{member.pk}/take" in page
    assert f"/people/roles/{facilitator.pk}/take" not in page
    assert client.post(f"/people/roles/{facilitator.pk}/take").status_code == 403
    assert client.post(f"/people/roles/{member.pk}/take").status_code == 302


def test_the_role_of_the_address_is_chosen_beforehand(facilitators_client):
    page = facilitators_client.get("/people/invitations?role=deputy").content.decode()

    assert re.search(r'value="deputy"[^>]*checked', page)


def test_a_bad_invitation_keeps_what_was_typed(facilitators_client):
    answer = facilitators_client.post("/people/invitations", {"address": "anna@@example", "role": "emperor"})

    assert answer.status_code == 422
    assert "anna@@example" in answer.content.decode()


# Accepting


def test_accepting_makes_the_account_and_gives_the_role(client, notes):
    note = notes.write()
    path = invited(item=note).path

    shown = client.get(path)
    had_role = Role.objects.filter(role="deputy").exists()
    answer = client.post(path)

    anna = Person.objects.get(address="anna@example.org")
    assert "You are invited as deputy" in shown.content.decode()
    assert not had_role
    assert answer["Location"] == f"/notes/{note.pk}"
    assert queries.roles_of(anna) == {("deputy", note.pk)}
    assert "_auth_user_id" in client.session
    assert Event.objects.filter(name="people.invitation_accepted", actor=anna.actor).count() == 1


def test_an_invitation_opens_once(client):
    path = invited().path
    client.post(path)

    again = Client().post(path)

    assert again.status_code == 403
    assert "This invitation was used." in again.content.decode()


def test_an_invitation_is_open_for_fourteen_days(client):
    path = invited(now=timezone.now() - timedelta(days=14)).path

    assert client.get(path).status_code == 403
    assert "14 days" in client.post(path).content.decode()
    assert not Role.objects.filter(role="deputy").exists()


def test_an_invitation_taken_back_opens_nothing(client, facilitators_client):
    made = invited()

    revoked = facilitators_client.post(f"/people/invitations/{made.invitation.pk}/revoke")
    again = facilitators_client.post(f"/people/invitations/{made.invitation.pk}/revoke")

    assert (revoked.status_code, again.status_code) == (302, 410)
    assert "taken back" in client.post(made.path).content.decode()
    assert not QueuedMail.objects.exists()


def test_only_its_facilitator_takes_an_invitation_back(notes):
    made = invited(item=notes.write())
    client = make.sign_in(Client(), make.make_person(role="facilitator", within=notes.write()))

    assert client.post(f"/people/invitations/{made.invitation.pk}/revoke").status_code == 403
    assert client.post("/people/invitations/999999/revoke").status_code == 404


def test_a_deputy_takes_no_facilitators_invitation_back(notes):
    note = notes.write()
    deputy = make.sign_in(Client(), make.make_person(role="deputy", within=note))
    invitation = invited(role="facilitator", item=note).invitation

    answer = deputy.post(f"/people/invitations/{invitation.pk}/revoke")

    invitation.refresh_from_db()
    assert answer.status_code == 403
    assert invitation.revoked_at is None


def test_an_invitation_is_for_its_address_alone():
    path = invited().path
    eve = make.make_person(address="eve@example.org")

    answer = make.sign_in(Client(), eve).post(path)

    assert answer.status_code == 403
    assert "went to another address than yours" in answer.content.decode()
    assert queries.roles_of(eve) == frozenset()


def test_the_invited_person_accepts_signed_in():
    path = invited().path
    anna = make.make_person(address="anna@example.org")

    make.sign_in(Client(), anna).post(path)

    assert queries.roles_of(anna) == {("deputy", None)}


def test_inviting_again_replaces_the_open_invitation(client):
    first, second = invited(), invited()

    assert client.post(first.path).status_code == 403
    assert client.post(second.path).status_code == 302
    assert Invitation.objects.filter(revoked_at=None).count() == 1


def test_accepting_a_link_passed_on_by_hand_sends_no_mail_later(client):
    client.post(invited().path)

    assert not QueuedMail.objects.exists()


def test_a_made_up_token_is_not_found(client):
    assert client.get("/people/invitations/accept/abc").status_code == 404


# Entry links


def test_an_entry_link_lets_one_in_and_gives_no_role(client, notes, facilitators_client):
    secret = notes.write("Secret plans")
    facilitators_client.post(f"/people/entry-links/{secret.pk}")
    token = EntryLink.objects.get().token

    before = client.get(f"/people/follow/{secret.pk}").status_code
    entered = client.get(f"/people/enter/{token}")
    after = client.get(f"/people/follow/{secret.pk}").status_code

    assert (before, after) == (404, 200)
    assert entered["Location"] == f"/notes/{secret.pk}"
    assert entered.cookies["entries"]["httponly"]
    assert not Role.objects.filter(item=secret).exists()


def test_a_closed_entry_link_lets_nobody_in_any_more(client, notes, facilitators_client):
    secret = notes.write("Secret plans")
    facilitators_client.post(f"/people/entry-links/{secret.pk}")
    token = EntryLink.objects.get().token
    client.get(f"/people/enter/{token}")

    facilitators_client.post(f"/people/entry-links/{secret.pk}", {"do": "revoke"})

    assert client.get(f"/people/follow/{secret.pk}").status_code == 404
    assert Client().get(f"/people/enter/{token}").status_code == 410


def test_one_entry_link_stands_at_a_time(notes, facilitators_client):
    note = notes.write()

    facilitators_client.post(f"/people/entry-links/{note.pk}")
    facilitators_client.post(f"/people/entry-links/{note.pk}")

    assert EntryLink.objects.count() == 1
    assert Event.objects.filter(name="people.entry_link_made").count() == 1


def test_the_code_is_drawn_for_facilitators_of_the_item_only(notes, facilitators_client, client):
    note = notes.write()
    none_yet = facilitators_client.get(f"/people/entry-links/{note.pk}/code.svg")
    facilitators_client.post(f"/people/entry-links/{note.pk}")
    stranger = make.sign_in(Client(), make.make_person(role="member"))

    drawn = facilitators_client.get(f"/people/entry-links/{note.pk}/code.svg")

    assert none_yet.status_code == 404
    assert drawn["Content-Type"] == "image/svg+xml"
    assert drawn.content.startswith(b"<svg")
    for path in (f"/people/entry-links/{note.pk}", f"/people/entry-links/{note.pk}/code.svg"):
        assert stranger.get(path).status_code == 403
        assert client.get(path).status_code == 302
    assert stranger.post(f"/people/entry-links/{note.pk}", {"do": "revoke"}).status_code == 403


def test_a_forged_entry_cookie_lets_nobody_in(client, notes):
    secret = notes.write("Secret plans")
    link = actions.make_entry_link(item=secret, by=secret.author, now=make.NOW)
    client.cookies["entries"] = link.token

    assert client.get(f"/people/follow/{secret.pk}").status_code == 404


def test_the_address_on_the_page_is_the_public_one(notes, facilitators_client, settings):
    settings.PUBLIC_URL = "https://ting.example.org"
    note = notes.write()
    facilitators_client.post(f"/people/entry-links/{note.pk}")

    page = facilitators_client.get(f"/people/entry-links/{note.pk}").content.decode()

    assert f"https://ting.example.org/people/enter/{EntryLink.objects.get().token}" in page
