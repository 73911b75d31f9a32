"""A server with ready responses in Harbor's exact form, as light as Python allows: what is measured is the client.

Run as a process of its own; it writes its ports as one line of JSON and ends when its standard input does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import ssl
import sys
from bisect import bisect_left, bisect_right
from urllib.parse import parse_qs, unquote

_PREFIX = b"/api/v2.0"
_RANGE = re.compile(r"user_id=\[([0-9]*)~([0-9]*)\]")
_LIST = re.compile(r"user_id=\{([0-9 ]*)\}")
_HEAD = (
    "HTTP/1.1 {status}\r\n{fields}Set-Cookie: sid=0123456789abcdef0123456789abcdef; Path=/; HttpOnly\r\n"
    "X-Request-Id: {request_id}\r\n{counts}Date: Tue, 24 Nov 2026 12:00:00 GMT\r\n{framing}\r\n\r\n"
)
_UUID = "6f1c0d5e-3a52-4c0e-9b63-1f6d0c8b7a11"
_JSON = "Content-Type: application/json\r\n"
_ERROR = "Content-Type: application/json; charset=utf-8\r\n"


def user_row(user_id: int) -> str:
    """A user as Harbor writes one: compact, keys in alphabetical order, times with three digits."""
    name = f"user{user_id:06d}"
    row = {
        "admin_role_in_auth": False,
        "comment": "made by a benchmark",
        "creation_time": f"2026-11-24T10:{user_id // 60 % 60:02d}:{user_id % 60:02d}.{user_id % 1000:03d}Z",
        "email": f"{name}@example.com",
        "realname": f"User {user_id}",
        "sysadmin_flag": False,
        "update_time": f"2026-11-24T11:{user_id // 60 % 60:02d}:{user_id % 60:02d}.{user_id % 1000:03d}Z",
        "user_id": user_id,
        "username": name,
    }
    return json.dumps(row, separators=(",", ":"))


class Directory:
    """The users that a listing shows, in order of id, each written once and for all."""

    def __init__(self, count: int, step: int) -> None:
        self.ids = list(range(3, 3 + count * step, step))
        self.rows = [user_row(user_id).encode() for user_id in self.ids]
        self._by_id = dict(zip(self.ids, self.rows, strict=True))

    def page(self, query: str) -> tuple[bytes, int, str]:
        """The body of a page, the number of users that match, and the value of Link, empty for none."""
        values = {key: texts[-1] for key, texts in parse_qs(query).items()}
        page, size = int(values.get("page", 1)), int(values.get("page_size", 10))
        wanted = unquote(values.get("q", ""))
        if listed := _LIST.search(wanted):
            numbers = sorted(set(map(int, listed[1].split())))
            rows = [self._by_id[number] for number in numbers if number in self._by_id]
            return b"[" + b",".join(rows[:size]) + b"]\n", len(rows), ""
        found = _RANGE.search(wanted)
        low, high = found.groups() if found else ("", "")
        begin = bisect_left(self.ids, int(low)) if low else 0
        end = max(begin, bisect_right(self.ids, int(high)) if high else len(self.ids))
        total, skip = end - begin, (max(page, 1) - 1) * size
        if values.get("sort", "").startswith("-"):
            rows = self.rows[max(begin, end - skip - size) : max(begin, end - skip)][::-1]
        else:
            rows = self.rows[begin + skip : min(end, begin + skip + size)]
        link = ""
        if page * size < total:
            rest = "".join(f"&{key}={values[key]}" for key in ("q", "sort") if key in values)
            link = f'</api/v2.0/users?page={page + 1}&page_size={size}{rest}>; rel="next"'
        return b"[" + b",".join(rows) + b"]\n", total, link


class Responses:
    """Request in, response out, both as bytes."""

    def __init__(self, directory: Directory, *, chunked: bool) -> None:
        self._directory = directory
        self._chunked = chunked
        self._ready: dict[bytes, bytes] = {}

    def to(self, line: bytes, head: bytes) -> bytes:
        """The response to the request with this request line and header."""
        request_id = _UUID
        at = head.lower().find(b"\r\nx-request-id:")
        if at >= 0:
            request_id = head[at + 15 : head.index(b"\r\n", at + 2)].strip().decode("latin-1")
        elif line in self._ready:
            return self._ready[line]
        response = self._made(line, request_id)
        if at < 0 and len(self._ready) < 20_000:
            self._ready[line] = response
        return response

    def _made(self, line: bytes, request_id: str) -> bytes:
        method, target, _ = line.split(b" ", 2)
        path, _, query = target.removeprefix(_PREFIX).decode("ascii").partition("?")
        if method == b"POST":
            return self._whole("201 Created", "Location: /api/v2.0/users/3\r\n", request_id, b"")
        if path == "/users":
            body, total, link = self._directory.page(query)
            fields = _JSON + (f"Link: {link}\r\n" if link else "")
            return self._whole("200 OK", fields, request_id, body, f"X-Total-Count: {total}\r\n")
        user_id = int(path.rpartition("/")[2])
        if user_id < 1_000_000:
            return self._whole("200 OK", _JSON, request_id, user_row(user_id).encode() + b"\n")
        body = b'{"errors":[{"code":"NOT_FOUND","message":"user %d not found"}]}\n' % user_id
        return self._whole("404 Not Found", _ERROR, request_id, body)

    def _whole(self, status: str, fields: str, request_id: str, body: bytes, counts: str = "") -> bytes:
        framing = f"Content-Length: {len(body)}"
        if self._chunked and len(body) > 2048:
            # Go's server does this to what its handler writes without a length.
            framing = "Transfer-Encoding: chunked"
            pieces = [body[at : at + 4096] for at in range(0, len(body), 4096)] + [b""]
            body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
        head = _HEAD.format(status=status, fields=fields, request_id=request_id, counts=counts, framing=framing)
        return head.encode("latin-1") + body


class Connection(asyncio.Protocol):
    """One kept-alive connection; requests are answered in order, each after the given delay in seconds."""

    def __init__(self, responses: Responses, delay: float) -> None:
        self._responses = responses
        self._delay = delay
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[: end + 2]
            at = head.lower().find(b"\r\ncontent-length:")
            length = int(head[at + 17 : head.index(b"\r\n", at + 2)]) if at >= 0 else 0
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            response = self._responses.to(head[: head.index(b"\r\n")], head)
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._write, response)
            else:
                self._write(response)

    def _write(self, response: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(response)


async def _serve(arguments: argparse.Namespace) -> None:
    responses = Responses(Directory(arguments.users, arguments.step), chunked=arguments.chunked)
    context = None
    if arguments.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(responses, arguments.delay), "127.0.0.1", 0, ssl=context, backlog=512
    )
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()  # and no more: clients may hold their connections for longer than this


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=10_000, help="how many users there are")
    parser.add_argument("--step", type=int, default=1, help="from one id to the next")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds from a request to its response")
    parser.add_argument("--chunked", action="store_true", help="long responses in chunks, as Go sends them")
    parser.add_argument("--certificate", default="", help="a file with key and certificate: HTTPS")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
