"""The page on troubleshooting has every hint word for word, each with messages that bring it up."""

from __future__ import annotations

import re
import runpy
import traceback
from collections.abc import Callable

import pytest

import harbor_client
from harbor_client import Configuration
from harbor_client._hints import HINTS, Hint
from harbor_client.exceptions import ApiException
from harbor_client.testing import FakeHarbor
from support import pages

PAGE = pages.ROOT / "docs/troubleshooting.md"
*CALLS, BEFORE, INSTALLING = pages.tables(PAGE)
#: The rows of the tables on failed calls, which end with a hint.
ROWS = [(row["on the screen"], row["what to do"].replace("`", "")) for table in CALLS for row in table]
#: For each hint, errors that bring it up, as Harbor, nginx, proxies and OpenSSL word them.
EXAMPLES: dict[str, list[ApiException]] = runpy.run_path(str(pages.ROOT / "test/faults/test_hints.py"))["EXAMPLES"]


def test_the_error_on_the_page_is_what_is_shown() -> None:
    example = re.escape(next(pages.fences(PAGE)).text.rstrip()).replace("…", ".*")
    with FakeHarbor(https=True) as harbor:
        with pytest.raises(harbor_client.TLSException) as caught:
            harbor_client.UserApi(harbor_client.ApiClient(Configuration(host=harbor.url))).get_user(3)
        shown = "".join(traceback.format_exception_only(caught.value))
        shown = shown.replace(harbor.root_url, "https://harbor.example.com")
    assert re.match(example, shown), shown


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.id)
def test_the_page_has_the_hint(hint: Hint) -> None:
    assert hint.text in [text for _, text in ROWS]


def test_the_page_has_no_other_hints() -> None:
    assert {text for _, text in ROWS} - {hint.text for hint in HINTS} == set()


@pytest.mark.parametrize(("screen", "text"), ROWS, ids=[screen for screen, _ in ROWS])
def test_what_is_on_the_screen_brings_up_the_hint(screen: str, text: str) -> None:
    """Every quoted message, class and status of a row occurs in an error of that hint."""
    (hint,) = [hint for hint in HINTS if hint.text == text]
    shown = [f"{type(error).__name__} {error} outcome: {error.outcome}" for error in EXAMPLES[hint.id]]
    for quoted in re.findall(r"`([^`]+)`", screen):
        if quoted.startswith(("/", "http")):
            continue  # where the request went
        pattern = re.escape(quoted).replace("…", ".*")
        assert any(re.search(pattern, one) for one in shown), (quoted, shown)
    for status in re.findall(r"\b[1-5]\d\d\b", re.sub("`[^`]+`", "", screen)):
        assert any(error.status == int(status) for error in EXAMPLES[hint.id]), (status, shown)


def unset_variable() -> None:
    harbor_client.Configuration(verify_ssl="")  # type: ignore[arg-type]


def misspelled(name: str) -> Callable[[], None]:
    return lambda: setattr(Configuration(), name, "x")


MISTAKES: list[Callable[[], object]] = [
    lambda: Configuration.from_env({}),
    lambda: Configuration.from_env({"HARBOR_URL": '"https://harbor.example.com"'}),
    lambda: Configuration(host="harbor.example.com"),
    misspelled("pasword"),
    misspelled("verify_tls"),
    unset_variable,
    lambda: Configuration(ssl_ca_cert="/no/such/file.pem"),
    lambda: harbor_client.UserApi().get_user("alice"),
    lambda: harbor_client.passwords.require("secret"),
]


def test_what_is_wrong_before_anything_is_sent() -> None:
    """Each message of that table is the one of a mistake, in the same order."""
    messages = []
    for mistake in MISTAKES:
        with pytest.raises((ValueError, TypeError, AttributeError)) as caught:
            mistake()
        messages.append(str(caught.value))
    screens = " ".join(row["on the screen"] for row in BEFORE)
    quoted = [text for text in re.findall(r"`([^`]+)`", screens) if text != "user_id"]
    assert len(quoted) == len(messages)
    assert [text for text, message in zip(quoted, messages, strict=True) if text not in message] == []


def test_a_class_that_is_not_here_says_what_to_use() -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(harbor_client, "RobotApi")  # noqa: B009
    (quoted,) = [row["on the screen"].strip("`") for row in INSTALLING if "RobotApi" in row["on the screen"]]
    assert quoted in str(caught.value)
