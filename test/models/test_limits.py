"""Limits are checked when a script sets a value, and only then."""

import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from harbor_client.configuration import Configuration
from harbor_client.models import PasswordReq, UserCreationReq, UserProfile
from harbor_client.models._schema.decode import decoder
from harbor_client.models._schema.model import Model, field

LONGEST = "x" * 255
TOO_LONG = "x" * 256
MESSAGE = "^Invalid value for `{}`, length must be less than or equal to `255`$"


@pytest.fixture
def unchecked_default() -> Iterator[None]:
    configuration = Configuration()
    configuration.client_side_validation = False
    Configuration.set_default(configuration)
    yield
    Configuration.set_default(None)


def unchecked() -> Configuration:
    configuration = Configuration()
    configuration.client_side_validation = False
    return configuration


@pytest.mark.parametrize("name", ["email", "username"])
def test_too_long_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=MESSAGE.format(name)):
        UserCreationReq(**{name: TOO_LONG})  # type: ignore[arg-type]
    request = UserCreationReq(**{name: LONGEST})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=MESSAGE.format(name)):
        setattr(request, name, TOO_LONG)
    assert getattr(request, name) == LONGEST
    setattr(request, name, None)
    assert getattr(request, name) is None


def test_characters_are_counted() -> None:
    assert UserCreationReq(username="ü" * 255).username == "ü" * 255


def test_other_fields_have_no_limit() -> None:
    assert UserCreationReq(comment=TOO_LONG, realname=TOO_LONG, password=TOO_LONG).comment == TOO_LONG
    assert UserProfile(email=TOO_LONG).email == TOO_LONG


def test_what_has_no_length_is_a_type_error() -> None:
    number: Any = 5
    with pytest.raises(TypeError, match="`email`, int has no length"):
        UserCreationReq(email=number)
    assert UserCreationReq(email=number, _configuration=unchecked()).to_json() == {"email": 5}


def test_validation_switched_off_for_a_model() -> None:
    request = UserCreationReq(email=TOO_LONG, _configuration=unchecked())
    assert request.email == TOO_LONG
    request.username = TOO_LONG
    assert request.username == TOO_LONG
    assert UserCreationReq(TOO_LONG, None, None, None, None, unchecked()).email == TOO_LONG  # type: ignore[call-arg]


def test_validation_switched_off_later() -> None:
    request = UserCreationReq()
    assert request._configuration is not None
    request._configuration.client_side_validation = False
    request.email = TOO_LONG
    assert request.email == TOO_LONG


@pytest.mark.usefixtures("unchecked_default")
def test_validation_switched_off_by_default() -> None:
    assert UserCreationReq(email=TOO_LONG).email == TOO_LONG
    with pytest.raises(ValueError, match="255"):
        UserCreationReq(email=TOO_LONG, _configuration=_checked())


def _checked() -> Configuration:
    configuration = Configuration()
    configuration.client_side_validation = True
    return configuration


def test_an_answer_has_no_limits() -> None:
    assert decoder("UserCreationReq")({"email": TOO_LONG}).email == TOO_LONG
    assert decoder("list[UserCreationReq]")([{"email": TOO_LONG, "username": "a"}])[0].email == TOO_LONG


def test_the_attribute_cannot_be_deleted() -> None:
    request = UserCreationReq(email="a@b.co")
    with pytest.raises(AttributeError):
        del request.email


def locals_of(error: BaseException) -> str:
    """What a tracker of errors collects, without the lines of source."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    return str([frame.locals for frame in frames if "test_" not in frame.filename])


def test_a_refused_value_leaves_no_secret_in_the_traceback() -> None:
    with pytest.raises(ValueError) as caught:
        UserCreationReq(email=TOO_LONG, password="canary-Passw0rd")
    assert "canary-Passw0rd" not in locals_of(caught.value)


def test_a_refused_secret_is_not_in_the_traceback_either() -> None:
    class Token(Model):
        """A token."""

        token: str | None = field(secret=True, max_length=8)

    with pytest.raises(ValueError, match=r"`token`.+`8`") as caught:
        Token("canary-Token1")
    assert "canary-Token1" not in locals_of(caught.value)


def test_secrets_set_by_a_subclass_that_refuses() -> None:
    class Strict(PasswordReq):
        @property
        def new_password(self) -> str | None:
            return None

        @new_password.setter
        def new_password(self, value: str | None) -> None:
            del value
            raise ValueError("refused")

    with pytest.raises(ValueError, match="refused") as caught:
        Strict("canary-Old1", "canary-New1")
    assert "canary" not in locals_of(caught.value)
