"""Reads dates and times: strictly in known formats, and with ``dateutil`` in others."""

import re
from datetime import datetime, timedelta, timezone, tzinfo

#: Year first, as ISO 8601, RFC 3339 and most people write it.
_YEAR_FIRST = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"
    r"(?:[Tt ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(?:([Zz]|UTC|GMT)|([-+])(\d{2}):?(\d{2})?)?)?",
    re.ASCII,
)

#: What a date in another form must hold, or it could be read in more than one way.
_YEAR_OR_MONTH = re.compile(
    r"(?<!\d)(\d{4}|\d{8}|\d{12}|\d{14})(?!\d)|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.I
)

#: No date is longer than this; dateutil is slow with long texts.
_LONGEST = 64

#: Two days that differ in year, month and, by more than a week, day: what dateutil takes from them was not in the text.
_DEFAULTS = datetime(2000, 1, 1), datetime(2003, 2, 15)


def read_datetime(text: str) -> datetime | None:
    """The date and time that a text names; ``None`` when it names none, or not all of year, month and day.

    Aware when the text says how far from UTC it is, else naive.
    """
    match = _YEAR_FIRST.fullmatch(text.strip())
    if match is None:
        return _read_other(text)
    year, _, month, day, hour, minute, second, fraction, utc, sign, hours, minutes = match.groups("")
    zone = timezone.utc if utc else None
    try:
        if sign:
            if minutes > "59":
                return None
            offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
            zone = timezone(-offset if sign == "-" else offset)
        microsecond = int((fraction + "000000")[:6])
        return datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), microsecond, zone
        )
    except ValueError:  # such as 30 February
        return None


def _read_other(text: str) -> datetime | None:
    """What dateutil makes of a text, where the whole date is in it."""
    if len(text) > _LONGEST or not text.isascii() or not text.isprintable() or not _YEAR_OR_MONTH.search(text):
        return None
    if text.lstrip()[:1] in "+-":  # the sign of a year, which dateutil passes over
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
