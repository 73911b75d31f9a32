"""A text is a date when it names one wholly; what Harbor writes, and what people and other servers write."""

from __future__ import annotations

import warnings
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, strategies as st

from harbor_client.models._schema.dates import read_datetime
from harbor_client.models._schema.decode import decoder

UTC = timezone.utc
TEN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-11-24T10:00:00.000Z", "2026-11-24T10:00:00Z", "2026-11-24T10:00Z", "2026-11-24T10Z"),
        *("2026-11-24t10:00:00z", "2026-11-24 10:00:00Z", "2026-11-24 10:00:00 UTC"),
        *("2026-11-24T10:00:00.000000000Z", "2026-11-24T10:00:00,0Z", "2026-11-24T10:00:00+00:00"),
        *("2026-11-24T10:00:00-00:00", "2026-11-24T11:30:00+01:30", "2026-11-24T11:30:00 +0130"),
        *("2026-11-24T05:00:00-05", "20261124T100000Z", "Tue, 24 Nov 2026 10:00:00 GMT"),
        *("Mon, 24 Nov 2026 10:00:00 GMT", "Tuesday, 24-Nov-26 10:00:00 GMT", "Tue, 24 Nov 2026 11:00:00 +0100"),
        *("24 November 2026 10:00 UTC", "  2026-11-24T10:00:00Z "),
    ],
)
def test_aware(text: str) -> None:
    moment = read_datetime(text)
    assert moment is not None
    assert moment == TEN
    assert moment.tzinfo is not None
    assert decoder("datetime")(text) == TEN


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24T10:00:00", datetime(2026, 11, 24, 10)),
        ("2026-11-24 10:00", datetime(2026, 11, 24, 10)),
        ("2026/11/24 10:00", datetime(2026, 11, 24, 10)),
        ("2026.11.24 9:05", datetime(2026, 11, 24, 9, 5)),
        ("2026-1-2", datetime(2026, 1, 2)),
        ("2026-11-24", datetime(2026, 11, 24)),
        ("20261124", datetime(2026, 11, 24)),
        ("Tue Nov 24 10:00:00 2026", datetime(2026, 11, 24, 10)),
        ("24.11.2026", datetime(2026, 11, 24)),
        ("11/24/2026 10:00 PM", datetime(2026, 11, 24, 22)),
        ("Nov 24, 2026", datetime(2026, 11, 24)),
        ("2026-11-24T10:00:00.1234567", datetime(2026, 11, 24, 10, 0, 0, 123456)),
        ("2026-11-24T10:00:00.5", datetime(2026, 11, 24, 10, 0, 0, 500000)),
    ],
)
def test_naive(text: str, moment: datetime) -> None:
    assert read_datetime(text) == moment
    assert decoder("date")(text) == moment.date()


@pytest.mark.parametrize(
    "text",
    [
        *("2024-02-30", "2023-02-29T00:00:00Z", "2024-13-01", "2024-00-01", "2024/13/01", "20241301"),
        *("0000-01-01", "10000-01-01", "-2024-01-01T00:00:00Z", "+12024-01-01T00:00:00Z", "2024-01-01T24:00:00Z"),
        *("2024-01-01T10:60:00Z", "2024-01-01T10:00:60Z", "2024-01-01T10:00:00+25:00"),
        *("2024-01-01T10:00:00+01:99", "31 Feb 2024", "13/24/2026", "Nov 24 2026 10:00:00 +9999"),
    ],
)
def test_impossible(text: str) -> None:
    assert read_datetime(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "5", "12", "24", "2024", "10:00", "May", "Mon", "Mon Nov 2026", "Monday", "Nov 2026"),
        *("2026 Nov", "2026-11", "24 Nov", "now", "today", "never", "null", "1764000000", "1764000000.5"),
        *("241124", "01/02/03", "1.5.7", "v1.2.3", "2.16.0", "99999999999999999999", "1e5", "a" * 30),
        *("Nov 24 2026 " + "x" * 100, "2026-11-24T10:00:00Z" * 10_000, "1" * 100_000, "٢٠٢٦-١١-٢٤", "２０２６-11-24"),
        *("2026‑11‑24", "\x00", "2026-11-24\x00", "2026-11-24T10:00:00Z\n2026", "Nov 24 2026 10:00 EST"),
        *("2026-11-24 10:00 CET", "Nov 24 2026 10:00:00 Nowhere"),
    ],
)
def test_not_wholly_a_date(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_datetime(text) is None


def test_time_zones_are_of_the_standard_library() -> None:
    for text in ("2026-11-24T10:00:00Z", "Tue, 24 Nov 2026 10:00:00 GMT"):
        moment = read_datetime(text)
        assert moment is not None
        assert moment.tzinfo is UTC
    moment = read_datetime("Tue, 24 Nov 2026 10:00:00 +0530")
    assert moment is not None
    assert moment.utcoffset() == timedelta(hours=5, minutes=30)


zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(timezones=st.none() | st.just(UTC) | zones)


@given(moments)
def test_what_python_writes_is_read(moment: datetime) -> None:
    assert read_datetime(moment.isoformat()) == moment
    assert read_datetime(moment.isoformat(" ")) == moment
    assert decoder("datetime")(moment.isoformat()) == moment


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_harbor_writes_is_read(moment: datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    text = moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    assert read_datetime(text) == moment
    (user,) = decoder("list[UserResp]")([{"creation_time": text, "update_time": text}])
    assert user.creation_time == user.update_time == moment
    assert user.creation_time.tzinfo is UTC


@given(st.dates())
def test_days_are_read(day: date) -> None:
    assert decoder("date")(day.isoformat()) == day


shapes = st.from_regex(r"[0-9]{1,4}[-/. ]?[0-9]{1,2}[-/. ]?[0-9]{1,2}([T ][0-9:.,+Z-]{0,14})?", fullmatch=True)
WORDS = "Nov Feb Mon Tue 24 31 2026 26 10:00 10:00:00 GMT UTC EST PM Z T + - +0100 -9999 , . / 5 1e9"
words = st.lists(st.sampled_from(WORDS.split(" ")), max_size=7).map(" ".join)


@given(st.text() | shapes | words)
@example("0:0:0.0e9999999999")
@example("Nov 24 2026 1e999999")
def test_any_text_is_a_date_or_none(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        moment = read_datetime(text)
    assert moment is None or isinstance(moment, datetime)
