"""What the fields of a user may hold: checked before anything is sent."""

from __future__ import annotations

from operator import index
from typing import Any

from harbor_client import passwords
from harbor_client.users.change import Clear, Generate, UserRow

#: The longest user name and e-mail address, in characters.
LONGEST_NAME = 255
_LONGEST_REALNAME, _LONGEST_COMMENT = 255, 30  # in bytes
ILLEGAL = ',"~#%$'


def checked_name(username: object) -> str:
    """A user name, or ``TypeError`` or ``ValueError``."""
    if not isinstance(username, str):
        raise TypeError(f"username must be a str, not {type(username).__name__}")
    if not username:
        raise ValueError("username must not be empty")
    return username


def checked_id(user_id: Any) -> int:
    """A user's id, or ``TypeError`` or ``ValueError``."""
    if isinstance(user_id, bool) or not hasattr(user_id, "__index__"):
        raise TypeError(f"a user is named by an int (the id) or a str (the name), not {type(user_id).__name__}")
    number = index(user_id)
    if number < 1:
        raise ValueError(f"user ids begin with 1, not {number}")
    return number


def storable(text: str) -> bool:
    """Whether Harbor's database can hold a text: it takes no NUL, and nothing that is not Unicode."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def shown(value: object) -> str:
    """A value for a message, shortened; masked if it may be a password in the wrong column."""
    text = str(value)
    if not isinstance(value, (str, int, float)) or (len(text) >= 6 and any(map(str.isdigit, text)) and "@" not in text):
        return "***"
    return repr(value if len(text) <= 40 else f"{text[:40]}…")


def checked_row(
    username: object, email: object, realname: object, comment: object, password: object, sysadmin_flag: object
) -> UserRow:
    """A row, or ``TypeError`` or ``ValueError`` for what Harbor would refuse in any version."""
    given = {"email": email, "realname": realname, "comment": comment, "password": password}
    values: dict[str, Any] = {**given, "sysadmin_flag": sysadmin_flag}
    name = checked_name(username)
    for field, value in values.items():
        if value is not None:
            check_value(field, value)
    return UserRow(name, **values)


def check_value(name: str, value: Any) -> None:
    """Raise ``TypeError`` or ``ValueError`` for what Harbor would refuse in any version. Repeats no password."""
    if name == "sysadmin_flag":
        if not isinstance(value, bool):
            raise TypeError(f"sysadmin_flag must be True or False, not {shown(value)}")
    elif name == "password":
        if not isinstance(value, (str, Generate)):
            raise TypeError(f"password must be text, not {type(value).__name__}")
        if isinstance(value, str):
            passwords.require(value)
    elif name != "comment" or not isinstance(value, Clear):
        _check_text(name, value)


def _check_text(name: str, text: object) -> None:
    if not isinstance(text, str):
        raise TypeError(f"{name} must be text, not {type(text).__name__}")
    if not storable(text):
        raise ValueError(f"{name} must be Unicode text without NUL")
    size = len(text.encode())
    if name == "email" and not 1 <= len(text) <= LONGEST_NAME:
        raise ValueError(f"email has {len(text)} characters; 1 to {LONGEST_NAME} are accepted")
    if name == "realname" and not 1 <= size <= _LONGEST_REALNAME:
        raise ValueError(f"realname has {size} bytes; 1 to {_LONGEST_REALNAME} bytes are accepted")
    if name == "realname" and any(character in ILLEGAL for character in text):
        raise ValueError(f"realname is {shown(text)}; it must not hold any of {' '.join(ILLEGAL)}")
    if name == "comment" and size > _LONGEST_COMMENT:
        raise ValueError(f"comment has {size} bytes; at most {_LONGEST_COMMENT} bytes are accepted")
