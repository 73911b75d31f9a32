"""The users of a Harbor: eleven operations, a method and a line of data each.

Every method has a twin ``*_with_http_info`` that gives (value, status, headers), and takes these options by
keyword:

* ``async_req=True``: call in the background; gives an object with ``get(timeout)``, ``ready()``, ``wait()`` and
  ``successful()``.
* ``_request_timeout``: seconds for the whole call, or the pair (connect, read).
* ``_preload_content=False``: give urllib3's response in the place of the value.
* ``_return_http_data_only=True``: of a twin, give the value alone.

``x_request_id`` is sent as ``X-Request-Id`` and stands in Harbor's logs. Every failure of a call is an
:class:`~harbor_client.ApiException`; wrong arguments are a ``ValueError`` or ``TypeError``, and nothing is sent
then.
Where a docstring names no version, Harbor 2.3 to 2.16 behaves like that.
"""

# What a twin gives depends on its options: type checkers read the overloads in user_api.pyi.
# pyright: reportReturnType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from harbor_client.api import _operation
from harbor_client.api._operation import Api, Operation, Parameter, plain
from harbor_client.api_client import ApiClient

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, SupportsIndex

    from urllib3 import HTTPHeaderDict

    from harbor_client.models import (
        OIDCCliSecretReq,
        PasswordReq,
        Permission,
        UserCreationReq,
        UserProfile,
        UserResp,
        UserSearchRespItem,
        UserSysAdminFlag,
    )
    from harbor_client.query import Query, Sort

    UserId = SupportsIndex | str
    QueryText = Query | str | None
    SortText = Sort | str | None

__all__ = ["ApiClient", "UserApi"]

_USER_ID = Parameter("user_id", "path", "user_id", _operation.integer, required=True)
_REQUEST_ID = Parameter("x_request_id", "header", "X-Request-Id", _operation.nonempty)
_Q = Parameter("q", "query", "q", _operation.expression)
_SORT = Parameter("sort", "query", "sort", _operation.expression)
_PAGE = Parameter("page", "query", "page", _operation.integer)
_PAGE_SIZE = Parameter("page_size", "query", "page_size", _operation.page_size)
_SCOPE = Parameter("scope", "query", "scope", _operation.text)
_RELATIVE = Parameter("relative", "query", "relative", _operation.truth)
_USERNAME = Parameter("username", "query", "username", _operation.text, required=True)


def _body(name: str) -> Parameter:
    return Parameter(name, "body", name, _operation.model, required=True)


_CREATE_USER = Operation("create_user", "POST", "/users", (_body("user_req"), _REQUEST_ID))
_DELETE_USER = Operation("delete_user", "DELETE", "/users/{user_id}", (_USER_ID, _REQUEST_ID))
_GET_CURRENT_USER_INFO = Operation("get_current_user_info", "GET", "/users/current", (_REQUEST_ID,), "UserResp")
_GET_CURRENT_USER_PERMISSIONS = Operation(
    "get_current_user_permissions",
    "GET",
    "/users/current/permissions",
    (_REQUEST_ID, _SCOPE, _RELATIVE),
    "list[Permission]",
)
_GET_USER = Operation("get_user", "GET", "/users/{user_id}", (_USER_ID, _REQUEST_ID), "UserResp")
_LIST_USERS = Operation("list_users", "GET", "/users", (_REQUEST_ID, _Q, _SORT, _PAGE, _PAGE_SIZE), "list[UserResp]")
_SEARCH_USERS = Operation(
    "search_users", "GET", "/users/search", (_REQUEST_ID, _PAGE, _PAGE_SIZE, _USERNAME), "list[UserSearchRespItem]"
)
_SET_CLI_SECRET = Operation(
    "set_cli_secret", "PUT", "/users/{user_id}/cli_secret", (_USER_ID, _body("secret"), _REQUEST_ID)
)
_SET_USER_SYS_ADMIN = Operation(
    "set_user_sys_admin", "PUT", "/users/{user_id}/sysadmin", (_USER_ID, _body("sysadmin_flag"), _REQUEST_ID)
)
_UPDATE_USER_PASSWORD = Operation(
    "update_user_password", "PUT", "/users/{user_id}/password", (_USER_ID, _body("password"), _REQUEST_ID)
)
_UPDATE_USER_PROFILE = Operation(
    "update_user_profile", "PUT", "/users/{user_id}", (_USER_ID, _body("profile"), _REQUEST_ID)
)


class UserApi(Api):
    """The operations on users.

    Args:
        api_client: the client; one with the default settings if not given.
    """

    def __init__(self, api_client: ApiClient | None = None) -> None:
        super().__init__(ApiClient() if api_client is None else api_client)

    def create_user(
        self, user_req: UserCreationReq | Mapping[str, Any], x_request_id: str | None = None, **options: Any
    ) -> None:
        """Create a local user. Its id is in the answer's ``Location`` header (see the twin), or comes from
        ``Users.create``.

        Args:
            user_req: the new user; password, e-mail address, real name and user name are required by the server.

        Raises:
            ApiException: among others ConflictException (name or e-mail address taken), BadRequestException (a
                value that the server refuses), ForbiddenException (not an administrator, or not in database mode).
        """
        return self.create_user_with_http_info(user_req, **plain(options, x_request_id=x_request_id))

    def create_user_with_http_info(
        self, user_req: UserCreationReq | Mapping[str, Any], x_request_id: str | None = None, **options: Any
    ) -> tuple[None, int, HTTPHeaderDict]:
        """:meth:`create_user`, with status and headers."""
        return self._send(_CREATE_USER, options, user_req, x_request_id)

    def delete_user(self, user_id: UserId, x_request_id: str | None = None, **options: Any) -> None:
        """Delete a user. The name can be used again, under a new id.

        Args:
            user_id: the user's id.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException (not an administrator; oneself and id 1
                cannot be deleted).
        """
        return self.delete_user_with_http_info(user_id, **plain(options, x_request_id=x_request_id))

    def delete_user_with_http_info(
        self, user_id: UserId, x_request_id: str | None = None, **options: Any
    ) -> tuple[None, int, HTTPHeaderDict]:
        """:meth:`delete_user`, with status and headers."""
        return self._send(_DELETE_USER, options, user_id, x_request_id)

    def get_current_user_info(self, x_request_id: str | None = None, **options: Any) -> UserResp:
        """Read the user who calls.

        Raises:
            ApiException: among others UnauthorizedException, PreconditionFailedException (the caller is a robot
                account).
        """
        return self.get_current_user_info_with_http_info(**plain(options, x_request_id=x_request_id))

    def get_current_user_info_with_http_info(
        self, x_request_id: str | None = None, **options: Any
    ) -> tuple[UserResp, int, HTTPHeaderDict]:
        """:meth:`get_current_user_info`, with status and headers."""
        return self._send(_GET_CURRENT_USER_INFO, options, x_request_id)

    def get_current_user_permissions(
        self, x_request_id: str | None = None, scope: str | None = None, relative: bool | None = None, **options: Any
    ) -> list[Permission]:
        """List what the caller may do in a scope.

        Args:
            scope: ``/system`` or ``/project/<id>``; nothing is permitted without one.
            relative: give resources relative to the scope.

        Raises:
            ApiException: among others UnauthorizedException.
        """
        return self.get_current_user_permissions_with_http_info(
            **plain(options, x_request_id=x_request_id, scope=scope, relative=relative)
        )

    def get_current_user_permissions_with_http_info(
        self, x_request_id: str | None = None, scope: str | None = None, relative: bool | None = None, **options: Any
    ) -> tuple[list[Permission], int, HTTPHeaderDict]:
        """:meth:`get_current_user_permissions`, with status and headers."""
        return self._send(_GET_CURRENT_USER_PERMISSIONS, options, x_request_id, scope, relative)

    def get_user(self, user_id: UserId, x_request_id: str | None = None, **options: Any) -> UserResp:
        """Read a user.

        Args:
            user_id: the user's id.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException (neither administrator nor oneself);
                ServiceException with an empty body where Harbor 2.15 and later does not know the caller.
        """
        return self.get_user_with_http_info(user_id, **plain(options, x_request_id=x_request_id))

    def get_user_with_http_info(
        self, user_id: UserId, x_request_id: str | None = None, **options: Any
    ) -> tuple[UserResp, int, HTTPHeaderDict]:
        """:meth:`get_user`, with status and headers."""
        return self._send(_GET_USER, options, user_id, x_request_id)

    def list_users(
        self,
        x_request_id: str | None = None,
        q: QueryText = None,
        sort: SortText = None,
        page: UserId | None = None,
        page_size: UserId | None = None,
        **options: Any,
    ) -> list[UserResp]:
        """List users, a page of them; never the built-in administrator (id 1). ``Users.iterate`` gives all.

        Args:
            q: filter, such as ``username=~ali``; see ``harbor_client.query``. Unknown fields are ignored by the
                server.
            sort: fields to sort by, ``-`` for descending; by default ``username``.
            page: page number, from 1; the server's default is 1.
            page_size: users a page, at most 100; the server's default is 10.

        Raises:
            ApiException: among others ForbiddenException (not an administrator), BadRequestException (``q`` not
                understood).
        """
        return self.list_users_with_http_info(
            **plain(options, x_request_id=x_request_id, q=q, sort=sort, page=page, page_size=page_size)
        )

    def list_users_with_http_info(
        self,
        x_request_id: str | None = None,
        q: QueryText = None,
        sort: SortText = None,
        page: UserId | None = None,
        page_size: UserId | None = None,
        **options: Any,
    ) -> tuple[list[UserResp], int, HTTPHeaderDict]:
        """:meth:`list_users`, with status and headers."""
        return self._send(_LIST_USERS, options, x_request_id, q, sort, page, page_size)

    def search_users(
        self,
        username: str,
        x_request_id: str | None = None,
        page: UserId | None = None,
        page_size: UserId | None = None,
        **options: Any,
    ) -> list[UserSearchRespItem]:
        """Search users by a part of their name; any caller who is logged in may. ``Users.find`` finds exactly one.

        Args:
            username: the part of the name.
            page: page number, from 1; Harbor 2.14.2 and later ignores it.
            page_size: users a page, at most 100.

        Raises:
            ApiException: among others UnauthorizedException, UnprocessableEntityException (an empty name).
        """
        return self.search_users_with_http_info(
            username, **plain(options, x_request_id=x_request_id, page=page, page_size=page_size)
        )

    def search_users_with_http_info(
        self,
        username: str,
        x_request_id: str | None = None,
        page: UserId | None = None,
        page_size: UserId | None = None,
        **options: Any,
    ) -> tuple[list[UserSearchRespItem], int, HTTPHeaderDict]:
        """:meth:`search_users`, with status and headers."""
        return self._send(_SEARCH_USERS, options, x_request_id, page, page_size, username)

    def set_cli_secret(
        self,
        user_id: UserId,
        secret: OIDCCliSecretReq | Mapping[str, Any],
        x_request_id: str | None = None,
        **options: Any,
    ) -> None:
        """Set the CLI secret of a user who comes from an OIDC provider.

        Args:
            user_id: the user's id.
            secret: the new secret; an empty one makes a random one.

        Raises:
            ApiException: among others PreconditionFailedException (Harbor is not in OIDC mode), BadRequestException
                (too weak), NotFoundException.
        """
        return self.set_cli_secret_with_http_info(user_id, secret, **plain(options, x_request_id=x_request_id))

    def set_cli_secret_with_http_info(
        self,
        user_id: UserId,
        secret: OIDCCliSecretReq | Mapping[str, Any],
        x_request_id: str | None = None,
        **options: Any,
    ) -> tuple[None, int, HTTPHeaderDict]:
        """:meth:`set_cli_secret`, with status and headers."""
        return self._send(_SET_CLI_SECRET, options, user_id, secret, x_request_id)

    def set_user_sys_admin(
        self,
        user_id: UserId,
        sysadmin_flag: UserSysAdminFlag | Mapping[str, Any],
        x_request_id: str | None = None,
        **options: Any,
    ) -> None:
        """Make a user a system administrator, or an ordinary one again.

        Args:
            user_id: the user's id.
            sysadmin_flag: the flag.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException.
        """
        return self.set_user_sys_admin_with_http_info(
            user_id, sysadmin_flag, **plain(options, x_request_id=x_request_id)
        )

    def set_user_sys_admin_with_http_info(
        self,
        user_id: UserId,
        sysadmin_flag: UserSysAdminFlag | Mapping[str, Any],
        x_request_id: str | None = None,
        **options: Any,
    ) -> tuple[None, int, HTTPHeaderDict]:
        """:meth:`set_user_sys_admin`, with status and headers."""
        return self._send(_SET_USER_SYS_ADMIN, options, user_id, sysadmin_flag, x_request_id)

    def update_user_password(
        self,
        user_id: UserId,
        password: PasswordReq | Mapping[str, Any],
        x_request_id: str | None = None,
        **options: Any,
    ) -> None:
        """Change a password. One's own needs the old one, for administrators as well.

        Args:
            user_id: the user's id.
            password: the new password, and the old one.

        Raises:
            ApiException: among others BadRequestException (too weak, or the present one), ForbiddenException (wrong
                old one), NotFoundException.
        """
        return self.update_user_password_with_http_info(user_id, password, **plain(options, x_request_id=x_request_id))

    def update_user_password_with_http_info(
        self,
        user_id: UserId,
        password: PasswordReq | Mapping[str, Any],
        x_request_id: str | None = None,
        **options: Any,
    ) -> tuple[None, int, HTTPHeaderDict]:
        """:meth:`update_user_password`, with status and headers."""
        return self._send(_UPDATE_USER_PASSWORD, options, user_id, password, x_request_id)

    def update_user_profile(
        self, user_id: UserId, profile: UserProfile | Mapping[str, Any], x_request_id: str | None = None, **options: Any
    ) -> None:
        """Replace a user's profile: what is left out is erased. ``Users.patch`` changes single fields.

        Args:
            user_id: the user's id.
            profile: e-mail address, real name and comment.

        Raises:
            ApiException: among others BadRequestException, NotFoundException, ForbiddenException; ServiceException
                (500) where the e-mail address is another user's.
        """
        return self.update_user_profile_with_http_info(user_id, profile, **plain(options, x_request_id=x_request_id))

    def update_user_profile_with_http_info(
        self, user_id: UserId, profile: UserProfile | Mapping[str, Any], x_request_id: str | None = None, **options: Any
    ) -> tuple[None, int, HTTPHeaderDict]:
        """:meth:`update_user_profile`, with status and headers."""
        return self._send(_UPDATE_USER_PROFILE, options, user_id, profile, x_request_id)
