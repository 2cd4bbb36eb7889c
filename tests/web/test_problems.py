from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST
from django_htmx.middleware import HtmxDetails

from allting.web import htmx, problems
from allting.web.middleware import new_reference

TREE = [
    (problems.Problem, 500),
    (problems.Unclear, 400),
    (problems.NotAllowed, 403),
    (problems.Missing, 404),
    (problems.WrongWay, 405),
    (problems.Conflict, 409),
    (problems.Gone, 410),
    (problems.TooOften, 429),
    (problems.OldPage, 403),
]


def refuse(request: HttpRequest) -> HttpResponse:
    step = problems.NextStep("See what came of it", "/results")
    raise problems.NotAllowed("This closed on 12 March.", next_step=step)


def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


@require_POST
def press(request: HttpRequest) -> HttpResponse:
    return htmx.part_or_redirect(request, "web/problem.html#notice", {"problem": problems.Gone()}, to="/refuse")


@csrf_protect
def form(request: HttpRequest) -> HttpResponse:
    problem = problems.Unclear()
    return htmx.part_or_page(request, "web/problem.html#notice", {"problem": problem}, status=422)


urlpatterns = [
    path("web/", include("allting.web.urls")),
    path("refuse", refuse),
    path("broken", break_down),
    path("press", press),
    path("form", form),
]
handler400 = "allting.config.error_pages.bad_request"
handler403 = "allting.config.error_pages.permission_denied"
handler404 = "allting.config.error_pages.page_not_found"
handler500 = "allting.config.error_pages.server_error"

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _own_addresses() -> object:
    """Run the whole chain of middlewares, but with this file's addresses and nobody's organisation."""
    house = settings.TEMPLATES[0]["OPTIONS"]["context_processors"]
    own = [name for name in house if not name.startswith(("allting.people", "allting.config"))]
    options = {**settings.TEMPLATES[0]["OPTIONS"], "context_processors": own}
    chain = [name for name in settings.MIDDLEWARE if "people" not in name and "auth" not in name]
    with override_settings(
        ROOT_URLCONF=__name__, TEMPLATES=[{**settings.TEMPLATES[0], "OPTIONS": options}], MIDDLEWARE=chain
    ):
        yield


@pytest.mark.parametrize(("kind", "status"), TREE)
def test_each_problem_has_its_status_and_whole_sentences(kind: type[problems.Problem], status: int) -> None:
    problem = kind()

    assert problem.status == status
    assert str(problem.title).endswith(".")
    assert str(problem.sentence).endswith(".")


def test_a_refusal_shows_its_reason_and_the_next_step() -> None:
    answer = Client().get("/refuse")

    assert answer.status_code == 403
    assert "This closed on 12 March." in answer.text
    assert 'href="/results"' in answer.text
    assert "<h1>" in answer.text


def test_htmx_gets_the_reason_as_a_notice_and_the_page_stays() -> None:
    answer = Client().get("/refuse", headers=HTMX)

    assert answer.status_code == 403
    assert answer.headers["HX-Retarget"] == "#notices"
    assert 'role="alert"' in answer.text
    assert "<html" not in answer.text


def test_an_unknown_address_says_that_nothing_is_lost() -> None:
    answer = Client().get("/nowhere")

    assert answer.status_code == 404
    assert "Nothing you wrote is lost." in answer.text


def test_a_link_to_a_button_explains_itself() -> None:
    answer = Client().get("/press")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "This address only takes a button." in answer.text


def test_a_broken_page_tells_nothing_of_its_inside_and_gives_a_reference() -> None:
    answer = Client(raise_request_exception=False).get("/broken")

    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Reference" in answer.text


def test_a_form_that_is_not_ours_is_refused_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/form")

    assert answer.status_code == 403
    assert "This page has grown old." in answer.text


def test_a_change_answers_with_a_part_to_htmx_and_sends_everybody_else_on() -> None:
    assert "<html" not in Client().post("/press", headers=HTMX).text
    assert Client().post("/press").headers["Location"] == "/refuse"


def test_a_bad_form_answers_422_with_the_part_or_with_the_page() -> None:
    part, page = Client().get("/form", headers=HTMX), Client().get("/form")

    assert (part.status_code, page.status_code) == (422, 422)
    assert "<html" not in part.text
    assert "<html" in page.text


def test_a_boosted_link_gets_a_whole_page() -> None:
    request = RequestFactory().get("/", headers=HTMX | {"HX-Boosted": "true"})
    request.htmx = HtmxDetails(request)

    assert not htmx.wants_part(request)


def test_the_language_is_changed_by_a_button_and_comes_back_to_the_same_place() -> None:
    client = Client()

    answer = client.post("/web/language", {"language": "sv", "next": "/nowhere?page=2"})

    assert answer.headers["Location"] == "/nowhere?page=2"
    assert "Här finns ingenting." in client.get("/nowhere").text


def test_a_reference_has_no_letters_that_are_heard_as_figures() -> None:
    for _attempt in range(50):
        reference = new_reference()

        assert len(reference) == 7
        assert not set(reference) & set("01IO")
