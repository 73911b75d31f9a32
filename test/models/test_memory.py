"""A decoded user takes no more memory than the dictionary it was made from."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

from harbor_client.models._schema.decode import decoder

ROWS = 2_000


def document() -> str:
    rows = [
        {
            "admin_role_in_auth": False,
            "comment": f"from directory {number}",
            "creation_time": f"2026-11-24T03:45:{number % 60:02}.123Z",
            "email": f"user{number}@example.com",
            "realname": f"User {number}",
            "sysadmin_flag": False,
            "update_time": f"2026-11-24T03:45:{number % 60:02}.456Z",
            "user_id": number + 1_000,
            "username": f"user{number}",
        }
        for number in range(ROWS)
    ]
    return json.dumps(rows)


def bytes_held(make: Callable[[str], Any]) -> int:
    text = document()
    make(text)  # what is made once does not count
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = make(text)
        gc.collect()
        held = tracemalloc.get_traced_memory()[0] - before
        assert len(kept) == ROWS
    finally:
        tracemalloc.stop()
    return held


def test_a_decoded_user_is_no_larger_than_its_row() -> None:
    rows = bytes_held(json.loads)
    users = bytes_held(lambda text: decoder("list[UserResp]")(json.loads(text)))
    assert users <= rows
