"""Media types and Accept headers as Go's ``mime`` package and go-swagger's runtime read them."""

import re
from collections.abc import Iterator

_JSON = "application/json"
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_PARAMETER = re.compile(rf';\s*({_TOKEN.pattern})\s*=\s*({_TOKEN.pattern}|"(?:[^"\\\r\n]|\\.)*")\s*')
_ENTRY = re.compile(r'(?:"(?:[^"\\]|\\.)*"?|[^",])+')
_SPEC = re.compile(
    r"([!#$%&'*+\-.^_`|~0-9A-Za-z/]+)\s*(?:;(?:(?!q=)[^,])*(?:q=(?=[01.])([01]?)(?:\.([0-9]*))?\s*)?)?(,\s*)?"
)


def media_type(value: str) -> tuple[str, str, dict[str, str]]:
    """The media type in lower case, what Go finds wrong with the header (``""`` for nothing), and the parameters."""
    head, semicolon, parameters = value.partition(";")
    name = head.strip().lower()
    main, slash, sub = name.partition("/")
    token, sub_token = _TOKEN.match(main), _TOKEN.match(sub)
    problems = (
        (token is None, "no media type"),
        (token and token.end() < len(main), "expected slash after first token"),
        (slash and sub_token is None, "expected token after slash"),
        (sub_token and sub_token.end() < len(sub), "unexpected content after media subtype"),
    )
    for wrong, problem in problems:
        if wrong:
            return "", f"mime: {problem}", {}
    seen: dict[str, str] = {}
    rest = (semicolon + parameters).strip()
    at, end = 0, len(rest.removesuffix(";"))
    while at < end:
        parameter = _PARAMETER.match(rest, at)
        if parameter is None:
            return "", "mime: invalid media parameter", {}
        attribute, text = parameter[1].lower(), parameter[2]
        if text.startswith('"'):
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        if seen.setdefault(attribute, text) != text:
            return "", "mime: duplicate parameter name", {}
        at = parameter.end()
    return name, "", seen


def means_json(name: str) -> bool:
    """Whether a media type is JSON, or a range that includes it."""
    main, _, sub = name.partition("/")
    return bool(sub) and (main == "*" or (main == "application" and sub in ("*", "json")))


def accepts_json(lines: list[str], as_media_types: bool) -> bool:
    """Whether an Accept header allows JSON.

    Args:
        lines: the header's values.
        as_media_types: each entry is read as a Content-Type is; otherwise by a simpler reader, which stops at the
            first entry that it cannot read.
    """
    if as_media_types:
        return any(_entry_allows_json(entry) for entry in _ENTRY.findall(", ".join(lines)))
    specs = [spec for line in lines for spec in _accept_specs(line)]
    # A header without any media type asks for nothing.
    return not specs or any(name in ("*/*", "application/*", _JSON) and weight > 0 for name, weight in specs)


def _entry_allows_json(entry: str) -> bool:
    name, _, parameters = media_type(entry)
    try:
        return means_json(name) and not float(parameters.get("q", 1)) <= 0
    except ValueError:
        return True  # a weight that is not a number is ignored


def _accept_specs(line: str) -> Iterator[tuple[str, float]]:
    """The media types of an Accept header with their weights, up to where it cannot be read."""
    at = 0
    while match := _SPEC.match(line, at):
        at = match.end()
        if line.startswith("q=", at):
            return  # a weight that cannot be read
        yield match[1], 1.0 if match[2] is None else float(f"{match[2] or 0}.{match[3] or 0}")
        if not match[4]:
            return
