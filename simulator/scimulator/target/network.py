"""What lies below HTTP: name, port and certificate of a target, seen with the standard library only."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scimulator.target.diagnosis import Symptom, bad, good, note
from scimulator.target.errors import TargetError
from scimulator.target.essentials import ObstacleKind
from scimulator.target.transport import tls_context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.target.settings import TargetSettings
    from scimulator.target.target import Target

_SECONDS = 10.0
_DAYS_WARNED = 21
_DAY = 86400


def network_symptoms(target: Target, settings: TargetSettings | None = None) -> Iterator[Symptom]:
    """Yield the lines about address, connection and TLS of an http(s) target; an obstacle ends them."""
    parts = urlsplit(target.base_url)
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    seconds = min(_SECONDS, target.limits.timeout)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        advice = "check the spelling of the host, the DNS entry, and whether this needs a VPN"
        yield bad("address", f"the name {host} cannot be resolved: {error}", advice, ObstacleKind.UNREACHABLE)
        return
    addresses = sorted({str(one[4][0]) for one in found})
    yield good("address", f"{host} is {', '.join(addresses)}")
    started = time.perf_counter()
    try:
        connection = socket.create_connection((host, port), timeout=seconds)
    except OSError as error:
        told = "nobody listens there" if isinstance(error, ConnectionRefusedError) else str(error)
        advice = "is the server running, on this port, and does a firewall let us through?"
        yield bad("connection", f"no connection to port {port}: {told}", advice, ObstacleKind.UNREACHABLE)
        return
    with contextlib.closing(connection):
        milliseconds = (time.perf_counter() - started) * 1000
        yield good("connection", f"port {port} answers in {milliseconds:.0f} ms")
        if secure:
            yield from _tls(connection, host, settings)
        elif not _local(addresses):
            advice = "Okta and Entra accept https only; the token can be read by anybody in between"
            yield note("tls", "not encrypted (http)", advice)


def _local(addresses: list[str]) -> bool:
    return all(ipaddress.ip_address(address.partition("%")[0]).is_loopback for address in addresses)


def _tls(connection: socket.socket, host: str, settings: TargetSettings | None) -> Iterator[Symptom]:
    insecure = bool(settings and settings.insecure)
    try:
        context = tls_context(settings.ca_bundle if settings else "", insecure=insecure)
        wrapped = context.wrap_socket(connection, server_hostname=host)
    except TargetError as error:
        yield bad("tls", str(error), "name a readable file with --ca-bundle", ObstacleKind.UNREACHABLE)
        return
    except ssl.SSLCertVerificationError as error:
        yield bad(
            "tls", f"the certificate is not trusted: {error.verify_message}", _advice(error), ObstacleKind.UNREACHABLE
        )
        return
    except (ssl.SSLError, OSError) as error:
        told = getattr(error, "reason", None) or str(error)
        advice = "is this an https port? IdPs need TLS 1.2 or later"
        yield bad("tls", f"no TLS: {told}", advice, ObstacleKind.UNREACHABLE)
        return
    with contextlib.closing(wrapped):
        version = wrapped.version() or "unknown version"
        if insecure:
            yield note(
                "tls", f"{version}, certificate not verified (--insecure)", "use --ca-bundle for a private authority"
            )
            return
        certificate = wrapped.getpeercert() or {}
    expires = certificate.get("notAfter")
    days = int((ssl.cert_time_to_seconds(expires) - time.time()) / _DAY) if isinstance(expires, str) else None
    issuer = _common_name(certificate.get("issuer"))
    told = f"{version}, certificate of {issuer or 'an unnamed authority'}" + (
        f", {days} days left" if days is not None else ""
    )
    if days is not None and days < _DAYS_WARNED:
        yield note("tls", told, "renew the certificate")
    elif settings and settings.ca_bundle:
        yield note("tls", f"{told}, trusted through --ca-bundle", "Okta and Entra trust public authorities only")
    else:
        yield good("tls", told)


def _advice(error: ssl.SSLCertVerificationError) -> str:
    # Numbers of OpenSSL's X509_V_ERR_*: 10 expired, 18/19 self-signed, 20/21 issuer unknown, 62/64 other host.
    if error.verify_code == 10:
        return "renew the certificate"
    if error.verify_code in (18, 19):
        return "it is signed by itself or a private authority: name that with --ca-bundle; IdPs will refuse it"
    if error.verify_code in (20, 21):
        return "send the intermediate certificates as well; for a private authority use --ca-bundle"
    if error.verify_code in (62, 64):
        return "use the host name that the certificate is made for"
    return "mend the certificate, or name its authority with --ca-bundle"


def _common_name(names: object) -> str:
    if not isinstance(names, tuple):
        return ""
    flat = [pair for group in names if isinstance(group, tuple) for pair in group if isinstance(pair, tuple)]
    fields = {str(pair[0]): str(pair[1]) for pair in flat if len(pair) == 2}
    return fields.get("commonName") or fields.get("organizationName") or ""
