"""Content codings of responses, unpacked within bounds (RFC 9110 8.4.1)."""

from __future__ import annotations

import zlib

from scimulator.exchange.message import FailureKind, Response
from scimulator.target.target import CarrierError


class DecodingError(Exception):
    """A body that is not what its Content-Encoding says."""


class TooLargeError(DecodingError):
    """A body that unpacks to more than the limit."""


def decode(body: bytes, codings: str, limit: int) -> bytes:
    """Undo gzip and deflate, the last applied first, to at most ``limit`` bytes.

    A coding that nobody asked for (br, zstd) leaves the body as it came: whoever reads it sees that it is unreadable.

    Raises:
        DecodingError: when the body does not unpack.
        TooLargeError: when it unpacks to more than ``limit`` bytes.
    """
    for coding in reversed([part.strip().lower() for part in codings.split(",")]):
        if coding in ("gzip", "x-gzip"):
            body = _inflate(body, 16 + zlib.MAX_WBITS, coding, limit)
        elif coding == "deflate":
            # RFC 9110 8.4.1.2: the zlib format; some servers send the bare one.
            zlib_format = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] * 256 + body[1]) % 31 == 0
            body = _inflate(body, zlib.MAX_WBITS if zlib_format else -zlib.MAX_WBITS, coding, limit)
        elif coding not in ("identity", ""):
            return body
    return body


def unpacked(response: Response, limit: int) -> Response:
    """Return a response with its body as it was before any content coding.

    Raises:
        CarrierError: when the body does not unpack, or to more than ``limit`` bytes.
    """
    codings = response.header("Content-Encoding")
    if not codings or not response.body:
        return response
    try:
        body = decode(response.body, codings, limit)
    except TooLargeError as error:
        raise CarrierError(FailureKind.TOO_LARGE, str(error)) from error
    except DecodingError as error:
        raise CarrierError(FailureKind.PROTOCOL, str(error)) from error
    return Response(response.status, response.headers, body)


def _inflate(body: bytes, bits: int, coding: str, limit: int) -> bytes:
    unpacker = zlib.decompressobj(bits)
    try:
        made = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise DecodingError(f"the body says Content-Encoding: {coding} but does not unpack: {error}") from error
    if len(made) > limit:
        raise TooLargeError(
            f"a body of {len(body)} bytes unpacks ({coding}) to more than {limit} bytes; reading stopped there"
        )
    if not unpacker.eof:
        raise DecodingError(f"the body says Content-Encoding: {coding} but ends before its data does")
    return made
