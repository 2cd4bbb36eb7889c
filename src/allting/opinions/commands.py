"""`allting import polis FOLDER`, `allting export polis CONVERSATION FILE` and `allting check map FILE`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from allting.opinions import actions, checking, exchange, importing, maps, stored
from allting.opinions.errors import UnusableExport
from allting.opinions.exchange import Report
from allting.opinions.importing import Imported
from allting.opinions.models import Conversation
from allting.record import actions as record
from allting.web import children
from allting.web.rooms import Command

_BAD_ROWS_PRINTED = 20


def _fill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", choices=["polis"], help="where the files come from")
    parser.add_argument("folder", type=Path, help="the folder with comments.csv and participants-votes.csv")
    parser.add_argument("--title", default="", help="the question, where the export's topic is not one")
    parser.add_argument("--attribution", default="", help="the sentence that the data's licence asks for")
    parser.add_argument("--dry-run", action="store_true", help="read and report; write nothing")
    parser.add_argument("--no-map", action="store_true", help="leave the map to the server")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def _run(chosen: argparse.Namespace) -> int:
    """Read, report, write, draw. Progress goes to standard error, the report to standard output."""
    if not chosen.folder.is_dir():
        raise UnusableExport(f"There is no folder {chosen.folder}. Name the one that holds comments.csv.")
    reading = exchange.read_polis(chosen.folder, attribution=chosen.attribution)
    imported = None
    if not chosen.dry_run:
        call_command("migrate", verbosity=0, interactive=False)
        imported = importing.import_conversation(
            export=reading.export,
            by=record.system_actor(),
            now=timezone.now(),
            title=chosen.title,
            progress=_tell("votes written"),
        )
        if not chosen.no_map:
            _draw(imported)
    print(
        json.dumps(_as_json(reading.report, imported), indent=2) if chosen.json else _in_words(reading.report, imported)
    )
    return 0


def _draw(imported: Imported) -> None:
    """Draw the map now, unless a running server is at it or nothing is new."""
    run = maps.claim(conversation_id=imported.conversation.pk, now=timezone.now())
    if run is None:
        _say("The map is being drawn by the server.")
        return
    if not imported.changes_count and stored.latest_map(imported.conversation.pk):
        maps.release(run)
        return
    _say("Drawing the map …")
    try:
        maps.draw_map(run=run, now=timezone.now())
    except children.ChildFailed as failure:
        _say(f"The votes are imported, but the map could not be drawn. {failure}")


def _tell(what: str) -> importing.Progress:
    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done:,} of {total:,} {what}", end="\n" if done == total else "", file=sys.stderr, flush=True)
        elif done == total:
            _say(f"{total:,} {what}")

    return tell


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _as_json(report: Report, imported: Imported | None) -> dict[str, object]:
    """Return the report with the keys that scripts rely on; `rejected` counts statements rejected there."""
    return {
        "participants": report.participants,
        "statements": report.statements,
        "commenters": report.commenters,
        "votes": report.votes,
        "rejected": report.rejected,
        "bad_rows": [
            {"file": flaw.file, "line": flaw.line, "code": flaw.code, "sentence": flaw.sentence}
            for flaw in report.bad_rows
        ],
        "bad_rows_count": report.bad_rows_count,
        "votes_left_out": report.votes_left_out,
        "differences": [str(difference) for difference in report.differences],
        "has_times": report.has_times,
        "conversation": imported.conversation.pk if imported else None,
        "changed": imported.changes_count if imported else 0,
    }


def _in_words(report: Report, imported: Imported | None) -> str:
    lines = [
        report.topic,
        f"  {report.participants:>9,} participants",
        f"  {report.statements:>9,} statements, {report.rejected:,} of them rejected there: they come in hidden",
        f"  {report.commenters:>9,} people who wrote them",
        f"  {report.votes:>9,} votes" + ("" if report.has_times else ", whose times are not in the export"),
    ]
    lines += [f"  {difference}" for difference in report.differences]
    if report.bad_rows_count:
        lines.append(f"  {report.bad_rows_count:,} rows left out:")
        lines += [f"    {flaw}" for flaw in report.bad_rows[:_BAD_ROWS_PRINTED]]
        if report.bad_rows_count > _BAD_ROWS_PRINTED:
            lines.append("    and more; --json names them")
    if imported is None:
        lines.append("Nothing was written (--dry-run).")
    elif imported.changes_count:
        lines.append(f"Imported as conversation {imported.conversation.pk}.")
    else:
        lines.append(f"Everything was there already, as conversation {imported.conversation.pk}.")
    return "\n".join(lines)


def _fill_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("format", choices=["polis"], help="which tool shall be able to read it")
    parser.add_argument("conversation", type=int, help="its number, as in the address of its page")
    parser.add_argument("file", type=Path, help="the zip to write; it must not be there yet")


def _run_export(chosen: argparse.Namespace) -> int:
    """Write the votes of single people to a file, as the page does for facilitators."""
    conversation = Conversation.objects.select_related("item").filter(pk=chosen.conversation).first()
    if conversation is None:
        _say(f"There is no conversation {chosen.conversation}. Its number is in the address of its page.")
        return 2
    try:
        with chosen.file.open("xb") as file:
            exchange.write_polis(conversation, into=file)
    except FileExistsError:
        _say(f"{chosen.file} is there already. Choose another name, or move it away.")
        return 2
    except OSError as error:
        _say(f"{chosen.file} cannot be written: {error.strerror}.")
        return 2
    actions.log_votes_export(conversation=conversation, by=record.system_actor(), now=timezone.now())
    return 0


def _fill_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the votes as facilitators download them, a zip")


def _run_check(chosen: argparse.Namespace) -> int:
    """Draw the map of the file again and say whether it is the one that was published."""
    verdict = checking.check_map(chosen.file)
    if verdict.is_quick:
        print(
            "Not compared: this is a quick map, which started from the one before and moved only who answered since. "
            "Download the votes again after the next complete map."
        )
        return 2
    for difference in verdict.differences[:_BAD_ROWS_PRINTED]:
        print(difference)
    if verdict.differences:
        more = len(verdict.differences) - _BAD_ROWS_PRINTED
        print("Not equal." if more <= 0 else f"and {more:,} more. Not equal.")
        return 1
    print(f"Equal: the {verdict.compared_count:,} published sets of answers come out of these votes.")
    if verdict.held_count:
        print(f"{verdict.held_count:,} of them are held at an earlier map, because fewer than five people moved them.")
    return 0


CHECKS = (Command(name="map", help="draw a published map again from its votes", fill=_fill_check, run=_run_check),)
COMMANDS = (
    Command(name="import", help="take in a conversation held with another tool", fill=_fill, run=_run),
    Command(name="export", help="write the votes of a conversation to a file", fill=_fill_export, run=_run_export),
)
