"""Forms, and files in forms and responses, for operations that have them."""

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

_NAME = re.compile(r"filename=([\"']?)(?P<name>.*?)\1(?:[;\s]|$)", re.IGNORECASE)


def save(response: Any, folder: str | os.PathLike[str] | None) -> str:
    """Write a response's body to a file in a folder, and return its path.

    The file gets the name that the response suggests, or a new one; it is in that folder whatever the response says.
    """
    folder = folder or tempfile.gettempdir()
    suggested = _NAME.search(response.getheader("Content-Disposition") or "")
    name = re.split(r"[/\\]", suggested["name"])[-1].strip("\"'").replace("\0", "") if suggested else ""
    body = getattr(response, "raw", response).data
    if name in ("", ".", ".."):
        handle, path = tempfile.mkstemp(dir=folder)
        os.close(handle)
    else:
        path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(body if isinstance(body, bytes) else str(body or "").encode())
    return path


def form_fields(post_params: Any, files: Mapping[str, Any] | None) -> Any:
    """The fields of a form, with files added as (name, (file name, content, type))."""
    fields = post_params or []
    if not files:
        return fields
    import mimetypes

    fields = list(fields.items()) if isinstance(fields, dict) else list(fields)
    for field, paths in files.items():
        for path in (paths if isinstance(paths, list) else [paths]) if paths else ():
            name = os.path.basename(path)
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            with open(path, "rb") as file:
                fields.append((field, (name, file.read(), kind)))
    return fields


def sanitize(fields: Any, convert: Callable[[Any], Any]) -> list[tuple[Any, Any]]:
    """The fields of a form as pairs of values that can be sent; bytes are kept, also in the tuples of files."""

    def whole(value: Any) -> Any:
        if isinstance(value, bytes):
            return value
        if isinstance(value, (list, tuple)):
            return (list if isinstance(value, list) else tuple)(map(whole, value))
        return convert(value)

    return [(name, whole(value)) for name, value in (fields.items() if isinstance(fields, dict) else fields)]


def encode(headers: dict[str, Any], body: Any, post_params: Any) -> bytes | None:
    """The body of a request that is not JSON: form fields as a form, text and bytes as they are.

    May complete ``headers["Content-Type"]`` with the boundary of a form.
    """
    kind = str(headers["Content-Type"])
    if kind == "application/x-www-form-urlencoded":
        return urlencode(post_params or {}).encode()
    if kind == "multipart/form-data":
        from urllib3 import encode_multipart_formdata

        data, headers["Content-Type"] = encode_multipart_formdata(post_params or {})
        return data
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if body is None and not post_params:
        return None
    raise ValueError("Cannot prepare a request message for provided arguments: they do not match the content type")
