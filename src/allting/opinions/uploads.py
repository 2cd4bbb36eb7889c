"""Imports by page: files put aside, looked at, then taken in by the worker, with a progress that the page reads.

The progress is a small file beside the upload: while an import writes, it holds the database's one writer.
"""

from __future__ import annotations

import io
import logging
import shutil
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from allting.opinions import exchange, importing
from allting.opinions.errors import UnusableExport
from allting.opinions.models import ImportRun
from allting.record.models import Actor

# The largest real export that we know is 4 MB; this leaves room for a hundred times as many people.
LARGEST_FILE = 100 * 1024 * 1024
LARGEST_ARCHIVE = 50 * 1024 * 1024
# Deflate makes CSV of votes about ten times smaller; a thousand times is a bomb.
MOST_SHRUNK = 200
KEEP_FOR = timedelta(days=1)

log = logging.getLogger(__name__)


class UploadedFile(Protocol):
    """What Django hands over for one uploaded file."""

    name: str | None
    size: int | None

    def read(self, size: int = -1) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is, in votes."""

    done: int
    total: int


def put_aside(*, files: Iterable[UploadedFile], by: Actor, attribution: str, now: datetime) -> ImportRun:
    """Store the uploaded files (the four CSV files, or one zip with them), read them, and keep the report.

    Names inside an archive are compared, never used as paths. Raises UnusableExport, and then keeps nothing.
    """
    folder = _folder(get_random_string(24))
    folder.mkdir(parents=True)
    try:
        for file in files:
            _store(file, folder)
        reading = exchange.read_polis(folder, attribution=attribution)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    (folder / "attribution.txt").write_text(attribution, encoding="utf-8")
    return ImportRun.objects.create(
        actor=by,
        conversation=importing.find_conversation_of(reading.export),
        folder=folder.name,
        total_count=reading.report.votes,
        report=reading.report.as_data(),
        made_at=now,
    )


def _store(file: UploadedFile, folder: Path) -> None:
    name = Path((file.name or "").replace("\\", "/")).name
    if name in exchange.FILES:
        if (file.size or 0) > LARGEST_FILE:
            raise _too_large(name)
        _write(folder / name, file)
    elif name.lower().endswith(".zip"):
        if (file.size or 0) > LARGEST_ARCHIVE:
            raise _too_large(name)
        _unpack(io.BytesIO(file.read()), name, folder)
    else:
        raise UnusableExport(
            _("%(file)s is none of the files of an export: %(names)s, or a zip file with them.")
            % {"file": name, "names": ", ".join(exchange.FILES)}
        )


def _unpack(archive: IO[bytes], name: str, folder: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            for entry in opened.infolist():
                inner = Path(entry.filename.replace("\\", "/")).name
                if entry.is_dir() or inner not in exchange.FILES:
                    continue
                if entry.file_size > LARGEST_FILE or entry.file_size > MOST_SHRUNK * max(entry.compress_size, 1_000):
                    raise _too_large(inner)
                if (folder / inner).exists():
                    raise UnusableExport(_("%(archive)s holds %(file)s twice.") % {"archive": name, "file": inner})
                with opened.open(entry) as packed:
                    _write(folder / inner, packed)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnusableExport(_("%(archive)s cannot be opened as a zip file.") % {"archive": name}) from error


class _Readable(Protocol):
    def read(self, size: int = -1) -> bytes: ...


def _write(target: Path, source: _Readable) -> None:
    """Copy, counting: a size that a header names is a claim."""
    written = 0
    with target.open("wb") as handle:
        while block := source.read(1024 * 1024):
            written += len(block)
            if written > LARGEST_FILE:
                raise _too_large(target.name)
            handle.write(block)


def _too_large(name: str) -> UnusableExport:
    return UnusableExport(
        _("%(file)s is too large for this page. Use the command `allting import polis FOLDER`.") % {"file": name}
    )


def begin(*, run: ImportRun) -> bool:
    """Mark a looked-at upload as to be taken in. False when it was begun before."""
    waiting = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.WAITING, is_dry=True)
    return bool(waiting.update(is_dry=False))


def run_import(*, run_id: int, now: datetime) -> None:
    """Take in an upload that was begun. Harmless when repeated."""
    run = ImportRun.objects.select_related("actor", "conversation").get(pk=run_id)
    if run.is_dry or run.state == ImportRun.State.DONE:
        return
    ImportRun.objects.filter(pk=run_id).update(state=ImportRun.State.RUNNING)
    folder = _folder(run.folder)
    try:
        attribution = (folder / "attribution.txt").read_text(encoding="utf-8")
        reading = exchange.read_polis(folder, attribution=attribution)
        imported = importing.import_conversation(
            export=reading.export,
            by=run.actor,
            now=now,
            conversation=run.conversation,
            progress=lambda done, total: _note(folder, done, total),
        )
    except (UnusableExport, OSError):
        log.exception("Import failed", extra={"run": run_id})
        ImportRun.objects.filter(pk=run_id).update(state=ImportRun.State.FAILED, finished_at=now)
        return
    ImportRun.objects.filter(pk=run_id).update(
        state=ImportRun.State.DONE,
        conversation=imported.conversation,
        done_count=reading.report.votes,
        finished_at=now,
    )
    shutil.rmtree(folder, ignore_errors=True)


def progress_of(run: ImportRun) -> Progress:
    """Return how far an import is."""
    if run.state == ImportRun.State.DONE:
        return Progress(run.total_count, run.total_count)
    try:
        done = int((_folder(run.folder) / "progress").read_text())
    except (OSError, ValueError):
        done = 0
    return Progress(min(done, run.total_count), run.total_count)


def _note(folder: Path, done: int, total: int) -> None:
    # Written beside and renamed: a page never reads half a number.
    (folder / "progress.new").write_text(str(done))
    (folder / "progress.new").replace(folder / "progress")


def clear_old(*, now: datetime) -> int:
    """Remove uploads that were looked at and then left, or that could not be taken in; return how many."""
    is_left = Q(state=ImportRun.State.WAITING, is_dry=True) | Q(state=ImportRun.State.FAILED)
    old = ImportRun.objects.filter(is_left, made_at__lt=now - KEEP_FOR)
    for name in old.values_list("folder", flat=True):
        shutil.rmtree(_folder(name), ignore_errors=True)
    return old.delete()[0]


def _folder(name: str) -> Path:
    return Path(settings.DATA_DIR) / "imports" / name
