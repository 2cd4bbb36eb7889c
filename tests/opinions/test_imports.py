from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from allting.opinions import exchange, uploads
from allting.opinions.errors import UnusableExport
from allting.opinions.models import Conversation, ImportRun, Vote
from allting.record import actions as record
from tests.make import processes
from tests.make.exports import VOTES, write_export
from tests.make.processes import NOW
from tests.opinions.test_exchange import append

pytestmark = pytest.mark.django_db
UPLOAD = reverse("opinions:upload")


@pytest.fixture(autouse=True)
def own_data_folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    return tmp_path / "data"


@pytest.fixture
def facilitator(client: Client) -> Client:
    client.force_login(processes.make_facilitator())
    return client


def files_of(folder: Path) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(file.name, file.read_bytes()) for file in sorted(folder.iterdir())]


def zip_of(entries: dict[str, bytes]) -> SimpleUploadedFile:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return SimpleUploadedFile("export.zip", packed.getvalue())


def entries_of(folder: Path, *, under: str = "") -> dict[str, bytes]:
    return {under + file.name: file.read_bytes() for file in folder.iterdir()}


def put_aside(*files: SimpleUploadedFile) -> ImportRun:
    return uploads.put_aside(files=files, by=record.system_actor(), attribution="From Polis.", now=NOW)


def refusal_of(*files: SimpleUploadedFile) -> str:
    with pytest.raises(UnusableExport) as refusal:
        put_aside(*files)
    return str(refusal.value)


# --- the pages


def test_a_facilitator_reads_the_report_before_anything_is_imported(facilitator: Client, tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export", moderated=(1, -1, 1))
    append(folder / "votes.csv", "1770292800000,,0,0,7")

    answer = facilitator.post(UPLOAD, {"export_files": files_of(folder), "attribution": "From Polis."}, follow=True)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "votes.csv, line 7: The vote is “7”; a vote is 1, -1 or 0." in page
    assert "1 statement was rejected there" in page
    assert not Conversation.objects.exists()


def test_an_import_runs_in_the_worker_and_leads_to_the_results(
    facilitator: Client, tmp_path: Path, run_tasks: Callable[[], int], own_data_folder: Path
) -> None:
    facilitator.post(UPLOAD, {"export_files": files_of(write_export(tmp_path / "export"))})
    run = ImportRun.objects.get()
    facilitator.post(reverse("opinions:import_start", args=[run.pk]))
    assert "Writing down the votes" in facilitator.get(reverse("opinions:import_run", args=[run.pk])).content.decode()

    assert run_tasks() == 1

    conversation = Conversation.objects.get()
    page = facilitator.get(reverse("opinions:import_run", args=[run.pk])).content.decode()
    assert reverse("opinions:results", args=[conversation.pk]) in page
    assert Vote.objects.count() == len(VOTES)
    assert list((own_data_folder / "imports").iterdir()) == []


def test_start_pressed_twice_is_one_import(facilitator: Client, tmp_path: Path, run_tasks: Callable[[], int]) -> None:
    facilitator.post(UPLOAD, {"export_files": files_of(write_export(tmp_path / "export"))})
    start = reverse("opinions:import_start", args=[ImportRun.objects.get().pk])

    assert facilitator.post(start).status_code == 302
    assert facilitator.post(start).status_code == 302

    assert run_tasks() == 1


def test_files_that_cannot_be_used_are_refused_beside_the_field(facilitator: Client, tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export")
    (folder / "summary.csv").unlink()

    answer = facilitator.post(UPLOAD, {"export_files": files_of(folder)})

    assert answer.status_code == 422
    assert "it has no summary.csv" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_no_file_is_one_sentence(facilitator: Client) -> None:
    answer = facilitator.post(UPLOAD, {})

    assert answer.status_code == 422
    assert "Choose the files, or a zip file with them." in answer.content.decode()


def test_who_may_not_start_a_process_may_not_import(client: Client, tmp_path: Path) -> None:
    run = put_aside(*files_of(write_export(tmp_path / "export")))
    addresses = [UPLOAD, reverse("opinions:import_run", args=[run.pk])]
    start = reverse("opinions:import_start", args=[run.pk])

    assert [client.get(address).status_code for address in addresses] == [403, 403]
    assert client.post(start).status_code == 403
    client.force_login(processes.make_member())
    assert [client.get(address).status_code for address in addresses] == [403, 403]
    assert client.post(start).status_code == 403
    assert ImportRun.objects.get().is_dry


# --- what is uploaded


def test_a_zip_with_a_folder_in_it_is_an_export(tmp_path: Path) -> None:
    run = put_aside(zip_of(entries_of(write_export(tmp_path / "export"), under="polis/2026/")))

    assert run.report["votes"] == len(VOTES)


def test_a_name_that_leads_elsewhere_stays_in_the_folder(tmp_path: Path, own_data_folder: Path) -> None:
    entries = entries_of(write_export(tmp_path / "export"), under="../../../")

    run = put_aside(zip_of({**entries, "../../evil.csv": b"x", "/etc/evil": b"x"}))

    written = {file.name for file in (own_data_folder / "imports" / run.folder).iterdir()}
    assert written == {*exchange.FILES, "attribution.txt"}
    assert not list(tmp_path.rglob("evil*"))


def test_a_zip_bomb_is_refused(tmp_path: Path, own_data_folder: Path) -> None:
    entries = entries_of(write_export(tmp_path / "export"))
    bomb = zip_of({**entries, "votes.csv": b"0" * 20_000_000})

    assert refusal_of(bomb) == ("votes.csv is too large for this page. Use the command `allting import polis FOLDER`.")
    assert list((own_data_folder / "imports").iterdir()) == []


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(uploads, "LARGEST_FILE", 100)

    assert "too large" in refusal_of(*files_of(write_export(tmp_path / "export")))


def test_what_only_calls_itself_a_zip_is_refused() -> None:
    assert refusal_of(SimpleUploadedFile("export.zip", b"PK nonsense")) == "export.zip cannot be opened as a zip file."


def test_a_zip_that_was_damaged_on_its_way_is_refused(tmp_path: Path) -> None:
    whole = zip_of(entries_of(write_export(tmp_path / "export"))).read()
    damaged = whole[:60] + b"\xff" * 40 + whole[100:]

    assert "cannot be opened as a zip file" in refusal_of(SimpleUploadedFile("export.zip", damaged))


def test_a_file_of_another_name_is_refused() -> None:
    assert refusal_of(SimpleUploadedFile("holiday.jpg", b"x")).startswith("holiday.jpg is none of the files")


def test_an_import_that_is_known_already_says_so(tmp_path: Path) -> None:
    first = put_aside(*files_of(write_export(tmp_path / "export")))
    uploads.begin(run=first)
    uploads.run_import(run_id=first.pk, now=NOW)

    again = put_aside(*files_of(write_export(tmp_path / "export")))

    assert again.conversation == Conversation.objects.get()


def test_an_import_run_twice_is_one(tmp_path: Path) -> None:
    run = put_aside(*files_of(write_export(tmp_path / "export")))
    uploads.begin(run=run)

    uploads.run_import(run_id=run.pk, now=NOW)
    uploads.run_import(run_id=run.pk, now=NOW)

    assert Vote.objects.count() == len(VOTES)
    assert Conversation.objects.get().attribution == "From Polis."


def test_an_upload_that_was_not_begun_is_not_imported(tmp_path: Path) -> None:
    run = put_aside(*files_of(write_export(tmp_path / "export")))

    uploads.run_import(run_id=run.pk, now=NOW)

    assert not Conversation.objects.exists()


def test_an_import_whose_files_are_gone_has_failed(tmp_path: Path, own_data_folder: Path) -> None:
    run = put_aside(*files_of(write_export(tmp_path / "export")))
    uploads.begin(run=run)
    (own_data_folder / "imports" / run.folder / "comments.csv").unlink()

    uploads.run_import(run_id=run.pk, now=NOW)

    assert ImportRun.objects.get().state == ImportRun.State.FAILED


def test_uploads_that_nobody_took_in_go_after_a_day(tmp_path: Path, own_data_folder: Path) -> None:
    put_aside(*files_of(write_export(tmp_path / "export")))

    assert uploads.clear_old(now=NOW + timedelta(hours=23)) == 0
    assert uploads.clear_old(now=NOW + timedelta(hours=25)) == 1
    assert list((own_data_folder / "imports").iterdir()) == []


def test_an_upload_that_could_not_be_taken_in_goes_after_a_day(tmp_path: Path, own_data_folder: Path) -> None:
    run = put_aside(zip_of(entries_of(write_export(tmp_path / "export"))))
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.FAILED, is_dry=False)

    uploads.clear_old(now=NOW + uploads.KEEP_FOR + timedelta(minutes=1))

    assert not ImportRun.objects.exists()
    assert not list((own_data_folder / "imports").iterdir())


def test_an_upload_is_read_and_begun_by_whoever_put_it_aside(
    facilitator: Client, tmp_path: Path, run_tasks: Callable[[], int]
) -> None:
    theirs = put_aside(*files_of(write_export(tmp_path / "export")))

    assert facilitator.get(reverse("opinions:import_run", args=[theirs.pk])).status_code == 404
    assert facilitator.post(reverse("opinions:import_start", args=[theirs.pk])).status_code == 404

    assert run_tasks() == 0
