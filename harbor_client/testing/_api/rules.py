"""What Harbor accepts as a password, an email address, a name or a comment.

Lengths are in bytes of UTF-8, as Go's ``len`` counts, and the checks stand in the order in which Harbor makes them.
"""

from __future__ import annotations

import re

from .._errors import bad_request
from .._versions import Version

# A local part (bare or in quotes), then an IPv4 address in brackets or a domain with a top level of two letters or
# more. The white space that a bare local part may not hold is that of Go's \s, which is ASCII and has no vertical tab;
# `.+` does not cross a line, and the end is the very end.
_BARE = r'[^<>()\[\]\\.,;:\t\n\f\r @"]+'
_EMAIL = re.compile(
    rf'(?:{_BARE}(?:\.{_BARE})*|".+")@'
    r"(?:\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\]|(?:[a-zA-Z\-0-9]+\.)+[a-zA-Z]{2,})"
)
_LOWER, _UPPER, _DIGIT = re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]")


def check_secret(secret: str, version: Version) -> None:
    """Refuse a weak password or CLI secret."""
    length = len(secret.encode())
    long_enough = 8 <= length <= 128 if version.caps_passwords else length >= 8
    if long_enough and all(kind.search(secret) for kind in (_LOWER, _UPPER, _DIGIT)):
        return
    size = "8-128, inclusively, characters long" if version.caps_passwords else "longer than 8 chars"
    raise bad_request(
        f"the password or secret must be {size} with at least 1 uppercase letter, 1 lowercase letter and 1 number"
    )


def check_profile(email: str, realname: str, comment: str, username: str | None, version: Version) -> None:
    """Refuse what Harbor refuses in a profile; `username` is None in an update, which cannot change it."""
    if not email:
        raise bad_request("email can't be empty")
    if not _EMAIL.fullmatch(email):
        raise bad_request("email with illegal format")
    _check_name("realname", realname, version)
    if len(comment.encode()) > 30:
        raise bad_request("comment with illegal length")
    if username is not None and version.checks_username:
        _check_name("username", username, version)


def _check_name(field: str, name: str, version: Version) -> None:
    if not 1 <= len(name.encode()) <= 255:
        raise bad_request(f"{field} with illegal length")
    if any(character in version.illegal_characters for character in name):
        raise bad_request(f"{field} contains illegal characters")
