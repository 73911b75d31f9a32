"""Filling a fake Harbor with users, robots and projects."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ._api.permissions import Permission
from ._api.users import shown_user
from ._database.projects import ROLES, Project
from ._database.store import ADMIN_ID, Robot, Store, User
from ._errors import Failure

#: The password of users and robots that are added without one.
DEFAULT_PASSWORD = "Passw0rd1"
ADMIN_PASSWORD = "Harbor12345"


class Population:
    """The part of `FakeHarbor` that adds accounts and projects, bypassing the API and its checks."""

    _store: Store

    @contextmanager
    def _filling(self) -> Iterator[None]:
        """Holds the lock; what the database refuses is a `ValueError`."""
        with self._store.lock:
            try:
                yield
            except Failure as failure:
                raise ValueError(failure.message) from None

    def add_user(
        self,
        username: str,
        *,
        email: str | None = None,
        realname: str | None = None,
        comment: str = "",
        password: str | None = None,
        sysadmin_flag: bool = False,
        oidc_user_meta: Mapping[str, object] | None = None,
    ) -> int:
        """Add a user.

        Args:
            username: also one that the API would refuse today, as old servers contain them.
            email: the email address; by default, ``<username>@example.com``.
            realname: the full name; by default, the username.
            comment: an administrator's note.
            password: by default, ``Passw0rd1``; a user with `oidc_user_meta` has none.
            sysadmin_flag: whether the user is a system administrator.
            oidc_user_meta: makes a user who came from an OpenID Connect provider: ``subiss`` (subject followed by
                issuer), ``secret`` (the CLI secret), ``id``. Unlike passwords, this secret is kept in clear, since
                Harbor's API shows it.

        Returns:
            The new user's ID.

        Raises:
            ValueError: the name or email is taken, or does not fit into Harbor's database.
        """
        email = f"{username}@example.com" if email is None else email
        with self._filling():
            user = self._store.insert(username, email, username if realname is None else realname, comment)
            user.sysadmin_flag = sysadmin_flag
            if oidc_user_meta is not None:
                subiss, secret = (str(oidc_user_meta.get(name, "")) for name in ("subiss", "secret"))
                meta_id = oidc_user_meta.get("id")
                self._store.set_oidc(user, subiss, secret, meta_id if isinstance(meta_id, int) else None)
            elif password is None:
                password = DEFAULT_PASSWORD
            if password is not None:
                self._store.set_password(user, password)
            return user.user_id

    def add_users(self, count: int, *, prefix: str = "user", password: str | None = None) -> range:
        """Add many users at once, named by `prefix` and their ID in five digits, such as ``user00003``.

        Returns:
            Their IDs.
        """
        with self._store.lock:
            ids = [self.add_user(f"{prefix}{self._store.next_id:05d}", password=password) for _ in range(count)]
        return range(ids[0], ids[-1] + 1) if ids else range(0)

    def add_robot(
        self,
        name: str,
        *,
        secret: str | None = None,
        project_id: int | None = None,
        permissions: Iterable[Permission] = (),
    ) -> str:
        """Add a robot account.

        Args:
            name: without the prefix.
            secret: its password; by default, ``Passw0rd1``.
            project_id: the project that it belongs to; without one, it is a system robot.
            permissions: what it may do there, as pairs of resource and action, such as ``("user", "list")``.

        Returns:
            The username of the robot account, ``robot$name`` or ``robot$project+name``.

        Raises:
            ValueError: no such project, or the name is taken.
        """
        namespace = "/" if project_id is None else self._project(project_id).name
        level = "system" if project_id is None else "project"
        access = [{"resource": resource, "action": action} for resource, action in permissions]
        with self._filling():
            grants = [{"kind": level, "namespace": namespace, "access": access}]
            return self._store.add_robot(name, level, grants, DEFAULT_PASSWORD if secret is None else secret).name

    def add_project(
        self,
        name: str,
        *,
        public: bool = False,
        owner: str = "admin",
        members: Mapping[int | str, int | str] | None = None,
    ) -> int:
        """Add a project. The public project ``library`` has ID 1.

        Args:
            name: of the project.
            public: whether anybody may read it.
            owner: its owner by name or ID, who becomes its first member.
            members: the roles by username or ID, as `add_member` takes them.

        Returns:
            The project's ID.
        """
        with self._filling():
            owner_id = self._user_id(owner)
            if self._store.projects.find(name, None):
                raise ValueError(f"there is a project {name} already")
            roles = {self._user_id(user): _role_id(role) for user, role in (members or {}).items()}
            project = self._store.projects.insert(name, owner_id, {"public": str(public).lower()}, -1)
            for user_id, role_id in roles.items():
                self._store.projects.add_member(project.project_id, "u", user_id, role_id)
            return project.project_id

    def add_member(self, project: int | str, user: int | str, role: int | str) -> int:
        """Make a user a member of a project, or change the role of one.

        Args:
            project: the ID (`int`) or name (`str`).
            user: the ID (`int`) or name (`str`).
            role: such as ``developer`` or ``project_admin``, or its ID.

        Returns:
            The member's ID.
        """
        with self._store.lock:
            project_id = self._project(project).project_id
            return self._store.projects.add_member(project_id, "u", self._user_id(user), _role_id(role)).member_id

    def members(self, project: int | str) -> dict[str, str]:
        """The users in a project and their roles, by username."""
        with self._store.lock:
            members = self._store.projects.of_project(self._project(project).project_id)
            users = [(self._store.users[each.entity_id], each) for each in members if each.entity_type == "u"]
            return {user.username: ROLES.get(member.role_id, "") for user, member in users}

    def set_repositories(self, project: int | str, count: int) -> None:
        """Set the number of a project's repositories: while there are any, Harbor refuses to delete it."""
        self._project(project).repo_count = count

    def user(self, username: str) -> dict[str, Any] | None:
        """The user with exactly this name, as the API would show it; None if there is none."""
        with self._store.lock:
            user = self._store.by_username(username)
            return None if user is None else shown_user(user)

    @property
    def usernames(self) -> list[str]:
        """The names of all users who are not deleted, in order of ID, without the built-in administrator."""
        with self._store.lock:
            return [user.username for user in self._store.present() if user.user_id != ADMIN_ID]

    def _project(self, project: int | str) -> Project:
        found = self._store.projects.find(str(project), project if isinstance(project, int) else None)
        if found is None:
            raise ValueError(f"there is no project {project!r}")
        return found

    def _user_id(self, user: int | str) -> int:
        found = self._store.row(user) if isinstance(user, int) else self._store.by_username(user)
        if found is None or found.deleted:
            raise ValueError(f"there is no user {user!r}")
        return found.user_id

    def _password(self, name: str, given: str | None) -> str:
        """The password of an account: as given, or which of the default ones it has."""
        if given is not None:
            return given
        robot = self._store.robots.get(name)
        accounts: list[User | Robot] = [robot] if robot else [*self._store.matching(name)]
        if not accounts:
            raise ValueError(f"there is no user or robot {name!r}")
        for candidate in (DEFAULT_PASSWORD, ADMIN_PASSWORD):
            if self._store.has_password(accounts[0], candidate):
                return candidate
        raise ValueError(f"the password of {name!r} is kept only as a hash: give it to configuration() as password")


def _role_id(role: int | str) -> int:
    """The id of a role, by id or by name in any of Harbor's spellings."""
    for role_id, name in ROLES.items():
        if role == role_id or (isinstance(role, str) and role.replace("_", "").lower() == name.lower()):
            return role_id
    raise ValueError(f"no such role: {role}; there are {', '.join(ROLES.values())}")
