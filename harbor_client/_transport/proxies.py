"""Which proxy, if any, leads to a host: ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``."""

import os
from typing import Any
from urllib.parse import urlsplit

from harbor_client.configuration import Configuration
from harbor_client.configuration.checks import Proxy


def proxy_for(url: str, configuration: Configuration) -> Proxy | None:
    """The proxy for a URL; ``None`` for a direct connection.

    Lower-case names come first. ``HTTP_PROXY`` in upper case is ignored in a CGI process, where a request's header
    could have set it. Raises ``ValueError`` naming the setting or variable, and never its value, for a URL that is no
    proxy's.
    """
    setting, address = "proxy", configuration.proxy
    if not address:
        parts, environ = urlsplit(url), os.environ if configuration.trust_env else {}
        names = [name for lower in (f"{parts.scheme}_proxy", "all_proxy") for name in (lower, lower.upper())]
        if "REQUEST_METHOD" in environ and "HTTP_PROXY" in names:
            names.remove("HTTP_PROXY")
        setting = next((name for name in names if environ.get(name, "").strip()), "")
        excluded = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if not setting or bypassed(str(parts.hostname).encode("idna").decode("ascii"), port, excluded):
            return None
        address = environ[setting].strip()
    try:
        return Proxy.at(address)
    except ValueError as error:
        raise ValueError(f"{setting}: {error}") from None


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
        network = _network(name)
        if name == "*" or (address and network and address.network_address in network):
            return True
        name = name.removeprefix("*").strip(".")
        if name and not address and f".{host}".endswith(f".{name}"):
            return True
    return False


def _network(text: str) -> Any:
    """A network, of one address or in CIDR form; ``None`` for anything else, such as a name."""
    from ipaddress import ip_network  # few hosts have to be compared

    try:
        return ip_network(text.strip("[]").partition("%")[0], strict=False)
    except ValueError:
        return None
