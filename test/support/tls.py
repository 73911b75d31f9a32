"""Real certificates, made while the tests run.

Making a key costs time, so the authorities and the usual server contexts are made once a process (``functools.cache``).
"""

import datetime
import functools
import hashlib
import os
import ssl
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.x509.name import _ASN1Type

HOSTS = ("localhost", "127.0.0.1")


@functools.cache
def authority(name: str = "test") -> trustme.CA:
    """A certificate authority; the same one for the same name."""
    return trustme.CA(organization_name=f"Authority {name}")


def server_context(
    *hosts: str,
    ca: trustme.CA | None = None,
    days: tuple[int, int] = (-1, 30),
    clients: trustme.CA | None = None,
    versions: tuple[ssl.TLSVersion, ssl.TLSVersion] | None = None,
) -> ssl.SSLContext:
    """A server's context.

    Args:
        hosts: names and addresses in the certificate; localhost and 127.0.0.1 unless given.
        ca: who signs it.
        days: validity, first and last day counted from today.
        clients: ask for a client certificate, signed by this authority.
        versions: lowest and highest TLS version.
    """
    now = datetime.datetime.now(datetime.timezone.utc)
    leaf = (ca or authority()).issue_cert(
        *(hosts or HOSTS),
        not_before=now + datetime.timedelta(days=days[0]),
        not_after=now + datetime.timedelta(days=days[1]),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        clients.configure_trust(context)
    if versions is not None:
        context.minimum_version, context.maximum_version = versions
    return context


@functools.cache
def good_context() -> ssl.SSLContext:
    """The context of a server whose certificate is right for 127.0.0.1 and localhost."""
    return server_context()


def ca_file(folder: Path, ca: trustme.CA | None = None, name: str = "ca.pem") -> str:
    """The authority's certificate in a PEM file."""
    path = folder / name
    (ca or authority()).cert_pem.write_to_path(str(path))
    return str(path)


def ca_directory(folder: Path, ca: trustme.CA | None = None) -> str:
    """The authority's certificate in a directory as ``c_rehash`` makes it."""
    chosen = ca or authority()
    directory = folder / "certificates"
    directory.mkdir()
    certificate = x509.load_pem_x509_certificate(chosen.cert_pem.bytes())
    chosen.cert_pem.write_to_path(str(directory / f"{subject_hash(certificate.subject):08x}.0"))
    return str(directory)


def subject_hash(name: x509.Name) -> int:
    """OpenSSL's hash of a subject: SHA-1 of the names in lower case and UTF-8, without the outer DER header."""
    plain = x509.Name(
        [x509.NameAttribute(part.oid, " ".join(str(part.value).split()).lower(), _ASN1Type.UTF8String) for part in name]
    )
    der = plain.public_bytes()
    header = 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
    return int.from_bytes(hashlib.sha1(der[header:], usedforsecurity=False).digest()[:4], "little")


def client_files(folder: Path, ca: trustme.CA | None = None, password: str | None = None) -> tuple[str, str]:
    """A client's certificate and key in PEM files; the key encrypted if there is a password."""
    leaf = (ca or authority("clients")).issue_cert("robot@example.com")
    certificate, key = folder / "client.pem", folder / "client.key"
    certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    key.write_bytes(
        leaf.private_key_pem.bytes() if password is None else encrypt(leaf.private_key_pem.bytes(), password)
    )
    os.chmod(key, 0o600)
    return str(certificate), str(key)


def encrypt(pem: bytes, password: str) -> bytes:
    """The same key, encrypted."""
    from cryptography.hazmat.primitives import serialization

    return serialization.load_pem_private_key(pem, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password.encode()),
    )
