"""Managing Harbor's users from automation, on top of the one-to-one :class:`~harbor_client.UserApi`."""

from harbor_client.exceptions import (
    ApplyError,
    EmailTakenException,
    NoLocalUsersException,
    RowError,
    UsernameTakenException,
)
from harbor_client.query import Q
from harbor_client.users.apply import Run
from harbor_client.users.change import CLEAR, GENERATE, Change, Clear, Generate, UserRow, describe
from harbor_client.users.check import Finding
from harbor_client.users.client import Users
from harbor_client.users.memberships import Membership
from harbor_client.users.plan import Plan
from harbor_client.users.rows import read_names
from harbor_client.users.sink import PasswordFile

__all__ = [
    "CLEAR",
    "GENERATE",
    "ApplyError",
    "Change",
    "Clear",
    "EmailTakenException",
    "Finding",
    "Generate",
    "Membership",
    "NoLocalUsersException",
    "PasswordFile",
    "Plan",
    "Q",
    "RowError",
    "Run",
    "UserRow",
    "UsernameTakenException",
    "Users",
    "describe",
    "read_names",
]
