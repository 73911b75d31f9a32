"""Builds the TLS context of a pool, once, from urllib3's keywords and the environment."""

import os
import ssl
from typing import Any

from urllib3.poolmanager import SSL_KEYWORDS
from urllib3.util.ssl_ import ALPN_PROTOCOLS, create_urllib3_context, resolve_cert_reqs, resolve_ssl_version

from harbor_client.configuration import Configuration

#: The keywords of urllib3's pools that go into the context.
KEYWORDS = {*SSL_KEYWORDS} - {"assert_fingerprint", "assert_hostname", "cert_reqs", "server_hostname", "ssl_context"}


def verification(cert_reqs: Any) -> ssl.VerifyMode:
    """What urllib3's ``cert_reqs`` means: ``None`` and ``True`` verify, ``False`` does not, or a name, or a mode."""
    return ssl.VerifyMode(resolve_cert_reqs(None if cert_reqs is True else cert_reqs))


def build_context(mode: ssl.VerifyMode, given: dict[str, Any], configuration: Configuration | None) -> ssl.SSLContext:
    """The context for a pool.

    Certificate authorities: those given; else ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``; else the system's store if
    asked for; else certifi's. If a file is missing or broken, raises a ``ValueError`` that names the setting.
    """
    version = resolve_ssl_version(given["ssl_version"]) if given.get("ssl_version") else None
    limits = {name: given.get(name) for name in ("ssl_minimum_version", "ssl_maximum_version")}
    made: object = create_urllib3_context(version, ssl.CERT_REQUIRED, **limits)
    # Somebody may have made urllib3 use pyOpenSSL, whose contexts serve a single connection.
    context = made if isinstance(made, ssl.SSLContext) else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(ALPN_PROTOCOLS)
    if mode == ssl.CERT_NONE:
        context.check_hostname = False
    context.verify_mode = mode
    if not getattr(configuration, "verify_x509_strict", True):
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if mode != ssl.CERT_NONE:
        _load_authorities(context, given, configuration)
    certificate = given.get("cert_file")
    if certificate:
        try:
            # Pass an empty password rather than none: OpenSSL would ask for one on the terminal, and wait.
            context.load_cert_chain(certificate, given.get("key_file"), given.get("key_password") or "")
        except (OSError, ssl.SSLError) as error:
            raise ValueError(f"cert_file, key_file: no usable client certificate and key ({_reason(error)})") from None
    return context


def _load_authorities(context: ssl.SSLContext, given: dict[str, Any], configuration: Configuration | None) -> None:
    file, folder, data = given.get("ca_certs"), given.get("ca_cert_dir"), given.get("ca_cert_data")
    source = "ssl_ca_cert"
    if not (file or folder or data) and getattr(configuration, "trust_env", True):
        file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
        source = "SSL_CERT_FILE, SSL_CERT_DIR"
        # As with ssl.create_default_context, one of them may be missing.
        if file and not os.path.exists(file) and folder:
            file = None
        elif file and folder and not any(map(os.path.isdir, folder.split(os.pathsep))):
            folder = None
    if not (file or folder or data):
        if getattr(configuration, "use_system_ca", False):
            context.load_default_certs(ssl.Purpose.SERVER_AUTH)
            return
        import certifi

        file = certifi.where()
    if file and os.path.isdir(file):
        file, folder = None, file
    if folder and not any(os.path.isdir(part) for part in folder.split(os.pathsep)):
        raise ValueError(f"{source}: no such folder: {folder}")
    try:
        context.load_verify_locations(file or None, folder or None, data or None)
    except (OSError, ssl.SSLError) as error:
        raise ValueError(f"{source}: no usable certificates in {file or folder} ({_reason(error)})") from None


def _reason(error: OSError) -> str:
    return error.strerror or getattr(error, "reason", None) or type(error).__name__
