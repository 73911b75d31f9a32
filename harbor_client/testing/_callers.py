"""Who is calling: Basic authentication, the lock after a wrong password, and what each kind of caller may do."""

from __future__ import annotations

import base64
import binascii

from ._clock import Clock
from ._errors import Panic, forbidden, unauthorized
from ._messages import Request, wire_text
from ._permissions import PUBLIC, ROLES, SYSTEM, Permission, role_permissions
from ._settings import Settings
from ._store import ADMIN_ID, Project, Robot, Store, User, is_storable
from ._versions import Version

__all__ = ["Anonymous", "Authenticator", "Caller", "RobotCaller", "UserCaller", "basic_credentials"]

ROBOT_PREFIX = "robot$"


class Caller:
    """Somebody who sends requests."""

    #: Harbor's word for the kind of caller.
    kind = "local"

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def authenticated(self) -> bool:
        return True

    def is_user(self, user_id: int) -> bool:
        """Whether the caller is the user with this id."""
        return False

    def may(self, action: str, resource: str = "user") -> bool:
        """Whether the caller holds a permission in the scope /system."""
        return False

    def may_by_plain_name(self) -> bool:
        """Whether the caller passes the checks of Harbor before 2.15, which name the resource without its scope:
        system administrators only."""
        return False

    def system_permissions(self) -> tuple[Permission, ...]:
        """What the caller is told to hold in the scope /system."""
        return ()

    def project_permissions(self, project_id: int, project: Project | None) -> frozenset[Permission]:
        """What the caller holds in a project, which may be missing."""
        return frozenset()

    def require(self, action: str, resource: str = "user") -> None:
        """The access rule of most operations: 401 to nobody, 403 with just the caller's name to others."""
        if not self.authenticated:
            raise unauthorized()
        if not self.may(action, resource):
            raise forbidden(self.name)


class Anonymous(Caller):
    """No credentials, bad ones, or locked ones."""

    def __init__(self) -> None:
        super().__init__("")

    @property
    def authenticated(self) -> bool:
        return False

    def is_user(self, user_id: int) -> bool:
        # Harbor looks into the user of the context, and there is none.
        raise Panic("no user in the security context")


class UserCaller(Caller):
    """A user who gave the right password."""

    def __init__(self, user: User, version: Version) -> None:
        super().__init__(user.username)
        self.user = user
        self._sysadmin = user.sysadmin_flag
        self._version = version

    def is_user(self, user_id: int) -> bool:
        return self.user.user_id == user_id

    def may(self, action: str, resource: str = "user") -> bool:
        return self._sysadmin

    def may_by_plain_name(self) -> bool:
        return self._sysadmin

    def system_permissions(self) -> tuple[Permission, ...]:
        return SYSTEM if self._sysadmin else ()

    def project_permissions(self, project_id: int, project: Project | None) -> frozenset[Permission]:
        if self._sysadmin:
            return frozenset(ROLES["projectAdmin"])
        if project is None:
            return frozenset()
        held = frozenset(PUBLIC) if project.public else frozenset[Permission]()
        role = project.members.get(self.user.user_id)
        return held if role is None else held | role_permissions(role, self._version)


class RobotCaller(Caller):
    """A robot account."""

    kind = "robot"

    def __init__(self, robot: Robot, version: Version) -> None:
        super().__init__(robot.name)
        self._robot = robot
        self._version = version

    def may(self, action: str, resource: str = "user") -> bool:
        if self._robot.project_id is not None or not (self._version.robots_manage_users or resource != "user"):
            return False
        return (resource, action) in self._robot.permissions

    def project_permissions(self, project_id: int, project: Project | None) -> frozenset[Permission]:
        if project is None or self._robot.project_id != project_id:
            return frozenset()
        held = self._robot.permissions
        return held | {("repository", "pull")} if ("repository", "push") in held else held


def basic_credentials(request: Request) -> tuple[str, str] | None:
    """User name and password of a well-formed Basic header; a malformed one counts as none."""
    header = request.header("authorization")
    if header[:6].lower() != "basic ":
        return None
    try:
        decoded = base64.b64decode(header[6:].encode("latin-1"), validate=True)
    except binascii.Error:
        return None
    name, colon, password = wire_text(decoded.decode("latin-1")).partition(":")
    return (name, password) if colon else None


class Authenticator:
    """Finds out who sent a request.

    A wrong password is answered after `lock_seconds`, and for as long its principal cannot log in at all.
    """

    def __init__(self, store: Store, settings: Settings, version: Version, clock: Clock, lock_seconds: float) -> None:
        self._store = store
        self._settings = settings
        self._version = version
        self._clock = clock
        self._lock_seconds = lock_seconds
        self._locked_at: dict[str, float] = {}
        self._anonymous = Anonymous()

    def caller(self, request: Request) -> Caller:
        """Who it is. May take its time: see the class."""
        credentials = basic_credentials(request)
        if credentials is None:
            return self._anonymous
        name, password = credentials
        robot = self._store.robots.get(name)
        if robot is not None and self._store.has_password(robot, password):
            return RobotCaller(robot, self._version)
        user = self._log_in(name, password)
        return self._anonymous if user is None else UserCaller(user, self._version)

    def _log_in(self, principal: str, password: str) -> User | None:
        store = self._store
        if self._settings.auth_mode != "db_auth":
            # The other modes know nobody here but the built-in administrator, and tell so at once.
            admin = store.users[ADMIN_ID]
            if principal != admin.username:
                return None
        if self._is_locked(principal) or not is_storable(principal):
            return None
        with store.lock:
            candidates = store.matching(principal)
        for user in candidates:
            if store.has_password(user, password):
                return user
        self._locked_at[principal] = self._clock.time()
        self._clock.sleep(self._lock_seconds)
        return None

    def _is_locked(self, principal: str) -> bool:
        since = self._locked_at.get(principal)
        if since is None:
            return False
        if self._clock.time() - since < self._lock_seconds:
            return True
        self._locked_at.pop(principal, None)
        return False
