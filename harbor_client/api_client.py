"""Turns arguments into an HTTP request, and its response into a value: all operations go through here."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from harbor_client import rest
from harbor_client._compat import forms
from harbor_client._compat.async_calls import ThreadPool
from harbor_client._privacy.guard import guarded
from harbor_client._transport import content
from harbor_client._transport.transport import Gate
from harbor_client._version import __version__
from harbor_client.any_path import AnyPath
from harbor_client.configuration import Configuration
from harbor_client.models._schema.decode import decoder
from harbor_client.models._schema.encode import encode

__all__ = ["ApiClient", "Configuration"]

_DELIMITERS = {"ssv": " ", "tsv": "\t", "pipes": "|"}

#: Attributes that are neither copied nor pickled.
_OF_ONE_CLIENT = ("_pool", "_threads", "_gate", "rest_client", "last_response")


class ApiClient(AnyPath):
    """A client of Harbor's API: it holds the settings and the connections, and can call any path.

    Thread-safe. Call :meth:`close`, or use it in a ``with`` statement, to close its connections.

    Args:
        configuration: the settings, which are read at each call; by default, a copy of the default configuration.
        header_name: the name of a header to send with every request.
        header_value: the value of that header.
        cookie: the value of a ``Cookie`` header to send with every request. The server's cookies are never kept.
    """

    PRIMITIVE_TYPES: ClassVar[tuple[type, ...]] = (float, bool, bytes, str, int)
    NATIVE_TYPES_MAPPING: ClassVar[dict[str, type]] = {
        **{kind.__name__: kind for kind in (int, float, str, bool, datetime.date, datetime.datetime, object)},
        "long": int,
    }

    @guarded
    def __init__(
        self,
        configuration: Configuration | None = None,
        header_name: str | None = None,
        header_value: str | None = None,
        cookie: str | None = None,
    ) -> None:
        if configuration is None:
            configuration = Configuration()
        elif isinstance(configuration, type) or not all(hasattr(configuration, name) for name in ("host", "timeout")):
            raise TypeError(f"configuration: has to be a Configuration, not {type(configuration).__name__}")
        self.configuration = configuration
        self._pool: Any = None
        self._threads = ThreadPool(configuration.connection_pool_maxsize or 10, "async_req")
        self._gate = Gate()
        self.rest_client: rest.RESTClientObject = rest.RESTClientObject(configuration)
        self.default_headers: dict[str, Any] = {}
        if header_name is not None:
            self.default_headers[header_name] = header_value
        self.cookie = cookie
        self.client_side_validation: bool = configuration.client_side_validation
        #: The response to the last call that succeeded.
        self.last_response: Any = None
        self.user_agent = f"harbor-registry-client/{__version__}"

    def __getstate__(self) -> dict[str, Any]:
        """What a copy or a pickle takes along: the settings, but no connection, thread or response."""
        kept = {name: value for name, value in vars(self).items() if name not in _OF_ONE_CLIENT}
        return {**kept, "default_headers": dict(self.default_headers)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        ApiClient.__init__(self, state["configuration"])
        vars(self).update(state)

    def __enter__(self) -> ApiClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if "_threads" in vars(self):  # there are none if the constructor has failed
            self.pool.close()

    def close(self) -> None:
        """Close the idle connections, for good. Calls under way end; those of ``async_req`` that still wait fail."""
        self._threads.close()
        self.rest_client.close()

    def paused(self) -> AbstractContextManager[None]:
        """Make calls of other threads wait, to change the credentials in the meantime: ``with client.paused(): …``.

        Begins when all current calls have ended, or after ``configuration.timeout`` seconds.
        """
        return self._gate.closed(self.configuration.timeout)

    @property
    def pool(self) -> Any:
        """The threads of ``async_req`` (with ``apply_async``, ``close`` and ``join``), started when first needed."""
        return self._pool or self._threads

    @property
    def user_agent(self) -> Any:
        """The ``User-Agent`` field."""
        return self.default_headers["User-Agent"]

    @user_agent.setter
    def user_agent(self, value: str) -> None:
        self.default_headers["User-Agent"] = value

    def set_default_header(self, header_name: str, header_value: str) -> None:
        """Send a header field with every request; it takes precedence over one of the call's own."""
        self.default_headers[header_name] = header_value

    @guarded
    def call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Any = None,
        query_params: Any = None,
        header_params: Any = None,
        body: Any = None,
        post_params: Any = None,
        files: Any = None,
        response_type: Any = None,
        auth_settings: Iterable[str] | None = None,
        async_req: bool | None = None,
        _return_http_data_only: bool | None = None,
        collection_formats: dict[str, str] | None = None,
        _preload_content: bool | None = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Call any path of the API, in the way of the generated client; :meth:`call` is simpler.

        Args:
            resource_path: path after ``host``, with ``{name}`` for path parameters.
            method: the HTTP method.
            path_params, query_params, header_params: mappings or lists of pairs.
            body: a model, a dictionary, or anything JSON; text or bytes for other content types.
            post_params: fields of a form.
            files: files of a form: field name to path, or list of paths.
            response_type: what the response is decoded to: ``"UserResp"``, ``"list[UserResp]"``, ``"dict(str, int)"``,
                ``"str"``, ``"object"``, ``"file"``, a class, …; ``None`` for nothing.
            auth_settings: names of the ways to authenticate, ``["basic"]``.
            async_req: call in the background and return an object with ``get``, ``ready``, ``wait``, ``successful``.
            _return_http_data_only: return the value alone, not (value, status, headers).
            collection_formats: how lists are written, by parameter: csv, ssv, tsv, pipes or multi.
            _preload_content: ``False`` returns urllib3's response instead of the value.
            _request_timeout: seconds for the whole call, or the pair (connect, read).

        Raises:
            ApiException: the call failed.
            ValueError, TypeError: wrong arguments; nothing was sent.
        """
        what = (resource_path, method, path_params, query_params, header_params, body, post_params, files)
        how = (response_type, auth_settings, _return_http_data_only, collection_formats, _preload_content)
        if async_req:
            return self.pool.apply_async(guarded(self.__call_api), (*what, *how, _request_timeout))
        return self.__call_api(*what, *how, _request_timeout)

    # Scripts wrap this one under its mangled name.
    def __call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Any = None,
        query_params: Any = None,
        header_params: Any = None,
        body: Any = None,
        post_params: Any = None,
        files: Any = None,
        response_type: Any = None,
        auth_settings: Iterable[str] | None = None,
        _return_http_data_only: bool | None = None,
        collection_formats: dict[str, str] | None = None,
        _preload_content: bool | None = True,
        _request_timeout: Any = None,
    ) -> Any:
        headers = self._headers(header_params, collection_formats)
        path = self._path(resource_path, path_params, collection_formats) if path_params else resource_path
        query = self._query(query_params, collection_formats) if query_params else []
        if post_params or files:
            fields = self.prepare_post_parameters(post_params, files)
            fields = forms.sanitize(fields, self.sanitize_for_serialization)
            post_params = self.parameters_to_tuples(fields, collection_formats)
        if body:
            body = self.sanitize_for_serialization(body)
        with self._gate:
            self.update_params_for_auth(headers, query, auth_settings)
            url = self.configuration.host + path
            options = {"_preload_content": _preload_content, "_request_timeout": _request_timeout}
            response = self.request(
                method, url, query_params=query, headers=headers, post_params=post_params, body=body, **options
            )
        self.last_response = response
        # A script's own `deserialize` is not called without a type.
        decode = self.deserialize if response_type else partial(ApiClient.deserialize, self)
        data = decode(response, response_type) if _preload_content else response
        if _return_http_data_only:
            return data
        return data, response.status, response.getheaders()

    def _headers(self, header_params: Any, formats: dict[str, str] | None) -> dict[str, Any]:
        given = dict(header_params or ())
        pairs = self.parameters_to_tuples(given, formats) if formats else given.items()
        headers: dict[str, tuple[str, Any]] = {}  # by name in lower case
        for name, value in (*pairs, *self.default_headers.items(), ("Cookie", self.cookie or None)):
            if value is not None:
                value = value if value.__class__ is str else self.sanitize_for_serialization(value)
                headers[name.lower()] = name, value
        return dict(headers.values())

    def _path(self, template: str, path_params: Any, formats: dict[str, str] | None) -> str:
        if formats:
            path_params = self.parameters_to_tuples(self.sanitize_for_serialization(path_params), formats)
        pairs = path_params.items() if isinstance(path_params, dict) else path_params
        for name, value in pairs:
            if value.__class__ is not int and value.__class__ is not str:
                value = self.sanitize_for_serialization([value])[0]
            if value is None:
                raise ValueError(f"Missing the required parameter `{name}`")
            segment = quote(str(value), safe=self.configuration.safe_chars_for_path_param)
            if not segment or ".." in segment.split("/") or "." in segment.split("/"):
                raise ValueError(f"Invalid value for parameter `{name}`: it would lead to another path")
            template = template.replace(f"{{{name}}}", segment)
        return template

    def _query(self, query_params: Any, formats: dict[str, str] | None) -> list[tuple[str, Any]]:
        given = query_params.items() if isinstance(query_params, dict) else query_params
        pairs = [(name, self.sanitize_for_serialization(value)) for name, value in given if value is not None]
        return self.parameters_to_tuples(pairs, formats)

    @guarded
    def request(
        self,
        method: str,
        url: str,
        query_params: Any = None,
        headers: Any = None,
        post_params: Any = None,
        body: Any = None,
        _preload_content: bool | None = True,
        _request_timeout: Any = None,
    ) -> Any:
        """Pass a request to the method of ``rest_client`` that is named after its HTTP method.

        Raises:
            ApiException: the call failed.
            ValueError: there is no such method.
        """
        if method not in ("GET", "HEAD", "OPTIONS", "POST", "PATCH", "PUT", "DELETE"):
            raise ValueError("http method must be `GET`, `HEAD`, `OPTIONS`, `POST`, `PATCH`, `PUT` or `DELETE`.")
        keywords = {"query_params": query_params, "headers": headers, "_preload_content": _preload_content}
        keywords["_request_timeout"] = _request_timeout
        if method not in ("GET", "HEAD"):
            keywords["body"] = body
            if method != "DELETE":
                keywords["post_params"] = post_params
        return getattr(self.rest_client, method)(url, **keywords)

    @guarded
    def sanitize_for_serialization(self, obj: Any) -> Any:
        """A value as JSON can hold it: models become dictionaries of what is set, dates ISO 8601 text."""
        if obj is None or isinstance(obj, self.PRIMITIVE_TYPES):
            return obj
        is_own = getattr(self.sanitize_for_serialization, "__func__", None) is ApiClient.sanitize_for_serialization
        return encode(obj, None if is_own else self.sanitize_for_serialization)

    @guarded
    def deserialize(self, response: Any, response_type: Any) -> Any:
        """Decode a response.

        Args:
            response: anything with the body as ``data``.
            response_type: as in :meth:`call_api`; without one the response may be anything but an HTML page.

        Raises:
            UnexpectedResponseException: the body is not of the type; says what was expected and found where.
        """
        if not response_type:
            content.refuse_page(response)
            return None
        if response_type == "file":
            return forms.save(response, self.configuration.temp_folder_path)
        return content.decode(response, response_type)

    @guarded
    def __deserialize(self, data: Any, klass: Any) -> Any:
        # Scripts call this one under its mangled name, with JSON that is parsed already.
        return None if data is None else decoder(klass)(data)

    @guarded
    def parameters_to_tuples(self, params: Any, collection_formats: dict[str, str] | None) -> list[tuple[Any, Any]]:
        """Parameters as pairs, with lists written in their collection formats."""
        pairs: list[tuple[Any, Any]] = []
        for name, value in params.items() if isinstance(params, dict) else params:
            style = (collection_formats or {}).get(name)
            if style is None:
                pairs.append((name, value))
            elif style == "multi":
                pairs.extend((name, item) for item in value)
            else:
                pairs.append((name, _DELIMITERS.get(style, ",").join(map(str, value))))
        return pairs

    @guarded
    def prepare_post_parameters(self, post_params: Any = None, files: Any = None) -> Any:
        """The fields of a form, with files added."""
        return forms.form_fields(post_params, files)

    def select_header_accept(self, accepts: Iterable[str] | None) -> str | None:
        """The ``Accept`` field for an operation that produces these content types: JSON if it can."""
        lowered = ", ".join(accepts or ()).lower()
        if not lowered:
            return None
        return "application/json" if "application/json" in lowered.split(", ") else lowered

    def select_header_content_type(self, content_types: Iterable[str] | None) -> str:
        """The ``Content-Type`` field for an operation that consumes these content types: JSON if it can."""
        lowered = [kind.lower() for kind in content_types or ()]
        if not lowered or "application/json" in lowered or "*/*" in lowered:
            return "application/json"
        return lowered[0]

    @guarded
    def update_params_for_auth(self, headers: Any, querys: Any, auth_settings: Iterable[str] | None) -> None:
        """Add the credentials to the header fields or the query parameters.

        Raises:
            ValueError: a script's own ``auth_settings()`` says neither header nor query.
        """
        for name in auth_settings or ():
            setting = (self.configuration.auth_settings() or {}).get(name)
            if not setting or not setting["value"]:
                continue
            if setting["in"] == "header":
                for present in [name for name in headers if name.lower() == setting["key"].lower()]:
                    del headers[present]
                headers[setting["key"]] = setting["value"]
            elif setting["in"] == "query":
                querys.append((setting["key"], setting["value"]))
            else:
                raise ValueError("Authentication token must be in `query` or `header`")
