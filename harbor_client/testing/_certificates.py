"""A private certificate authority that lasts as long as a test.

Python's standard library can read certificates but not create them, and a test server should not require its users to
install a package for that. So this module writes the two certificates that are needed, with one kind of key: ECDSA on
the curve P-256. The arithmetic is simple, slow, and open to timing attacks: good enough for a key that lives as long as
a test, and for nothing else.
"""

import hashlib
import ipaddress
import secrets
import ssl

# The curve: y² = x³ - 3x + b over the prime P, with the generator G of order N.
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_Point = tuple[int, int]

# Object identifiers, encoded.
_EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")
_P256 = bytes.fromhex("06082a8648ce3d030107")
_ECDSA_SHA256 = bytes.fromhex("06082a8648ce3d040302")
_COMMON_NAME = bytes.fromhex("0603550403")
# The last number of an extension's identifier, which begins with 2.5.29.
_SUBJECT_KEY, _KEY_USAGE, _ALT_NAME, _CONSTRAINTS, _AUTHORITY_KEY, _EXTENDED_USAGE = 14, 15, 17, 19, 35, 37
_SERVER_AUTH = bytes.fromhex("06082b06010505070301")
_VALIDITY = (b"20000101000000Z", b"20991231235959Z")  # whatever time a test has frozen


def _add(left: _Point | None, right: _Point | None) -> _Point | None:
    """The sum of two points; None is the point at infinity."""
    if left is None or right is None:
        return left or right
    if left[0] == right[0]:
        if (left[1] + right[1]) % _P == 0:
            return None
        slope = (3 * left[0] ** 2 - 3) * pow(2 * left[1], -1, _P) % _P
    else:
        slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, _P) % _P
    x = (slope**2 - left[0] - right[0]) % _P
    return x, (slope * (left[0] - x) - left[1]) % _P


def _multiple_of_g(factor: int) -> _Point:
    result: _Point | None = None
    for bit in f"{factor:b}":
        result = _add(result, result)
        if bit == "1":
            result = _add(result, _G)
    assert result is not None
    return result


def _der(tag: int, *parts: bytes) -> bytes:
    """One element: its tag, its length, and its contents in a row."""
    contents = b"".join(parts)
    length = len(contents)
    if length < 0x80:
        return bytes([tag, length]) + contents
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + contents


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, *parts)


def _integer(value: int) -> bytes:
    return _der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _bits(contents: bytes, unused: int = 0) -> bytes:
    return _der(0x03, bytes([unused]), contents)


def _name(common_name: str) -> bytes:
    return _sequence(_der(0x31, _sequence(_COMMON_NAME, _der(0x0C, common_name.encode()))))


def _extension(number: int, value: bytes, critical: bool = False) -> bytes:
    oid = bytes.fromhex(f"0603551d{number:02x}")
    return _sequence(oid, _der(0x01, b"\xff") if critical else b"", _der(0x04, value))


def _pem(label: str, contents: bytes) -> str:
    return ssl.DER_cert_to_PEM_cert(contents).replace("CERTIFICATE", label)


class _Key:
    """A key pair on P-256."""

    def __init__(self) -> None:
        self._secret = secrets.randbelow(_N - 1) + 1
        x, y = _multiple_of_g(self._secret)
        self._point = b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")
        #: The public key as it stands in a certificate, and the short name of it.
        self.public = _sequence(_sequence(_EC_PUBLIC_KEY, _P256), _bits(self._point))
        self.identifier = hashlib.sha256(self._point).digest()[:20]

    @property
    def pem(self) -> str:
        secret = _der(0x04, self._secret.to_bytes(32, "big"))
        public = _der(0xA1, _bits(self._point))
        return _pem("EC PRIVATE KEY", _sequence(_integer(1), secret, _der(0xA0, _P256), public))

    def sign(self, message: bytes) -> bytes:
        digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
        while True:
            nonce = secrets.randbelow(_N - 1) + 1
            r = _multiple_of_g(nonce)[0] % _N
            s = pow(nonce, -1, _N) * (digest + r * self._secret) % _N
            if r and s:
                return _sequence(_integer(r), _integer(s))


class Authority:
    """A certificate authority that nobody trusts until told to."""

    _NAME = "harbor_client.testing CA"

    def __init__(self) -> None:
        self._key = _Key()
        usage = _extension(_KEY_USAGE, _bits(b"\x06", unused=1), critical=True)  # sign certificates and CRLs
        constraints = _extension(_CONSTRAINTS, _sequence(_der(0x01, b"\xff"), _integer(0)), critical=True)
        #: The authority's own certificate, which a client has to trust.
        self.certificate_pem = self._certificate(self._NAME, self._key, constraints, usage)

    def issue(self, *hosts: str) -> str:
        """A private key and a certificate for a server that goes by these names or addresses, as one PEM text."""
        key = _Key()
        names = b"".join(_alternative_name(host) for host in hosts)
        pem = self._certificate(
            hosts[0],
            key,
            _extension(_CONSTRAINTS, _sequence(), critical=True),
            _extension(_KEY_USAGE, _bits(b"\x80", unused=7), critical=True),  # digital signature
            _extension(_EXTENDED_USAGE, _sequence(_SERVER_AUTH)),
            _extension(_ALT_NAME, _sequence(names)),
        )
        return key.pem + pem

    def _certificate(self, subject: str, key: _Key, *extensions: bytes) -> str:
        algorithm = _sequence(_ECDSA_SHA256)
        identifiers = (
            _extension(_SUBJECT_KEY, _der(0x04, key.identifier)),
            _extension(_AUTHORITY_KEY, _sequence(_der(0x80, self._key.identifier))),
        )
        signed = _sequence(
            _der(0xA0, _integer(2)),  # version 3
            _integer(secrets.randbits(126) + 1),
            algorithm,
            _name(self._NAME),
            _sequence(*(_der(0x18, moment) for moment in _VALIDITY)),
            _name(subject),
            key.public,
            _der(0xA3, _sequence(*extensions, *identifiers)),
        )
        return _pem("CERTIFICATE", _sequence(signed, algorithm, _bits(self._key.sign(signed))))


def _alternative_name(host: str) -> bytes:
    try:
        return _der(0x87, ipaddress.ip_address(host).packed)
    except ValueError:
        return _der(0x82, host.encode("ascii"))
