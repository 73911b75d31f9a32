"""Who is calling: Basic authentication, the lock after a wrong password, and the rights of each kind of caller."""

import base64
import binascii
import re

from .._database.projects import ROLES, Member, Project
from .._database.store import ADMIN_ID, Robot, User, is_storable
from .._errors import Panic, forbidden, unauthorized
from .._http.messages import Request, wire_text
from .._versions import Version
from .permissions import IN_PROJECT, PUBLIC, Permission, role_permissions
from .settings import Instance


class Caller:
    """Somebody who sends requests."""

    #: Harbor's word for the kind of caller.
    kind = "local"
    authenticated = True
    is_sysadmin = False
    user: User | None = None

    def __init__(self, name: str) -> None:
        self.name = name

    def is_user(self, user_id: int) -> bool:
        """Whether the caller is the user with this id."""
        return False

    def may(self, action: str, resource: str = "user") -> bool:
        """Whether the caller holds a permission in the scope /system."""
        return self.is_sysadmin

    def permissions_in(self, project: Project | None) -> frozenset[Permission]:
        """What the caller may do in a project, which may be missing."""
        return PUBLIC if project is not None and project.public else frozenset()

    def membership_in(self, project: Project) -> Member | None:
        return None

    def sees(self, project: Project) -> bool:
        """Whether a list of projects shows this one."""
        return project.public

    def require_login(self) -> None:
        if not self.authenticated:
            raise unauthorized()

    def require(self, action: str, resource: str = "user") -> None:
        """The access rule of most operations: 401 to nobody, 403 with just the caller's name to others."""
        self.require_login()
        if not self.may(action, resource):
            raise forbidden(self.name)


class Anonymous(Caller):
    """No credentials, bad ones, or locked ones."""

    authenticated = False

    def is_user(self, user_id: int) -> bool:
        # Harbor looks into the user of the context, and there is none.
        raise Panic("no user in the security context")


class SecretCaller(Caller):
    """A request that claims to be from one of Harbor's own services, with a wrong secret: anonymous, but no crash."""

    authenticated = False


class UserCaller(Caller):
    """A user who gave the right password."""

    def __init__(self, user: User, harbor: Instance) -> None:
        super().__init__(user.username)
        self.user = self._user = user
        self.is_sysadmin = user.sysadmin_flag
        self._harbor = harbor

    def is_user(self, user_id: int) -> bool:
        return self._user.user_id == user_id

    def permissions_in(self, project: Project | None) -> frozenset[Permission]:
        if self.is_sysadmin:
            return frozenset(IN_PROJECT)
        held = super().permissions_in(project)
        member = self.membership_in(project) if project is not None else None
        role = ROLES.get(member.role_id) if member is not None else None
        return held if role is None else held | role_permissions(role, self._harbor.version)

    def membership_in(self, project: Project) -> Member | None:
        return self._harbor.store.projects.members.get((project.project_id, "u", self._user.user_id))

    def sees(self, project: Project) -> bool:
        return project.public or self.is_sysadmin or self.membership_in(project) is not None


class RobotCaller(Caller):
    """A robot account."""

    kind = "robot"

    def __init__(self, robot: Robot, version: Version) -> None:
        super().__init__(robot.name)
        self.is_system_level = robot.level == "system"
        self._version = version
        #: What is granted: the namespace (``/`` for the system, ``*`` for any project), the resource, the action.
        self._grants = {
            (permission.get("namespace"), access.get("resource"), access.get("action"))
            for permission in robot.permissions
            for access in permission.get("access", [])
        }

    def may(self, action: str, resource: str = "user") -> bool:
        known = self._version.robots_manage_users or resource != "user"
        return known and self.is_system_level and ("/", resource, action) in self._grants

    def permissions_in(self, project: Project | None) -> frozenset[Permission]:
        if project is None:
            return frozenset()
        held: set[Permission] = set()
        for namespace, resource, action in self._grants:
            if namespace == "*" and resource == "project":
                held |= {permission for permission in IN_PROJECT if permission[1] == action}  # of whatever resource
            elif namespace in ("*", project.name):
                held.add(("." if resource == "project" else resource, action))
        return frozenset(held | {("repository", "pull")} if ("repository", "push") in held else held)

    def sees(self, project: Project) -> bool:
        return project.public or self.may("list", "project") or bool(self.permissions_in(project))


def basic_credentials(request: Request) -> tuple[str, str] | None:
    """Username and password of a well-formed Basic header; a malformed one counts as none."""
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

    The response to a wrong password is held back for the `lock_seconds` of the instance. For that time, its principal
    cannot log in at all.
    """

    def __init__(self, harbor: Instance) -> None:
        self._harbor = harbor
        self._locked: set[str] = set()

    def caller(self, request: Request) -> Caller:
        """Who sent the request. May block: see the class."""
        if re.match("Harbor-Secret .", request.header("authorization")):
            return SecretCaller("")
        credentials = basic_credentials(request)
        if credentials is None:
            return Anonymous("")
        name, password = credentials
        robot = self._harbor.store.robots.get(name)
        if robot is not None and self._harbor.store.has_password(robot, password):
            return RobotCaller(robot, self._harbor.version)
        user = self._log_in(name, password)
        return Anonymous("") if user is None else UserCaller(user, self._harbor)

    def _log_in(self, principal: str, password: str) -> User | None:
        if self._harbor.settings.auth_mode != "db_auth" and principal != self._harbor.store.users[ADMIN_ID].username:
            return None  # in other modes, all but the built-in administrator are refused at once
        if principal in self._locked or not is_storable(principal):
            return None
        with self._harbor.store.lock:
            candidates = self._harbor.store.matching(principal)
        for user in candidates:
            if self._harbor.store.has_password(user, password):
                return user
        self._locked.add(principal)
        try:
            self._harbor.clock.sleep(self._harbor.lock_seconds)
        finally:
            self._locked.discard(principal)
        return None
