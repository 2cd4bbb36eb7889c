"""Logs for operators: one JSON object a line, a constant message and keys, and nothing about a person.

What is left out on purpose: paths (they can hold invitation tokens), query strings, addresses, and the message
of an exception (a database likes to quote the row it refused). `ALLTING_LOG_DETAIL=1` adds that message, for a
machine on which somebody is looking for a fault.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

log = logging.getLogger("allting.server.access")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Loggers whose formatted messages hold no path, address or content. Of others only the template is kept.
_TRUSTED = ("allting", "django_tasks", "uvicorn", "asyncio", "py.warnings", "django.tasks")


def configure(*, stream: Any = None) -> None:
    """Send everything to standard error: JSON lines, or readable ones when a person is watching."""
    stream = stream or sys.stderr
    is_watched = stream.isatty()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ReadableLine() if is_watched else JsonLine())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(os.environ.get("ALLTING_LOG_LEVEL", "INFO").upper())
    for name in ("django", "uvicorn", "uvicorn.error", "django.server", "django_tasks", "django_tasks_db"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(logging.WARNING)
    # On a terminal one line a request would bury the address that was printed.
    log.setLevel(logging.WARNING if is_watched and "ALLTING_LOG_LEVEL" not in os.environ else logging.NOTSET)
    # Django warns for every 4xx with the path in it; the access log has those, without.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    logging.captureWarnings(True)


def keys_of(record: logging.LogRecord) -> dict[str, object]:
    """Return what one record may say: message, keys, and the place of an exception."""
    is_trusted = record.name.startswith(_TRUSTED)
    said: dict[str, object] = {
        "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage() if is_trusted else str(record.msg),
    }
    if record.name == "django.request":
        said["message"] = "Unhandled exception" if record.exc_info else "Request failed"
        said |= _describe_request(getattr(record, "request", None))
    elif record.name.startswith("django.security"):
        said["message"] = "Suspicious request"  # Django's sentence quotes what was sent
    if is_trusted:
        said |= {
            key: value
            for key, value in vars(record).items()
            if key not in _STANDARD and isinstance(value, str | int | float | bool | None)
        }
    if record.exc_info and record.exc_info[1]:
        said |= _describe_exception(record.exc_info[1])
    return said


class JsonLine(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(keys_of(record), ensure_ascii=False)


class ReadableLine(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        said = keys_of(record)
        at, level, _, message = (str(said.pop(key)) for key in ("at", "level", "logger", "message"))
        stack = said.pop("stack", None)
        keys = " ".join(f"{key}={value}" for key, value in said.items())
        lines = [f"{at[11:19]} {level:7} {message}  {keys}".rstrip()]
        return "\n".join(lines + ([f"    {line}" for line in stack] if isinstance(stack, list) else []))


class LoggedHandler(WSGIHandler):
    """Django's handler that writes one access line a request: method, route, status, milliseconds."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = super().get_response(request)
        log.info(
            "Request answered",
            extra={
                **_describe_request(request),
                "status": response.status_code,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            },
        )
        return response


def _describe_request(request: HttpRequest | None) -> dict[str, object]:
    if request is None:
        return {}
    match = getattr(request, "resolver_match", None)
    # The route is the pattern and not the path: "invitations/<token>" and never the token.
    said: dict[str, object] = {"method": request.method, "route": match.route if match else None}
    # The word that the error page asks people to quote (config.error_pages).
    if reference := request.META.get("allting.reference"):
        said["reference"] = reference
    return said


def _describe_exception(error: BaseException) -> dict[str, object]:
    said: dict[str, object] = {"error": type(error).__name__, "stack": list(_frames(error))}
    if os.environ.get("ALLTING_LOG_DETAIL") == "1":
        said["detail"] = str(error)
    return said


def _frames(error: BaseException) -> Iterable[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _frames(cause)
        yield f"then {type(error).__name__}"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}"
