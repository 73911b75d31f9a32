"""What the fields of a user may hold: checked before anything is sent."""

from operator import index
from typing import Any

from harbor_client import passwords
from harbor_client.users.change import Clear, Generate, UserRow

#: The longest user name and e-mail address, in characters.
LONGEST_NAME = 255
#: How long a text may be: at least and at most so many characters or bytes.
_LENGTHS = {"email": (1, LONGEST_NAME, "characters"), "realname": (1, 255, "bytes"), "comment": (0, 30, "bytes")}
#: The fields of a row that is checked.
_FIELDS = ("email", "realname", "comment", "password", "sysadmin_flag")
ILLEGAL = ',"~#%$'


def checked_name(name: object, what: str = "username") -> str:
    """A name or an address, or ``TypeError`` or ``ValueError``."""
    if not isinstance(name, str):
        raise TypeError(f"{what} must be a str, not {type(name).__name__}")
    if not name:
        raise ValueError(f"{what} must not be empty")
    return name


def checked_id(number: Any, what: str = "user") -> int:
    """The id of a user or project, or ``TypeError`` or ``ValueError``."""
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise TypeError(f"a {what} is named by an int (the id) or a str (the name), not {type(number).__name__}")
    if index(number) < 1:
        raise ValueError(f"{what} ids begin with 1, not {index(number)}")
    return index(number)


def check_concurrency(concurrency: object) -> None:
    """Raise ``TypeError`` or ``ValueError`` for what is no number of requests at a time."""
    if isinstance(concurrency, bool) or not isinstance(concurrency, int):
        raise TypeError(f"concurrency must be an int, not {type(concurrency).__name__}")
    if concurrency < 1:
        raise ValueError(f"concurrency must be 1 or more, not {concurrency}")


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


def checked_row(username: object, *values: Any) -> UserRow:
    """A row of these fields, or ``TypeError`` or ``ValueError`` for what Harbor would refuse in any version."""
    fields = dict(zip(_FIELDS, values, strict=True))
    for name, value in fields.items():
        if value is not None:
            check_value(name, value)
    return UserRow(checked_name(username), **fields)


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
    least, most, unit = _LENGTHS[name]
    size = len(text) if unit == "characters" else len(text.encode())
    if not least <= size <= most:
        accepted = f"{least} to {most}" if least else f"at most {most}"
        raise ValueError(f"{name} has {size} {unit}; {accepted} {unit} are accepted")
    if name == "realname" and any(character in ILLEGAL for character in text):
        raise ValueError(f"realname is {shown(text)}; it must not hold any of {' '.join(ILLEGAL)}")
