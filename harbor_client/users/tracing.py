"""Sends an ``X-Request-Id`` with each call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from harbor_client.api.user_api import UserApi

#: A text, or a function that makes one for each call.
RequestId: TypeAlias = str | Callable[[], str]


class Traced:
    """A ``UserApi`` that sends an ``X-Request-Id`` with each call."""

    def __init__(self, api: UserApi, request_id: RequestId) -> None:
        self._api = api
        self._request_id = request_id
        self._sent = threading.local()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._api, name)
        if not callable(method) or name == "api_client":
            return method

        def call(*args: Any, **keywords: Any) -> Any:
            request_id = self._request_id if isinstance(self._request_id, str) else self._request_id()
            self._sent.last = request_id
            return method(*args, **keywords, x_request_id=request_id)

        return call

    @property
    def last_request_id(self) -> str | None:
        """The id that this thread sent last."""
        return getattr(self._sent, "last", None)
