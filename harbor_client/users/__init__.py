"""Managing Harbor's users from automation, on top of the one-to-one :class:`~harbor_client.UserApi`."""

from typing import TYPE_CHECKING

from harbor_client.exceptions import (
    ApplyError as ApplyError,
    EmailTakenException as EmailTakenException,
    NoLocalUsersException as NoLocalUsersException,
    RowError as RowError,
    UsernameTakenException as UsernameTakenException,
)
from harbor_client.query import Q as Q
from harbor_client.users.apply import Plan as Plan, Run as Run
from harbor_client.users.change import (
    CLEAR as CLEAR,
    GENERATE as GENERATE,
    Change as Change,
    Clear as Clear,
    Generate as Generate,
    UserRow as UserRow,
    describe as describe,
)
from harbor_client.users.check import Finding as Finding
from harbor_client.users.client import Users as Users
from harbor_client.users.memberships import Membership as Membership
from harbor_client.users.rows import read_names as read_names
from harbor_client.users.sink import PasswordFile as PasswordFile

if not TYPE_CHECKING:  # checkers see the imports
    __all__ = [name for name in globals() if name[0].isupper() and name != "TYPE_CHECKING"] + ["describe", "read_names"]
