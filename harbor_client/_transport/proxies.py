"""Which proxy, if any, leads to a host: ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from harbor_client.configuration import settings


def from_environment(url: str, environ: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """The variable and the proxy's URL in it that apply to a URL; ``None`` for a direct connection.

    Lower-case names come first. ``HTTP_PROXY`` in upper case is ignored in a CGI process, where a request's header
    could have set it.
    """
    environ = os.environ if environ is None else environ
    parts = urlsplit(url)
    for name in (f"{parts.scheme}_proxy", "all_proxy"):
        for variable in (name, name.upper()):
            if variable == "HTTP_PROXY" and "REQUEST_METHOD" in environ:
                continue
            value = environ.get(variable, "").strip()
            if value:
                excluded = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
                port = parts.port or (443 if parts.scheme == "https" else 80)
                return None if bypassed(parts.hostname or "", port, excluded) else (variable, value)
    return None


def bypassed(host: str, port: int, no_proxy: str) -> bool:
    """Whether ``NO_PROXY`` names a host: ``*``, a name, a suffix (with or without dot), an address, a network in CIDR
    form; each but a network with an optional port."""
    host = host.rstrip(".").lower()
    address = _address(host)
    for entry in no_proxy.replace(",", " ").split():
        entry = entry.lower()
        if entry == "*":
            return True
        if address is not None and "/" in entry and _in_network(address, entry):
            return True
        name, _, wanted_port = entry.rpartition(":")
        if not wanted_port.isdecimal() or _address(entry) is not None:
            name = entry
        elif int(wanted_port) != port:
            continue
        if address is not None:
            if _address(name) == address:
                return True
            continue
        name = name.removeprefix("*").strip(".")
        if name and (host == name or host.endswith("." + name)):
            return True
    return False


def split_proxy(setting: str, value: str) -> tuple[str, dict[str, str], list[str]]:
    """A proxy's URL without user information, the headers that authenticate, and the secrets among them.

    Raises ``ValueError`` naming the setting or variable, and never its value, for a URL that is no proxy's.
    """
    try:
        return settings.split_proxy(value)
    except ValueError as error:
        raise ValueError(f"{setting}: {error}") from None


def _address(text: str) -> object | None:
    from ipaddress import ip_address

    try:
        return ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _in_network(address: object, entry: str) -> bool:
    from ipaddress import ip_network

    try:
        return address in ip_network(entry, strict=False)
    except ValueError:
        return False
