"""The measured table as a picture: a line for each kind of work, a dot for each client, on a logarithmic scale."""

from __future__ import annotations

import math
import re
from html import escape

#: Rows of the table that are shown, and what the picture calls them.
_ROWS = {
    "`get_user`": "get_user",
    "`create_user`": "create_user",
    "`list_users`, 10 rows, all fields read": "list_users, 10 rows",
    "`list_users`, 100 rows, all fields read": "list_users, 100 rows",
    "a 404 raised, caught, its body read": "a 404",
    "`import harbor_client` against `import urllib3`: CPU": "import",
}
_COLORS = {
    "harbor_client": "#0969da",
    "http.client": "#8c959f",
    "openapi-generator": "#bf8700",
    "harbor-api-client": "#cf222e",
    "harborapi": "#8250df",
}
_LEFT, _TOP, _WIDTH, _HEIGHT = 170, 64, 560, 34
_TICKS = (0.3, 0.5, 1, 2, 5, 10, 20, 50)


def _x(ratio: float) -> float:
    share = math.log(ratio / _TICKS[0]) / math.log(_TICKS[-1] * 1.3 / _TICKS[0])
    return round(_LEFT + share * _WIDTH, 1)


def _ratios(table: str) -> dict[str, dict[str, float]]:
    """Of each row that is shown, the ratio of each client to hand-written urllib3."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:1] == "|"]
    head, _, *rows = lines
    found: dict[str, dict[str, float]] = {}
    for title, *cells in rows:
        if title in _ROWS:
            numbers = {client: re.search(r"[0-9.]+", cell) for client, cell in zip(head[1:], cells, strict=True)}
            found[_ROWS[title]] = {
                client: float(number[0]) for client, number in numbers.items() if number and client in _COLORS
            }
    return found


def chart(table: str) -> str:
    """An SVG image of a table that :func:`benchmark.report.table` made."""
    ratios = _ratios(table)
    bottom = _TOP + _HEIGHT * len(ratios)
    size = f'width="760" height="{bottom + 44}" viewBox="0 0 760 {bottom + 44}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="system-ui, sans-serif" font-size="13">',
        "<title>CPU time of a call as a multiple of hand-written urllib3 and json; less is better</title>",
        f'<rect width="760" height="{bottom + 44}" fill="#ffffff"/>',
    ]
    x = 16
    for client, color in _COLORS.items():
        parts.append(f'<circle cx="{x}" cy="22" r="6" fill="{color}"/>')
        parts.append(f'<text x="{x + 11}" y="27" fill="#1f2328">{escape(client)}</text>')
        x += 34 + 8 * len(client)
    for tick in _TICKS:
        at, strong = _x(tick), tick == 1
        parts.append(
            f'<line x1="{at}" y1="{_TOP - 14}" x2="{at}" y2="{bottom}" '
            f'stroke="{"#1f2328" if strong else "#d1d9e0"}" stroke-width="{1.5 if strong else 1}"/>'
        )
        label = "by hand" if strong else f"{tick:g}×"
        parts.append(f'<text x="{at}" y="{bottom + 18}" text-anchor="middle" fill="#59636e">{label}</text>')
    for number, (name, clients) in enumerate(ratios.items()):
        y = _TOP + _HEIGHT * number + 4
        parts.append(f'<text x="{_LEFT - 14}" y="{y + 4}" text-anchor="end" fill="#1f2328">{escape(name)}</text>')
        for client in reversed(_COLORS):
            if client in clients:
                radius = 8 if client == "harbor_client" else 6
                parts.append(
                    f'<circle cx="{_x(clients[client])}" cy="{y}" r="{radius}" fill="{_COLORS[client]}">'
                    f"<title>{escape(client)}: {clients[client]:g}</title></circle>"
                )
    parts.append(
        f'<text x="{_LEFT + _WIDTH / 2}" y="{bottom + 36}" text-anchor="middle" fill="#59636e">'
        "CPU time as a multiple of hand-written urllib3 and json, logarithmic; less is better</text>"
    )
    return "\n".join([*parts, "</svg>", ""])
