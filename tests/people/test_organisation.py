"""How the organisation presents itself, and the pages that everybody may read."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from allting.people import context
from allting.people.models import Organisation
from allting.record.models import Event
from tests.make import people as make

pytestmark = pytest.mark.django_db
SAID = {"name": "Bowling Green", "colour": "", "contact": "", "contact_address": ""}


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(form: str = "PNG", size: tuple[int, int] = (800, 400), mode: str = "RGB") -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new(mode, size, 128).save(drawn, form)
    return SimpleUploadedFile(f"logo.{form.lower()}", drawn.getvalue())


def test_the_organisation_says_its_name_on_every_page(facilitators_client, client):
    answer = facilitators_client.post("/people/organisation", SAID)

    assert answer.status_code == 302
    assert "Bowling Green" in client.get("/people/imprint").content.decode()
    assert Event.objects.filter(name="people.organisation_changed").count() == 1


def test_a_change_shows_at_once_although_the_site_is_kept_in_memory(django_capture_on_commit_callbacks):
    make.make_organisation(name="Before")
    before = context.current_site().name

    with django_capture_on_commit_callbacks(execute=True):
        make.make_organisation(name="After")

    assert (before, context.current_site().name) == ("Before", "After")


def test_without_an_organisation_pages_still_have_a_name():
    assert context.current_site().name == "Allting"
    assert not context.current_site().is_set_up


@pytest.mark.parametrize("role", ["", "sponsor", "deputy", "member"])
def test_only_a_facilitator_of_the_whole_changes_it(client, role):
    make.sign_in(client, make.make_person(role=role))

    assert client.get("/people/organisation").status_code == 403
    assert client.post("/people/organisation", SAID).status_code == 403
    assert not Organisation.objects.exists()


def test_a_colour_that_cannot_be_read_is_refused_with_the_nearest_tone(facilitators_client):
    answer = facilitators_client.post("/people/organisation", SAID | {"colour": "#FFD100"})
    page = answer.content.decode()

    tone = page.partition("The nearest tone that can is ")[2][:7]
    accepted = facilitators_client.post("/people/organisation", SAID | {"colour": tone})

    assert answer.status_code == 422
    assert "#FFD100" in page
    assert accepted.status_code == 302
    assert Organisation.objects.get().colour == tone


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Write the name of the organisation."),
        ({"colour": "green"}, "A colour has six digits"),
        ({"contact_address": "priya"}, "A mail address has a name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(facilitators_client, wrong, sentence):
    answer = facilitators_client.post("/people/organisation", SAID | wrong)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(("form", "mode"), [("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGB"), ("GIF", "P")])
def test_a_logo_is_drawn_anew_small_and_under_a_random_name(facilitators_client, client, form, mode):
    facilitators_client.post("/people/organisation", SAID | {"logo": picture(form, mode=mode)})

    organisation = Organisation.objects.get()
    answer = client.get(context.current_site().logo_url)
    served = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert "logo." not in organisation.logo.name
    assert served.format == "PNG"
    assert served.size == (512, 256)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    "upload",
    [
        SimpleUploadedFile("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
        SimpleUploadedFile("logo.png", b"<html>"),
        SimpleUploadedFile("logo.png", b"x" * (4 * 1024 * 1024 + 1)),
    ],
)
def test_what_is_no_picture_is_refused(facilitators_client, upload):
    upload.seek(0)
    answer = facilitators_client.post("/people/organisation", SAID | {"logo": upload})

    assert answer.status_code == 422
    assert not Organisation.objects.exists()


def test_a_picture_that_would_unfold_is_refused(facilitators_client):
    bomb = picture("PNG", size=(6000, 6000), mode="1")

    answer = facilitators_client.post("/people/organisation", SAID | {"logo": bomb})

    assert answer.status_code == 422
    assert "too many pixels" in answer.content.decode()


def test_a_new_logo_takes_the_old_ones_place_and_both_can_go(
    facilitators_client, client, tmp_path, django_capture_on_commit_callbacks
):
    facilitators_client.post("/people/organisation", SAID | {"logo": picture()})
    old = context.current_site().logo_url
    with django_capture_on_commit_callbacks(execute=True):
        facilitators_client.post("/people/organisation", SAID | {"logo": picture()})
    new = context.current_site().logo_url
    files = len(list(tmp_path.rglob("*.png")))
    with django_capture_on_commit_callbacks(execute=True):
        facilitators_client.post("/people/organisation", SAID | {"remove_logo": "on"})

    assert old != new
    assert files == 1
    assert list(tmp_path.rglob("*.png")) == []
    assert context.current_site().logo_url == ""
    assert client.get("/people/organisation/logo").status_code == 404


def test_a_lost_file_is_not_found(facilitators_client, client, tmp_path):
    facilitators_client.post("/people/organisation", SAID | {"logo": picture()})
    next(tmp_path.rglob("*.png")).unlink()

    assert client.get("/people/organisation/logo").status_code == 404


@pytest.mark.parametrize("address", ["/people/privacy", "/people/imprint", "/people/accessibility"])
@pytest.mark.parametrize("language", ["en", "sv"])
def test_everybody_reads_the_notices_also_before_anything_is_set_up(client, address, language):
    answer = client.get(address, headers={"accept-language": language})

    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.content.decode()


def test_own_notices_stand_in_for_ours_and_are_escaped(client):
    make.make_organisation(privacy_notice="We keep <b>nothing</b>.\n\nTruly.", imprint="Main Street 1")

    privacy = client.get("/people/privacy").content.decode()

    assert "We keep &lt;b&gt;nothing&lt;/b&gt;." in privacy
    assert "There are no trackers" not in privacy
    assert "Main Street 1" in client.get("/people/imprint").content.decode()


def test_the_default_notice_is_whole_in_swedish(client):
    with translation.override("sv"):
        page = client.get("/people/privacy", headers={"accept-language": "sv"}).content.decode()

    assert "Så hanterar vi" in page
    assert "When you" not in page
