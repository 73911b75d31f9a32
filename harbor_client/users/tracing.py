"""Sends an ``X-Request-Id`` with each call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from harbor_client.api._operation import Api

#: A text, or a function that makes one for each call.
RequestId: TypeAlias = str | Callable[[], str]


class Traced:
    """A ``UserApi``, or other operations, that send an ``X-Request-Id`` with each call."""

    def __init__(self, api: Api, request_id: RequestId, sent: threading.local | None = None) -> None:
        self._api = api
        self._request_id = request_id
        self._sent = sent or threading.local()

    def beside(self, api: Api) -> Traced:
        """Other operations that share the request id."""
        return Traced(api, self._request_id, self._sent)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._api, name)
        if not callable(method) or name == "api_client":
            return method

        def call(*args: Any, **keywords: Any) -> Any:
            return method(*args, **keywords, x_request_id=self.new_request_id())

        return call

    def new_request_id(self) -> str:
        """The id to send next."""
        request_id = self._request_id if isinstance(self._request_id, str) else self._request_id()
        self._sent.last = request_id
        return request_id

    @property
    def last_request_id(self) -> str | None:
        """The id that this thread sent last."""
        return getattr(self._sent, "last", None)
