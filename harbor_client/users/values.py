"""What the fields of a user and roles in projects may hold: checked before anything is sent."""

import re
from collections.abc import Iterable, Mapping
from operator import index
from typing import Any

from harbor_client import passwords
from harbor_client.query.query import LARGEST_ID
from harbor_client.users.change import Clear, Generate, Project, UserRow

#: The longest username and email address, in characters.
LONGEST_NAME = 255
#: How long a text may be: at least and at most so many characters or bytes.
_LENGTHS = {"email": (1, LONGEST_NAME, "characters"), "realname": (1, 255, "bytes"), "comment": (0, 30, "bytes")}
#: The fields of a row that is checked.
_FIELDS = ("email", "realname", "comment", "password", "sysadmin_flag")
_ILLEGAL = ',"~#%$'
_BARE = r'[^<>()\[\]\\.,;:\t\n\f\r @"]+'
_DOMAIN = r"(\[\d{1,3}(\.\d{1,3}){3}\]|([a-zA-Z\d-]+\.)+[a-zA-Z]{2,})"
#: The addresses that Harbor accepts, in all versions.
_ADDRESS = re.compile(rf'({_BARE}(\.{_BARE})*|".+")@{_DOMAIN}', re.ASCII)

#: Harbor's names for the roles, and their ids.
ROLES = {"project_admin": 1, "developer": 2, "guest": 3, "maintainer": 4, "limited_guest": 5}
ROLE_NAMES = {number: name for name, number in ROLES.items()}
_PLAIN_ROLES = {name.replace("_", ""): number for name, number in ROLES.items()}
_DIGITS = {str(number): number for number in ROLE_NAMES}
#: In place of a role: no role.
_NO_ROLE = "none"


def checked_name(name: object, what: str = "username") -> str:
    """A name or an address, or ``TypeError`` or ``ValueError``."""
    if not isinstance(name, str):
        raise TypeError(f"{what} must be a str, not {type(name).__name__}")
    if not name:
        raise ValueError(f"{what} must not be empty")
    return name


def checked_id(number: Any, what: str = "user") -> int:
    """The ID of a user or project, or ``TypeError`` or ``ValueError``."""
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise TypeError(f"a {what} is named by an int (the ID) or a str (the name), not {type(number).__name__}")
    if not 1 <= index(number) <= LARGEST_ID:
        raise ValueError(f"{what} IDs are 1 to {LARGEST_ID}, not {index(number)}")
    return index(number)


def check_concurrency(concurrency: object) -> None:
    """Raise ``TypeError`` or ``ValueError`` for what is no number of requests at a time."""
    if isinstance(concurrency, bool) or not isinstance(concurrency, int):
        raise TypeError(f"concurrency must be an int, not {type(concurrency).__name__}")
    if concurrency < 1:
        raise ValueError(f"concurrency must be 1 or more, not {concurrency}")


def possible(name: str) -> bool:
    """Whether a user can have this name or address."""
    return len(name) <= LONGEST_NAME and storable(name)


def storable(text: str) -> bool:
    """Whether Harbor's database can hold a text: it takes no NUL, and nothing that is not Unicode."""
    return re.search("[\0\ud800-\udfff]", text) is None


def shown(value: object) -> str:
    """A value for a message, shortened; masked if it may be a password in the wrong column."""
    text = str(value)
    secret = isinstance(value, str) and len(text) >= 6 and any(map(str.isdigit, text)) and "@" not in text
    if secret or not isinstance(value, (str, int, float)):
        return "***"
    return repr(value if len(text) <= 40 else f"{text[:40]}…")


def checked_row(username: object, *values: Any) -> UserRow:
    """A row of these fields, or ``TypeError`` or ``ValueError`` for what Harbor would refuse in any version."""
    fields: dict[str, Any] = dict(zip(_FIELDS, values, strict=True))
    for name, value in fields.items():
        if value is not None:
            check_value(name, value)
    check_form(fields)
    return UserRow(checked_name(username), **fields)


def checked_new(row: UserRow) -> dict[str, Any]:
    """The fields of a new user, without the password, or ``ValueError`` for what only a new user must not lack."""
    _check_text("username", checked_name(row.username), 1, LONGEST_NAME, "characters")
    if not row.email:
        raise ValueError(f"a new user needs an email ({row.username!r} has none)")
    field, realname = ("username", row.username) if row.realname is None else ("realname", row.realname)
    _check_text(field, realname, *_LENGTHS["realname"])
    check_form({"email": row.email, field: realname})
    comment = None if isinstance(row.comment, Clear) else row.comment
    return {"username": row.username, "email": row.email, "realname": realname, "comment": comment}


def check_value(name: str, value: Any) -> None:
    """Raise ``TypeError`` or ``ValueError`` for what Harbor would refuse in any version. Repeats no password."""
    if name == "sysadmin_flag":
        if not isinstance(value, bool):
            raise TypeError(f"sysadmin_flag must be True or False, not {shown(value)}")
    elif name == "password":
        if not isinstance(value, Generate):
            passwords.require(value)
    elif name != "comment" or not isinstance(value, Clear):
        _check_text(name, value, *_LENGTHS[name])


def _check_text(name: str, text: object, least: int, most: int, unit: str) -> None:
    if not isinstance(text, str):
        raise TypeError(f"{name} must be text, not {type(text).__name__}")
    if not storable(text):
        raise ValueError(f"{name} must be Unicode text without NUL")
    size = len(text) if unit == "characters" else len(text.encode())
    if not least <= size <= most:
        accepted = f"{least} to {most}" if least else f"at most {most}"
        raise ValueError(f"{name} has {size} {unit}; {accepted} {unit} are accepted")


def check_form(fields: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` for an address or a full name that Harbor does not accept for a user who is created or
    changed. Users from LDAP and OIDC may have others.
    """
    for name, text in fields.items():
        if name == "email" and text is not None and not _ADDRESS.fullmatch(text):
            raise ValueError(f"email is {shown(text)}; an address such as name@example.com is accepted")
        if name in ("username", "realname") and text is not None and not set(_ILLEGAL).isdisjoint(text):
            raise ValueError(f"{name} is {shown(text)}; it must not hold any of {' '.join(_ILLEGAL)}")


def role_id(role: Any) -> int:
    """The ID of a role, given by name (case, spaces, ``_`` and ``-`` do not matter) or ID."""
    if isinstance(role, str):
        number = _DIGITS.get(role.strip()) or _PLAIN_ROLES.get(re.sub(r"[\s_-]", "", role).lower())
    elif isinstance(role, bool) or not hasattr(role, "__index__"):
        raise TypeError(f"a role is named by a str or an int, not {type(role).__name__}")
    else:
        number = index(role)
    if number not in ROLE_NAMES:
        raise ValueError(f"there is no role {role!r}; the roles are {', '.join(ROLES)} (1, 2, 3, 4, 5)")
    return number


def checked_project(project: Any) -> Project:
    """A project's name or id, or ``TypeError`` or ``ValueError``."""
    if not isinstance(project, str):
        return checked_id(project, "project")
    if not re.fullmatch(r"[a-z0-9]+([._-][a-z0-9]+)*", project) or len(project) > 255:
        raise ValueError(f"no project can have the name {project!r}: lowercase letters and digits, with . _ - between")
    return project


def parse_roles(value: object) -> dict[Project, int | None]:
    """The role IDs by project of ``"library=developer; team-a=guest"`` or a mapping; ``None`` for ``none``."""
    if isinstance(value, str):
        pairs: Iterable[Any] = map(_split_role, filter(None, map(str.strip, re.split(r"[;,\n]", value))))
    elif isinstance(value, Mapping):
        pairs = value.items()
    else:
        raise TypeError(f"roles must be text or a mapping, not {type(value).__name__}")
    roles: dict[Project, int | None] = {}
    for named, role in pairs:
        project = checked_project(named)
        if project in roles:
            raise ValueError(f"roles names project {project} twice")
        none = role is None or (isinstance(role, str) and role.lower() == _NO_ROLE)
        roles[project] = None if none else role_id(role)
    if len({isinstance(project, str) for project in roles}) > 1:  # else one could be named twice
        raise ValueError("roles names projects by name or by ID, not some by name and others by ID")
    return roles


def _split_role(part: str) -> list[str]:
    pair = [side.strip() for side in part.split("=", 1)]
    if len(pair) < 2 or not all(pair):
        raise ValueError(f"roles has {part!r}; write project=role; project=role, or project=none for no role")
    return pair


def role_text(project: Project, role: int | None) -> str:
    """A role in a project as rows have it."""
    return f"{project}={_NO_ROLE if role is None else ROLE_NAMES.get(role, role)}"
