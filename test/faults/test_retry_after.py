"""E: ``Retry-After`` is kept where it fits the deadline, an error at once where it does not, and ignored as garbage."""

from __future__ import annotations

import datetime
import email.utils
import random
import time

import pytest

from harbor_client.exceptions import ApiException
from support.clients import HANGING, fails, succeeds, users
from support.faultserver import OK, FaultServer, again, reply


def date(seconds: float) -> str:
    """An HTTP date so many seconds from now."""
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return email.utils.format_datetime(moment, usegmt=True)


def date_in_the_east() -> str:
    """Now, as a clock thirteen hours ahead shows it."""
    zone = datetime.timezone(datetime.timedelta(hours=13))
    return email.utils.format_datetime(datetime.datetime.now(zone))


AT_ONCE = {
    "0": "0",
    "000": "000",
    "a date in the past": "Wed, 21 Oct 2015 07:28:00 GMT",
    "a date long past": "Thu, 01 Jan 1970 00:00:00 GMT",
    "a date just now": date(0),
    "RFC 850": "Wednesday, 21-Oct-15 07:28:00 GMT",
    "asctime": "Wed Oct 21 07:28:00 2015",
    "another zone": "Wed, 21 Oct 2015 07:28:00 +0200",
    "now, in another zone": date_in_the_east(),
}

GARBAGE = {
    "a word": "soon",
    "empty": "",
    "negative": "-1",
    "negative and large": "-99999999999",
    "plus": "+3600",
    "a fraction": "3600.5",
    "an exponent": "1e9",
    "hexadecimal": "0xffff",
    "with unit": "3600s",
    "infinity": "inf",
    "nan": "nan",
    "a list": "3600, 3600",
    "Arabic digits": "\u00b2",
    "an impossible date": "Wed, 41 Oct 2055 07:28:00 GMT",
    "an impossible month": "Wed, 21 Foo 2055 07:28:00 GMT",
    "an impossible time": "Wed, 21 Oct 2055 27:28:00 GMT",
    "half a date": "Wed, 21 Oct",
    "an ISO date": "2055-10-21T07:28:00Z",
    "underscores": "3_600",
    "markup": "<b>3600</b>",
}

TOO_LATE = {
    "an hour": "3600",
    "six hours": "21600",
    "a year": "31536000",
    "20 digits": "9" * 20,
    "400 digits": "9" * 400,
    "5,000 digits": "9" * 5000,
    "a date in an hour": date(3600),
    "a date in 2055": "Wed, 21 Oct 2055 07:28:00 GMT",
    "a date without zone": "Wed, 21 Oct 2055 07:28:00 -0000",
    "a date in 9999": "Fri, 31 Dec 9999 23:59:59 GMT",
}


@pytest.mark.parametrize("value", AT_ONCE.values(), ids=AT_ONCE.keys())
@pytest.mark.parametrize("status", [429, 503])
def test_repeated_at_once(value: str, status: int) -> None:
    values, server = succeeds([[reply(b"", status, f"Retry-After: {value}"), OK]], retries=1)
    assert values[0].username == "alice"
    assert len(server.requests) == 2


@pytest.mark.parametrize("value", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_ignored(value: str) -> None:
    """As if it were not there: the usual wait, which is short."""
    values, server = succeeds([[reply(b"", 503, f"Retry-After: {value}"), OK]], retries=1)
    assert values[0].username == "alice"
    assert len(server.requests) == 2


@pytest.mark.parametrize("value", TOO_LATE.values(), ids=TOO_LATE.keys())
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_does_not_fit_the_deadline_is_an_error_at_once(value: str, status: int) -> None:
    failed = fails([[reply(b"", status, f"Retry-After: {value}"), OK]], ApiException, retries=3)
    assert failed.error.status == status
    assert failed.seen == 1
    assert failed.seconds < HANGING / 2
    assert failed.error.headers["Retry-After"] == value


def test_just_beyond_the_deadline_is_an_error_at_once() -> None:
    failed = fails([[reply(b"", 503, "Retry-After: 6"), OK]], retries=1, options={"_request_timeout": 5})
    assert failed.error.status == 503
    assert failed.seen == 1
    assert failed.seconds < 5


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_is_waited_for(form: str) -> None:
    # A date has whole seconds: two ahead is at least one.
    value = "1" if form == "seconds" else date(2)
    with FaultServer([again(reply(b"", 503, f"Retry-After: {value}"), OK)]) as server, users(server, retries=1) as api:
        started = time.monotonic()
        assert api.get_user(3).username == "alice"
        assert time.monotonic() - started >= 0.95
        assert len(server.requests) == 2


def test_waits_between_repeats_are_random_and_grow() -> None:
    """Full jitter: seen in the policy's own numbers, since no test may decide by the clock."""
    from harbor_client._transport import policy as _policy

    for repeat in range(20):
        waits = [_policy._backoff(repeat) for _ in range(200)]
        highest = min(_policy.LONGEST_WAIT, _policy.FIRST_WAIT * 2**repeat)
        assert 0 <= min(waits) < highest / 4
        assert highest * 0.75 < max(waits) <= highest


def test_other_statuses_do_not_wait() -> None:
    for status in (200, 301, 404, 500):
        response = reply(OK.partition(b"\r\n\r\n")[2], status, "Retry-After: 3600")
        started = time.monotonic()
        if status == 200:
            succeeds([response])
        else:
            assert fails([response], retries=3).seen == 1
        assert time.monotonic() - started < HANGING


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_date_counts_from_the_servers_own_clock(hours: int) -> None:
    """The server's clock is hours off; it asks for two seconds, of which at least one is left."""
    clock = [f"Date: {date(hours * 3600)}", f"Retry-After: {date(hours * 3600 + 2)}"]
    with FaultServer([again(reply(b"", 503, *clock), OK)]) as server, users(server, retries=1) as api:
        started = time.monotonic()
        assert api.get_user(3).username == "alice"
        assert 0.95 <= time.monotonic() - started < HANGING
        assert len(server.requests) == 2


def test_a_wait_takes_no_number_from_the_callers_sequence() -> None:
    random.seed(3)
    expected = random.Random(3).random()
    _, server = succeeds([[reply(b"", 503), OK]], retries=1)
    assert len(server.whole) == 2
    assert random.random() == expected
