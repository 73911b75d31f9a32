"""Files in answers and in forms, for operations that have them."""

from __future__ import annotations

import os
import re
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_QUOTED_NAME = re.compile(r"filename=\"([^\"]+)\"|filename='([^']+)'", re.IGNORECASE)
_BARE_NAME = re.compile(r"filename=([^'\";\s]+)", re.IGNORECASE)


def save(response: Any, folder: str | None) -> str:
    """Write an answer's body into a folder, under the name that it suggests or a fresh one; gives the path.

    Whatever the answer says, the file lies in that folder.
    """
    folder = folder or tempfile.gettempdir()
    disposition = response.getheader("Content-Disposition") or ""
    match = _QUOTED_NAME.search(disposition) or _BARE_NAME.search(disposition)
    suggested = next(filter(None, match.groups()), "") if match else ""
    name = re.split(r"[/\\]", suggested)[-1].replace("\0", "")
    body = getattr(response, "body", None)
    if body is None:
        data = response.data
        body = data if isinstance(data, bytes) else data.encode()
    if name in ("", ".", ".."):
        handle, path = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        return path
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(body)
    return path


def form_fields(post_params: Any, files: Mapping[str, Any] | None) -> Any:
    """The fields of a form, with files as (name, (file name, content, type)) added."""
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


def sanitized(fields: Any, sanitize: Callable[[Any], Any]) -> list[tuple[Any, Any]]:
    """The fields of a form as pairs of what can be sent; bytes stay what they are, also in the tuples of files."""

    def whole(value: Any) -> Any:
        if isinstance(value, bytes):
            return value
        if isinstance(value, (list, tuple)):
            return (list if isinstance(value, list) else tuple)(map(whole, value))
        return sanitize(value)

    return [(name, whole(value)) for name, value in (fields.items() if isinstance(fields, dict) else fields)]
