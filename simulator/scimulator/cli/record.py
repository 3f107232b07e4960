"""``scimulator record``: stand between a client and a server, change nothing, and write a cassette."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scimulator.cli.main import Verb, examples

if TYPE_CHECKING:
    from scimulator.evidence.cassette import CassetteWriter
    from scimulator.evidence.recognising import Recognised, Recogniser
    from scimulator.exchange.message import Exchange


@click.command(
    cls=Verb,
    epilog=examples(
        "scimulator record --upstream https://scim.example.com/scim/v2 --port 8700 -o okta.cassette",
        "scimulator record --import proxy.har --base /scim/v2 -o proxy.cassette",
    ),
)
@click.option("--upstream", metavar="URL", help="Where requests go.")
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port", metavar="N", type=click.IntRange(0, 65535), default=8700, show_default=True, help="0: any free."
)
@click.option("-o", "--output", metavar="CASSETTE", help="Where to write.")
@click.option("--import", "archive", metavar="FILE.har", help="Make a cassette of an HTTP archive instead.")
@click.option("--export", "to_archive", metavar="FILE.har", help="Write a cassette, named by -o, as an HTTP archive.")
@click.option("--base", metavar="PATH", default="", help="With --import: the path below which SCIM is.")
@click.option("--keep-personal-data", is_flag=True, help="Write names and addresses as they are.")
@click.option("--key-env", metavar="NAME", help="Variable with the key of the pseudonyms; default: a random key.")
@click.option("--ca-bundle", metavar="FILE", help="Certificates to trust.")
@click.option("--insecure", is_flag=True, help="Accept any certificate.")
@click.option("--timeout", metavar="SECONDS", type=float, default=60.0, show_default=True, help="For the server.")
def record(**options: object) -> int:
    """Record a real conversation: a reverse proxy that a client, such as Okta or Entra, talks through.

    Bytes are forwarded as they come. What is written has secrets taken out and pseudonyms in the place of personal
    data, before anything reaches the disk. Each request is shown with what it is recognised as, and where it departs
    from what we have recorded of that identity provider. Ctrl-C ends it.
    """
    output = str(options["output"] or "")
    if options["to_archive"]:
        return _export(output, str(options["to_archive"]))
    if not output:
        raise click.UsageError("say where to write, with -o CASSETTE")
    if options["archive"]:
        return _import(str(options["archive"]), str(options["base"] or ""), output, options)
    if not options["upstream"]:
        raise click.UsageError("say where requests go, with --upstream URL; or --import a HAR")
    return _record(output, options)


def _writer(output: str, base: str, options: dict[str, object]) -> CassetteWriter:
    from scimulator.evidence.cassette import BadCassette
    from scimulator.evidence.cassette import CassetteWriter as Writer
    from scimulator.evidence.pseudonyms import Pseudonyms
    from scimulator.exchange.redaction import Redactor

    key: bytes | None = None
    if options["key_env"]:
        name = str(options["key_env"])
        if not os.environ.get(name):
            raise click.UsageError(f"the variable {name} is not set or empty; export it with the key")
        key = os.environ[name].encode()
    pseudonyms = None if options["keep_personal_data"] else Pseudonyms(key)
    try:
        return Writer(Path(output), base, Redactor(), pseudonyms)
    except BadCassette as error:
        raise click.UsageError(str(error)) from error


def _record(output: str, options: dict[str, object]) -> int:
    from scimulator.evidence.recognising import Recogniser
    from scimulator.target.forwarding import Forwarder, Upstream

    try:
        upstream = Upstream.of(
            str(options["upstream"]),
            timeout=float(str(options["timeout"])),
            insecure=bool(options["insecure"]),
            ca_bundle=str(options["ca_bundle"] or ""),
        )
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--upstream: {error}") from error
    writer = _writer(output, upstream.path, options)
    recogniser = Recogniser()

    def listen(exchange: Exchange) -> None:
        found = recogniser.recognise(exchange.request)
        writer.write(exchange, step=found.step if found is not None else "")
        for line in _lines(exchange, found):
            click.echo(line)
        sys.stdout.flush()

    forwarder = Forwarder(upstream, listen, host=str(options["host"]), port=int(str(options["port"])))
    try:
        port = forwarder.bind()
    except OSError as error:
        writer.close()
        raise click.UsageError(
            f"{options['host']}:{options['port']} cannot be listened on ({error.strerror}); choose another --port, or 0"
        ) from error
    click.echo(f"Recording what goes through http://{options['host']}:{port} to {options['upstream']} into {output}.")
    if options["insecure"]:
        click.echo("Any certificate is accepted (--insecure).", err=True)
    click.echo("Ctrl-C ends it.")
    sys.stdout.flush()
    # Whoever starts us in the background may have had Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        forwarder.serve()
    except KeyboardInterrupt:
        pass
    finally:
        writer.close()
    click.echo(_summary(writer.written, recogniser, output))
    return 0


def _lines(exchange: Exchange, found: Recognised | None) -> list[str]:
    from scimulator.reporting.reading import plain

    status = str(exchange.response.status) if exchange.response is not None else "no answer"
    target = plain(exchange.request.target)
    shown = target if len(target) <= 60 else f"{target[:57]}..."
    known = f"{found.step} ({', '.join(found.dialects)})" if found is not None else "not recognised"
    took = f"{exchange.elapsed * 1000:.0f} ms"
    made = [f"{exchange.number:>5}  {exchange.request.method:<6} {shown}  {status}  {took}  {known}"]
    if exchange.failure is not None:
        made.append(f"       ! {plain(exchange.failure.message)}")
    departures = found.departures if found is not None and found.likeness < 1 else ()
    return made + [f"       - {plain(each)}" for each in departures[:4]]


def _summary(written: int, recogniser: Recogniser, output: str) -> str:
    dialect = recogniser.dialect
    who = f"It was {dialect}, as far as it was recognised." if dialect else "No single dialect was recognised."
    return f"{written} exchange{'' if written == 1 else 's'} in {output}. {who}"


def _import(archive: str, base: str, output: str, options: dict[str, object]) -> int:
    from scimulator.evidence.cassette import BadCassette
    from scimulator.evidence.har import exchanges_of
    from scimulator.evidence.recognising import Recogniser

    try:
        document = json.loads(Path(archive).read_text("utf-8-sig"))
        exchanges = exchanges_of(document, base.rstrip("/"))
    except OSError as error:
        raise click.UsageError(f"{archive} cannot be read ({error.strerror})") from error
    except (ValueError, BadCassette) as error:
        raise click.UsageError(f"{archive}: {error}") from error
    writer = _writer(output, base, options)
    recogniser = Recogniser()
    for each in exchanges:
        found = recogniser.recognise(each.request)
        writer.write(each, step=found.step if found is not None else "")
    writer.close()
    click.echo(_summary(writer.written, recogniser, output))
    return 0


def _export(cassette: str, archive: str) -> int:
    from scimulator.evidence.cassette import BadCassette, read_cassette
    from scimulator.evidence.har import har_of

    if not cassette:
        raise click.UsageError("name the cassette with -o")
    try:
        tape = read_cassette(Path(cassette))
        text = json.dumps(har_of(tape.exchanges, f"http://recorded.invalid{tape.base}"), indent=1, ensure_ascii=False)
        Path(archive).write_text(text + "\n", "utf-8")
    except BadCassette as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.UsageError(f"{archive} cannot be written ({error.strerror})") from error
    click.echo(f"{len(tape.exchanges)} exchanges written to {archive}.")
    return 0
