"""What the fields of a user may hold: checked before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harbor_client.passwords import require
from harbor_client.users.change import Generate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: The longest user name and e-mail address, in characters.
LONGEST_NAME = 255
_LONGEST_REALNAME, _LONGEST_COMMENT = 255, 30  # in bytes
_ILLEGAL = ',"~#%$'


def checked_name(username: object) -> str:
    """A user name, or ``TypeError`` or ``ValueError``."""
    if not isinstance(username, str):
        raise TypeError(f"username must be a str, not {type(username).__name__}")
    if not username:
        raise ValueError("username must not be empty")
    return username


def checked_id(user_id: object) -> int:
    """A user's id, or ``TypeError`` or ``ValueError``."""
    if isinstance(user_id, bool) or not isinstance(user_id, int):
        raise TypeError(f"a user is named by an int (the id) or a str (the name), not {type(user_id).__name__}")
    if user_id < 1:
        raise ValueError(f"user ids begin with 1, not {user_id}")
    return user_id


def storable(text: str) -> bool:
    """Whether Harbor's database can hold a text: it knows no NUL, and nothing that is not Unicode."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def check_values(values: Mapping[str, Any]) -> None:
    """Raise ``TypeError`` or ``ValueError`` for what Harbor would refuse in any version; ``None`` is not given.

    Messages repeat no password.
    """
    for name in ("email", "realname", "comment"):
        text = values.get(name)
        if text is not None and not isinstance(text, str):
            raise TypeError(f"{name} must be text, not {type(text).__name__}")
        if text is not None and not storable(text):
            raise ValueError(f"{name} must be Unicode text without NUL")
    email, realname, comment = values.get("email"), values.get("realname"), values.get("comment")
    flag, password = values.get("sysadmin_flag"), values.get("password")
    if flag is not None and not isinstance(flag, bool):
        raise TypeError(
            "sysadmin_flag is true or false, and nothing else"
        )  # as from a cell too far to the left or right
    if not (password is None or isinstance(password, (str, Generate))):
        raise TypeError(f"password must be text, not {type(password).__name__}")
    if isinstance(password, str):
        require(password)
    if email is not None and not 1 <= len(email) <= LONGEST_NAME:
        raise ValueError(f"email has 1 to {LONGEST_NAME} characters")
    if realname is not None and not 1 <= len(realname.encode()) <= _LONGEST_REALNAME:
        raise ValueError(f"realname has 1 to {_LONGEST_REALNAME} bytes")
    if realname is not None and any(character in _ILLEGAL for character in realname):
        raise ValueError(f"realname must not hold any of {' '.join(_ILLEGAL)}")
    if comment is not None and len(comment.encode()) > _LONGEST_COMMENT:
        raise ValueError(f"comment has {len(comment.encode())} bytes, at most {_LONGEST_COMMENT} are allowed")
