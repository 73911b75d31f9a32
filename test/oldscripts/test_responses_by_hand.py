"""Responses that tests of scripts make by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from harbor_client.rest import RESTResponse


@pytest.mark.parametrize(
    ("data", "text", "body"), [("é", "é", b"\xc3\xa9"), (b"x", "x", b"x"), ("", "", b""), (None, "", b"")]
)
def test_text_and_bytes(data: str | bytes | None, text: str, body: bytes) -> None:
    raw = SimpleNamespace(status=200, reason="OK", data=data, getheaders=lambda: {"A": "b"})
    response = RESTResponse(raw)
    assert (response.data, response.body) == (text, body)
    assert response.getheader("a") == "b"
