"""Bodies of responses: joined and decompressed piece by piece, never holding more than was allowed."""

import zlib
from collections.abc import Iterator
from io import BytesIO

#: Bytes decompressed at once.
_STEP = 262_144
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class MalformedError(Exception):
    """The response is not well-formed, or larger than allowed. The text never quotes the response."""


class TruncatedError(Exception):
    """The connection ended before the response did."""


def joined(pieces: Iterator[bytes], limit: int) -> bytes:
    """The pieces of a body as one, at most ``limit`` bytes."""
    whole = BytesIO()  # grows in place, and gives its content away without a copy
    for piece in pieces:
        whole.write(piece)
        if whole.tell() > limit:
            raise MalformedError(f"a response larger than max_response_bytes ({limit})")
    return whole.getvalue()


def decompressed(pieces: Iterator[bytes], coding: str, framed: bool) -> Iterator[bytes]:
    """The decompressed pieces of a body, none larger than a step: whoever joins them bounds the whole.

    Raises ``MalformedError``; for a body that stops too early and is not framed, ``TruncatedError``.
    """
    if coding not in _WINDOWS:
        raise MalformedError("a content coding that was not asked for")
    decoder = None
    try:
        for piece in pieces:
            while piece:
                if decoder is None:
                    raw = coding == "deflate" and not _is_zlib(piece)
                    decoder = zlib.decompressobj(-zlib.MAX_WBITS if raw else _WINDOWS[coding])
                elif decoder.eof:  # another member
                    if coding == "deflate":
                        raise MalformedError("bytes after the end of a compressed body")
                    decoder = zlib.decompressobj(_WINDOWS[coding])
                data = decoder.decompress(piece, _STEP)
                while data:
                    yield data
                    data = b"" if decoder.eof else decoder.decompress(decoder.unconsumed_tail, _STEP)
                piece = decoder.unused_data
    except zlib.error as error:
        raise MalformedError(f"a corrupt {coding} body") from error
    if decoder is not None and not decoder.eof:
        raise (MalformedError if framed else TruncatedError)(f"a {coding} body that ends too early")


def _is_zlib(piece: bytes) -> bool:
    # RFC 1950: compression method 8 and a header checksum; a single byte can only be judged by the method.
    return piece[0] & 0x0F == 8 and (len(piece) < 2 or (piece[0] * 256 + piece[1]) % 31 == 0)
