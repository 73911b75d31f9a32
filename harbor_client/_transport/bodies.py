"""Bodies of responses: joined and decompressed piece by piece, never holding more than was allowed."""

import zlib
from collections.abc import Iterator
from io import SEEK_END, BytesIO

#: Bytes decompressed at once.
_STEP = 262_144
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class MalformedError(Exception):
    """The response is not well-formed, or larger than allowed. The text never quotes the response."""


class TruncatedError(Exception):
    """The connection ended before the response did."""


def joined(pieces: Iterator[bytes], limit: int) -> bytes:
    """The pieces of a body as one, at most ``limit`` bytes."""
    whole = BytesIO(next(pieces, b""))  # grows in place, and gives its content away without a copy
    size = whole.seek(0, SEEK_END)
    while size <= limit:
        piece = next(pieces, None)
        if piece is None:
            return whole.getvalue()
        size += whole.write(piece)
    raise MalformedError(f"a response larger than max_response_bytes ({limit})")


def decompressed(pieces: Iterator[bytes], coding: str, framed: bool) -> Iterator[bytes]:
    """The decompressed pieces of a body, none larger than a step: whoever joins them bounds the whole.

    Raises ``MalformedError``; for a body that stops too early and is not framed, ``TruncatedError``.
    """
    window = _WINDOWS.get(coding)
    if window is None:
        raise MalformedError("a content coding that was not asked for")
    decoder = None
    streams = 0
    try:
        for piece in pieces:
            more = True
            while more:
                if decoder is None:
                    if coding == "deflate":
                        if streams:
                            raise MalformedError("bytes after the end of a compressed body")
                        if not _is_zlib(piece):
                            window = -zlib.MAX_WBITS
                    decoder = zlib.decompressobj(window)
                    streams += 1
                data = decoder.decompress(piece, _STEP)
                yield data
                if decoder.eof:
                    piece = decoder.unused_data
                    more = bool(piece)
                    decoder = None
                else:  # the rest of the input is in the tail, or zlib holds it already and has more output
                    piece = decoder.unconsumed_tail
                    more = bool(piece) or len(data) == _STEP
    except zlib.error as error:
        raise MalformedError(f"a corrupt {coding} body") from error
    if decoder is not None:
        raise (MalformedError if framed else TruncatedError)(f"a {coding} body that ends too early")


def _is_zlib(piece: bytes) -> bool:
    # RFC 1950: compression method 8 and a header checksum; a single byte can only be judged by the method.
    return piece[0] & 0x0F == 8 and (len(piece) < 2 or (piece[0] * 256 + piece[1]) % 31 == 0)
