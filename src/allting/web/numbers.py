"""Numbers and days in words of the reader's language."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

_NO_BREAK = "\u00a0"
_SMALL_COUNTS = (
    _("none"),
    _("one"),
    _("two"),
    _("three"),
    _("four"),
    _("five"),
    _("six"),
    _("seven"),
    _("eight"),
    _("nine"),
    _("ten"),
    _("eleven"),
    _("twelve"),
)


def number(value: float | None) -> str:
    """Write thousands the way the language does: 2,031 in English, 2 031 in Swedish; nothing for None."""
    return "" if value is None else formats.number_format(value, use_l10n=True, force_grouping=True)


def percent(share: float | None, decimals: int = 0) -> str:
    """Write a share (0 to 1) as 88 %, the figure and the sign never on two lines."""
    if share is None:
        return ""
    figure = (
        formats.number_format(round(share * 100, decimals), decimals, use_l10n=True) if decimals else round(share * 100)
    )
    return f"{figure}{_NO_BREAK}%"


def day(value: date | datetime | None) -> str:
    """Write 12 March."""
    return _write(value, "j F")


def day_and_year(value: date | datetime | None) -> str:
    """Write 12 March 2027."""
    return _write(value, "j F Y")


def day_and_time(value: datetime | None) -> str:
    """Write 12 March, 18:04."""
    if value is None:
        return ""
    moment = _local(value)
    return gettext("%(day)s, %(time)s") % {"day": day(moment), "time": formats.date_format(moment, "H:i")}


def days(first: date | datetime | None, last: date | datetime | None) -> str:
    """Write a span as short as it can be said: 1–24 April, 28 March – 3 April, or with both years."""
    if first is None or last is None:
        return day(first) or day(last)
    start, end = _local(first), _local(last)
    if start.year != end.year:
        return f"{day_and_year(start)} – {day_and_year(end)}"
    if start.month != end.month:
        return f"{day(start)} – {day(end)}"
    if start.day == end.day:
        return day(end)
    return f"{start.day}–{day(end)}"


def in_words(value: int) -> str:
    """Write a small count as a word (two, twelve), a larger one in figures."""
    return str(_SMALL_COUNTS[value]) if 0 <= value < len(_SMALL_COUNTS) else number(value)


def language() -> str:
    """Return the code of the language in use, `en` when translation is off."""
    return get_language() or "en"


def _write(value: date | datetime | None, form: str) -> str:
    return "" if value is None else formats.date_format(_local(value), form)


def _local[Day: (date, datetime)](value: Day) -> Day:
    """Move an aware moment into the reader's time zone; days stay days."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value
