"""Naming the sites of others that may show a conversation, and the line that their pages need."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allting.opinions import actions, embedding
from allting.opinions.errors import TooManySites, UnusableSite
from allting.opinions.models import Conversation, HostSite
from allting.people.models import RoleName
from allting.record.models import Event
from tests.make.embedding import HOST, make_host_site
from tests.make.opinions import make_conversation
from tests.make.people import make_person, sign_in
from tests.make.processes import NOW

pytestmark = pytest.mark.django_db

QUERIES_OF_THE_PAGE = 6


@pytest.fixture
def facilitator(client: Client) -> Client:
    return sign_in(client, make_person(role=RoleName.FACILITATOR))


def page_of(conversation: Conversation) -> str:
    return reverse("opinions:hosts", args=[conversation.pk])


# --- what an address says ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://www.kommun.se", "https://www.kommun.se"),
        ("  https://www.kommun.se/bygga-och-bo/?page=3#top ", "https://www.kommun.se"),
        ("www.kommun.se", "https://www.kommun.se"),
        ("HTTPS://WWW.Kommun.SE:443/", "https://www.kommun.se"),
        ("https://kommun.se:8443", "https://kommun.se:8443"),
        ("https://malmö.se", "https://xn--malm-8qa.se"),
        ("https://kommun.se.", "https://kommun.se"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("http://localhost:8080/test", "http://localhost:8080"),
        ("http://127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_the_site_of_an_address_is_what_browsers_compare(written: str, origin: str) -> None:
    assert embedding.origin_of(written) == origin


@pytest.mark.parametrize(
    "written",
    [
        "",
        "kommun",
        "https://kommun",
        "http://www.kommun.se",
        "ftp://www.kommun.se",
        "javascript:alert(1)",
        "data:text/html,hello",
        "https://*.kommun.se",
        "*",
        "https://user@www.kommun.se",
        "https://www.kommun.se:99999",
        "https://www.kommun.se:port",
        "https://www.kommun.se; script-src *",
        "https://www.kom mun.se",
        "https://kommun.se\nSet-Cookie: a=b",
        "https://-kommun.se",
        "https://[::1",
        f"https://{'a.' * 120}se",
    ],
)
def test_what_is_no_site_is_refused(written: str) -> None:
    with pytest.raises(UnusableSite):
        embedding.origin_of(written)


# --- naming and removing ------------------------------------------------------------------------------


def test_a_named_site_is_there_once_and_tells_no_address(conversation: Conversation) -> None:
    make_host_site(conversation)
    make_host_site(conversation)

    assert embedding.origins_of(conversation.pk) == [HOST]
    assert [event.data for event in Event.objects.filter(name="opinions.host_site_named")] == [{"sites": 1}]


def test_only_an_origin_can_ever_reach_the_header(conversation: Conversation) -> None:
    for written in ("https://www.kommun.se/", "https://www.kommun.se; script-src *", "'none'"):
        with pytest.raises(UnusableSite):
            make_host_site(conversation, origin=written)

    assert not HostSite.objects.exists()


def test_the_list_of_sites_has_an_end(conversation: Conversation) -> None:
    for number in range(embedding.SITES_AT_MOST):
        make_host_site(conversation, origin=f"https://site{number}.se")

    with pytest.raises(TooManySites):
        make_host_site(conversation, origin="https://one-more.se")


def test_a_removed_site_is_gone_also_the_second_time(conversation: Conversation) -> None:
    site = make_host_site(conversation)

    for _time in range(2):
        actions.remove_host_site(site=site, by=conversation.item.author, now=NOW)

    assert embedding.origins_of(conversation.pk) == []
    assert Event.objects.filter(name="opinions.host_site_removed").count() == 1


# --- the facilitator's page ---------------------------------------------------------------------------


def test_without_a_site_there_is_no_line_to_paste(facilitator: Client, conversation: Conversation) -> None:
    page = facilitator.get(page_of(conversation)).content.decode()

    assert "None yet, so nobody can show it." in page
    assert "&lt;iframe" not in page


def test_a_facilitator_names_a_site_and_finds_the_line(facilitator: Client, conversation: Conversation) -> None:
    answer = facilitator.post(page_of(conversation), {"address": "www.kommun.se/start"}, follow=True)
    page = answer.content.decode()

    assert embedding.origins_of(conversation.pk) == [HOST]
    assert f"{HOST} may show it now." in page
    assert f"&lt;iframe src=&quot;http://localhost:8000/opinions/embed/{conversation.pk}&quot;" in page
    assert "&lt;script async src=&quot;http://localhost:8000/opinions/embed/frame.js&quot;&gt;&lt;/script&gt;" in page
    assert "frame-src http://localhost:8000; script-src http://localhost:8000" in page


def test_a_wrong_address_is_said_beside_the_field_and_stays(facilitator: Client, conversation: Conversation) -> None:
    answer = facilitator.post(page_of(conversation), {"address": "http://www.kommun.se"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "It has to begin with https." in page
    assert 'value="http://www.kommun.se"' in page


def test_a_facilitator_removes_a_site(facilitator: Client, conversation: Conversation) -> None:
    site = make_host_site(conversation)

    page = facilitator.post(reverse("opinions:remove_host", args=[site.pk]), follow=True).content.decode()

    assert f"{HOST} can no longer show it." in page
    assert not HostSite.objects.exists()


def test_who_does_not_look_after_it_can_neither_name_nor_remove(client: Client, conversation: Conversation) -> None:
    site = make_host_site(conversation)
    sign_in(client, make_person(role=RoleName.MEMBER))

    named = client.post(page_of(conversation), {"address": "https://evil.example"})
    removed = client.post(reverse("opinions:remove_host", args=[site.pk]))

    assert (named.status_code, removed.status_code) == (403, 403)
    assert embedding.origins_of(conversation.pk) == [HOST]


def test_what_is_for_the_invited_is_shown_nowhere_else(facilitator: Client) -> None:
    conversation = make_conversation(now=timezone.now(), open_to="invited")

    page = facilitator.get(page_of(conversation)).content.decode()
    answer = facilitator.post(page_of(conversation), {"address": HOST})

    assert "Only what everybody may take part in can be shown on other sites." in page
    assert answer.status_code == 403
    assert not HostSite.objects.exists()


def test_a_question_with_markup_in_it_stays_a_title(facilitator: Client) -> None:
    conversation = make_conversation(now=timezone.now(), question='Is "<b>this</b>" safe?')
    line = embedding.lines_for(conversation.pk, title=conversation.item.title).frame

    assert 'title="Is &quot;&lt;b&gt;this&lt;/b&gt;&quot; safe?"' in line


def test_the_workbench_leads_to_it(facilitator: Client, conversation: Conversation) -> None:
    workbench = facilitator.get(reverse("opinions:workbench", args=[conversation.pk])).content.decode()

    assert page_of(conversation) in workbench


@pytest.mark.parametrize("sites", [2, 8])
def test_the_page_costs_the_same_however_many_sites_there_are(
    facilitator: Client, conversation: Conversation, sites: int, django_assert_num_queries: Any
) -> None:
    for number in range(sites):
        make_host_site(conversation, origin=f"https://site{number}.se")
    facilitator.get(page_of(conversation))

    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        facilitator.get(page_of(conversation))
