"""The check of passwords says what Harbor says, and every generated one passes it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st

from harbor_client import ApiClient, BadRequestException, PasswordReq, UserApi, passwords
from harbor_client.testing import FakeHarbor


@pytest.fixture(scope="module")
def api() -> Iterator[UserApi]:
    with FakeHarbor() as harbor, ApiClient(harbor.configuration()) as client:
        harbor.add_user("alice")
        yield UserApi(client)


@pytest.mark.parametrize(
    ("password", "problems"),
    [
        ("Abcdefg1", []),
        ("Aa1" + "x" * 125, []),
        ("Aa1" + "x" * 126, ["at most 128"]),
        ("Abcdef1", ["at least 8"]),
        ("Aa1ééé", []),  # nine bytes
        ("Aa1éé", ["at least 8"]),  # seven bytes
        ("abcdefg1", ["uppercase"]),
        ("ABCDEFG1", ["lowercase"]),
        ("Abcdefgh", ["digit"]),
        ("Äbcdefg1", ["uppercase"]),  # letters of ASCII count, others do not
        ("ÀBCDEFG1é", ["lowercase"]),
        ("Abcdefg١", ["digit"]),
        ("", ["at least 8", "lowercase", "uppercase", "digit"]),
        ("Aa1 \t\n\0 ", []),
        ("Abcdefg1\ud800", ["Unicode"]),
    ],
)
def test_check_tells_everything_that_is_missing(password: str, problems: list[str]) -> None:
    found = passwords.check(password)
    assert len(found) == len(problems)
    assert all(part in text for part, text in zip(problems, found, strict=True))
    if problems:
        with pytest.raises(ValueError) as caught:
            passwords.require(password)
        assert not password or password not in str(caught.value)
    else:
        passwords.require(password)


@given(st.text(alphabet=st.sampled_from("aZ5é€𝄞-"), max_size=40).map(lambda text: text * 4))
def test_the_check_is_the_servers(api: UserApi, password: str) -> None:
    try:
        api.update_user_password(3, PasswordReq(new_password=password))
    except BadRequestException as error:
        refused = "identical" not in (error.message or "")
    else:
        refused = False
    assert bool(passwords.check(password)) == refused


@pytest.mark.parametrize("length", [8, 9, 24, 128])
def test_generated_passwords_are_accepted_and_differ(length: int) -> None:
    made = {passwords.generate(length) for _ in range(200)}
    assert len(made) == 200
    assert all(len(one) == length and re.fullmatch("[a-zA-Z0-9]+", one) and not passwords.check(one) for one in made)


def test_the_default_is_long() -> None:
    assert len(passwords.generate()) >= 20


@pytest.mark.parametrize("length", [7, 129, 0, -8])
def test_a_length_that_harbor_refuses_is_refused(length: int) -> None:
    with pytest.raises(ValueError):
        passwords.generate(length)


@pytest.mark.parametrize("wrong", [None, b"Passw0rd1", 12345678])
def test_passwords_are_text(wrong: object) -> None:
    with pytest.raises(TypeError):
        passwords.check(wrong)  # type: ignore[arg-type]


def test_lengths_are_whole_numbers() -> None:
    for wrong in (8.0, "8"):
        with pytest.raises(TypeError):
            passwords.generate(wrong)  # type: ignore[arg-type]
