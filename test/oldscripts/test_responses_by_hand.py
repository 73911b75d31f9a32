"""Responses that tests of scripts make by hand."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from harbor_client import ApiClient, Configuration
from harbor_client.rest import RESTResponse


@pytest.mark.parametrize(
    ("data", "text", "saved"), [("é", "é", b"\xc3\xa9"), (b"x", "x", b"x"), ("", "", b""), (None, "", b"")]
)
def test_text_and_bytes(data: str | bytes | None, text: str, saved: bytes, tmp_path: Path) -> None:
    raw = SimpleNamespace(status=200, reason="OK", data=data, getheaders=lambda: {"A": "b"})
    response = RESTResponse(raw)
    assert response.data == text
    configuration = Configuration()
    configuration.temp_folder_path = str(tmp_path)
    assert Path(ApiClient(configuration).deserialize(response, "file")).read_bytes() == saved
    assert response.getheader("a") == "b"
