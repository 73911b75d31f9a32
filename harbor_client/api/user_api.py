"""The users of a Harbor: eleven operations.

Every method has a twin, ``*_with_http_info``, that returns (value, status, headers). All take these options by keyword:

* ``x_request_id``: sent as ``X-Request-Id``, which appears in Harbor's logs.
* ``async_req=True``: call in the background, and return an object with ``get(timeout)``, ``ready()``, ``wait()`` and
  ``successful()``.
* ``_request_timeout``: seconds for the whole call, or the pair (connect, read).
* ``_preload_content=False``: return urllib3's response instead of the value.
* ``_return_http_data_only=True``: make a twin return the value alone.

If a call fails, it raises an :class:`~harbor_client.ApiException`. Wrong arguments raise ``ValueError`` or
``TypeError`` before anything is sent.
Where a docstring names no version, it holds for Harbor 2.3 to 2.16.
"""

# What a call returns depends on its options: type checkers read the overloads in user_api.pyi.
# pyright: reportReturnType=false

from __future__ import annotations

from typing import Any

from harbor_client import models
from harbor_client.api._operation import Api, delete, get, post, put
from harbor_client.api._parameters import Body, Flag, Id, Number, PageSize, Query, Text
from harbor_client.api_client import ApiClient


class UserApi(Api):
    """The operations on users.

    Args:
        api_client: the client to call with; by default, a new one with the default configuration.
    """

    def __init__(self, api_client: ApiClient | None = None) -> None:
        super().__init__(ApiClient() if api_client is None else api_client)

    @post("/users")
    def create_user(self, user_req: Body[models.UserCreationReq], **options: Any) -> None:
        """Create a local user.

        The ID of the new user is in the ``Location`` header, which the twin returns; ``Users.create`` returns the ID.

        Args:
            user_req: the new user; Harbor requires a password, an email address, a full name and a username.

        Raises:
            ApiException: among others ConflictException (the username or the email address is taken),
                BadRequestException (Harbor rejects a value), ForbiddenException (the caller is not an administrator, or
                Harbor's users are not in its own database).
        """

    @delete("/users/{user_id}")
    def delete_user(self, user_id: Id, **options: Any) -> None:
        """Delete a user. The username can then be used again, with a new ID.

        Args:
            user_id: the ID of the user.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException (the caller is not an administrator; the
                caller and the user with ID 1 cannot be deleted).
        """

    @get("/users/current")
    def get_current_user_info(self, **options: Any) -> models.UserResp:
        """Get the user who is calling.

        Raises:
            ApiException: among others UnauthorizedException, PreconditionFailedException (the caller is a robot
                account).
        """

    @get("/users/current/permissions")
    def get_current_user_permissions(
        self, *, scope: Text | None = None, relative: Flag = None, **options: Any
    ) -> list[models.Permission]:
        """List what the caller may do in a scope.

        Args:
            scope: ``/system`` or ``/project/<id>``; without one, Harbor lists nothing.
            relative: whether to name resources relative to the scope.

        Raises:
            ApiException: among others UnauthorizedException.
        """

    @get("/users/{user_id}")
    def get_user(self, user_id: Id, **options: Any) -> models.UserResp:
        """Get a user.

        Args:
            user_id: the ID of the user.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException (the caller is neither an administrator nor
                that user); ServiceException with an empty body if the caller is not logged in (Harbor 2.15 and later).
        """

    @get("/users")
    def list_users(
        self, *, q: Query = None, sort: Query = None, page: Number = None, page_size: PageSize = None, **options: Any
    ) -> list[models.UserResp]:
        """List users, one page at a time; never the built-in administrator (ID 1). ``Users.iterate`` returns all.

        Args:
            q: a filter such as ``username=~ali``; see ``harbor_client.query``. Harbor ignores unknown fields.
            sort: the fields to sort by, each with ``-`` for descending order; by default ``username``.
            page: the page number, from 1; by default 1.
            page_size: users per page, at most 100; by default 10.

        Raises:
            ApiException: among others ForbiddenException (the caller is not an administrator), BadRequestException
                (Harbor does not understand ``q``).
        """

    @get("/users/search")
    def search_users(
        self, username: Text, *, page: Number = None, page_size: PageSize = None, **options: Any
    ) -> list[models.UserSearchRespItem]:
        """Search users by part of the username. Any logged-in user may search; ``Users.find`` finds exactly one.

        Args:
            username: a part of the username.
            page: the page number, from 1; Harbor 2.14.2 and later ignore it.
            page_size: users per page, at most 100.

        Raises:
            ApiException: among others UnauthorizedException, UnprocessableEntityException (``username`` is empty).
        """

    @put("/users/{user_id}/cli_secret")
    def set_cli_secret(self, user_id: Id, secret: Body[models.OIDCCliSecretReq], **options: Any) -> None:
        """Set the CLI secret of a user who signs in through an OIDC provider.

        Args:
            user_id: the ID of the user.
            secret: the new secret; if it is empty, Harbor generates a random one.

        Raises:
            ApiException: among others PreconditionFailedException (Harbor is not in OIDC mode), BadRequestException
                (the secret is too weak), NotFoundException.
        """

    @put("/users/{user_id}/sysadmin")
    def set_user_sys_admin(self, user_id: Id, sysadmin_flag: Body[models.UserSysAdminFlag], **options: Any) -> None:
        """Make a user a system administrator, or an ordinary user again.

        Args:
            user_id: the ID of the user.
            sysadmin_flag: which of the two.

        Raises:
            ApiException: among others NotFoundException, ForbiddenException.
        """

    @put("/users/{user_id}/password")
    def update_user_password(self, user_id: Id, password: Body[models.PasswordReq], **options: Any) -> None:
        """Change a password. Changing one's own requires the old one, even for administrators.

        Args:
            user_id: the ID of the user.
            password: the new password, and the old one.

        Raises:
            ApiException: among others BadRequestException (the password is too weak, or is the current one),
                ForbiddenException (the old password is wrong), NotFoundException.
        """

    @put("/users/{user_id}")
    def update_user_profile(self, user_id: Id, profile: Body[models.UserProfile], **options: Any) -> None:
        """Replace a user's profile: what is left out is erased. ``Users.patch`` changes single fields.

        Args:
            user_id: the ID of the user.
            profile: the email address, the full name and the comment.

        Raises:
            ApiException: among others BadRequestException, NotFoundException, ForbiddenException; ServiceException
                (500) if the email address belongs to another user.
        """
