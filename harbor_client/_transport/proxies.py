"""Which proxy, if any, leads to a host: ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``."""

import os
from typing import Any
from urllib.parse import urlsplit

from harbor_client.configuration import Configuration, checks


def proxy_for(url: str, configuration: Configuration) -> tuple[str, str] | None:
    """The setting or variable that names the proxy for a URL, and its value; ``None`` for a direct connection.

    Lower-case names come first. ``HTTP_PROXY`` in upper case is ignored in a CGI process, where a request's header
    could have set it.
    """
    if configuration.proxy:
        return "proxy", configuration.proxy
    parts, environ = urlsplit(url), os.environ if configuration.trust_env else {}
    for name in (f"{parts.scheme}_proxy", "all_proxy"):
        for variable in (name, name.upper()):
            value = environ.get(variable, "").strip()
            if value and not (variable == "HTTP_PROXY" and "REQUEST_METHOD" in environ):
                excluded = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
                port = parts.port or (443 if parts.scheme == "https" else 80)
                return None if bypassed(parts.hostname or "", port, excluded) else (variable, value)
    return None


def bypassed(host: str, port: int, no_proxy: str) -> bool:
    """Whether ``NO_PROXY`` names a host: ``*``, a name, a suffix (with or without dot), an address, a network in CIDR
    form; each but a network with an optional port."""
    host = host.rstrip(".").lower()
    address = _network(host)
    for entry in no_proxy.replace(",", " ").lower().split():
        name, _, wanted_port = entry.rpartition(":")
        if not wanted_port.isdecimal() or _network(entry):
            name = entry
        elif int(wanted_port) != port:
            continue
        if name == "*":
            return True
        network = _network(name)
        if address and network:
            if address.version == network.version and address.subnet_of(network):
                return True
        elif not address and not network:
            name = name.removeprefix("*").strip(".")
            if name and f".{host}".endswith(f".{name}"):
                return True
    return False


def split_proxy(setting: str, value: str) -> tuple[str, dict[str, str], list[str]]:
    """A proxy's URL without user information, the headers that authenticate, and the secrets among them.

    Raises ``ValueError`` naming the setting or variable, and never its value, for a URL that is no proxy's.
    """
    try:
        return checks.split_proxy(value)
    except ValueError as error:
        raise ValueError(f"{setting}: {error}") from None


def _network(text: str) -> Any:
    """A network, of one address or in CIDR form; ``None`` for anything else, such as a name."""
    from ipaddress import ip_network  # few hosts have to be compared

    try:
        return ip_network(text.strip("[]").partition("%")[0], strict=False)
    except ValueError:
        return None
