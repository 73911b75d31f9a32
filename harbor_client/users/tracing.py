"""Sends an ``X-Request-Id`` with each call."""

import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from harbor_client.api._operation import Api

#: A text, or a function that makes one for each call.
RequestId: TypeAlias = str | Callable[[], str]


class Traced:
    """A ``UserApi``, or other operations, that send an ``X-Request-Id`` with each call, if there is one."""

    def __init__(self, api: Api, request_id: RequestId | None, sent: threading.local | None = None) -> None:
        self.api_client = api.api_client
        self._api = api
        self._request_id = request_id
        self._sent = sent or threading.local()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._api, name)
        return lambda *args, **options: method(*args, **options, x_request_id=self.new_request_id())

    def __reduce__(self) -> tuple[Any, ...]:
        return Traced, (self._api, self._request_id)  # what a thread has sent is not copied

    def beside(self, api: Api) -> Any:
        """Other operations that share the request id."""
        return Traced(api, self._request_id, self._sent)

    def new_request_id(self) -> str | None:
        """The id to send next."""
        self._sent.last = self._request_id() if callable(self._request_id) else self._request_id
        return self.last_request_id

    @property
    def last_request_id(self) -> str | None:
        """The id that this thread sent last."""
        return getattr(self._sent, "last", None)
