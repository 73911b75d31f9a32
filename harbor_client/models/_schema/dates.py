"""Reads dates and times in any form, with ``dateutil``, where a whole date is in the text."""

import re
from datetime import datetime, timedelta, timezone, tzinfo

#: What a date must hold, or it could be read in more than one way.
_YEAR_OR_MONTH = re.compile(
    r"(?<!\d)(\d{4}|\d{8}|\d{12}|\d{14})(?!\d)|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.I
)
#: What dateutil accepts although it is no date: a year with a sign, and an offset from UTC with 60 or more minutes.
_IMPOSSIBLE = re.compile(r"\s*[-+]|.*:\d\d\S* ?[-+]\d\d:?[6-9]\d")

#: No date is longer than this; dateutil is slow with long texts.
_LONGEST = 64

#: A text is read with both defaults. They differ in year, month and day (by more than a week, because a weekday
#: moves the date). If the results differ, the text does not name the whole date.
_DEFAULTS = datetime(2000, 1, 1), datetime(2003, 2, 15)


def read_datetime(text: str) -> datetime | None:
    """The date and time that a text names; ``None`` when it names none, or not all of year, month and day.

    Aware when the text says how far from UTC it is, else naive.
    """
    if len(text) > _LONGEST or not text.isascii() or not text.isprintable():
        return None
    if _IMPOSSIBLE.match(text) or not _YEAR_OR_MONTH.search(text):
        return None
    from dateutil.parser import parse

    try:
        first, second = (parse(text, default=default, tzinfos=_zone) for default in _DEFAULTS)
    except Exception:  # noqa: BLE001  dateutil raises nearly everything on texts that are no dates
        return None
    return first if first == second else None


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    """Only zones whose distance from UTC is known: "EST" is not the same everywhere."""
    if offset is None:
        if name is None:
            return None
        raise ValueError("a time zone of unknown offset")
    return timezone(timedelta(seconds=offset)) if offset else timezone.utc
