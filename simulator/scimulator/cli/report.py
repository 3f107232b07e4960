"""``scimulator report``: make reports of a run that is over; ``check`` takes the same options for the run it makes."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from scimulator.catalogue.near_miss import hint
from scimulator.cli.gating import gating, marked
from scimulator.cli.main import Verb, examples

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scimulator.exchange.strict_json import JsonObject

F = TypeVar("F", bound="Callable[..., object]")

RUN_FILE = "scimulator-report/run.jsonl"


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of report: its option, what it is, and who makes it.

    ``maker`` is ``module:function``, imported when it is asked for; the function takes the records of a run, header
    and footer included, and returns the whole file as text. One that makes a ``folder`` takes its path as well.
    """

    option: str
    help: str
    maker: str
    folder: bool = False

    def write(self, path: Path, records: Sequence[JsonObject]) -> None:
        """Write the report of a run; ``-`` is standard output, and the job summary of GitHub Actions is appended to."""
        if self.folder:
            module, _, name = self.maker.partition(":")
            getattr(importlib.import_module(module), name)(records, path)
            return
        made = self.make(records).encode("utf-8", "backslashreplace")
        if str(path) == STANDARD_OUTPUT:
            click.echo(made.decode(), nl=False)
        elif str(path) == os.environ.get("GITHUB_STEP_SUMMARY"):
            with path.open("ab") as file:
                file.write(made)
        else:
            path.write_bytes(made)

    def make(self, records: Sequence[JsonObject]) -> str:
        """Return the report of a run."""
        module, _, name = self.maker.partition(":")
        made = getattr(importlib.import_module(module), name)(records)
        if not isinstance(made, str):
            raise TypeError(f"{self.maker} made no text")
        return made


FORMS = (
    Form("html", "Write the report as one HTML file that needs no network here.", "scimulator.cli.report_html:html"),
)
FORMATS = {
    each.option: each
    for each in (
        *FORMS,
        Form("junit", "JUnit XML.", "scimulator.reporting.junit:junit"),
        Form("sarif", "SARIF 2.1.0.", "scimulator.cli.report_sarif:sarif"),
        Form("markdown", "Markdown of bounded size.", "scimulator.reporting.markdown:markdown"),
        Form("github", "Annotations of GitHub Actions.", "scimulator.reporting.annotations:github_annotations"),
        Form("har", "Every exchange as an HTTP archive.", "scimulator.cli.report_har:har"),
        Form("allure", "A folder of Allure results.", "scimulator.reporting.allure:allure", folder=True),
    )
}
"""What ``--report FORMAT=FILE`` knows."""
STANDARD_OUTPUT = "-"


def forming(command: F) -> F:
    """Give a command one option per form, and ``--report`` for all formats."""
    told = f"Write a report (repeatable): {', '.join(FORMATS)}; - is standard output."
    command = click.option("--report", "reports", metavar="FORMAT=FILE", multiple=True, help=told)(command)
    for form in reversed(FORMS):
        command = click.option(f"--{form.option}", metavar="FILE", help=form.help)(command)
    return command


def asked_for(options: Mapping[str, object]) -> list[tuple[Form, Path]]:
    """Return the forms that the command line asks for, each with its file; folders are made.

    Raises:
        click.UsageError: when a file cannot be written.
    """
    made = []
    wanted = [(form, f"--{form.option}", str(options[form.option])) for form in FORMS if options.get(form.option)]
    for form, label, name in [*wanted, *_reports(options)]:
        path = Path(name)
        if name == STANDARD_OUTPUT and not form.folder:
            made.append((form, path))
            continue
        try:
            if form.folder:
                path.mkdir(parents=True, exist_ok=True)
                made.append((form, path))
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            there = path.exists()
            path.open("ab").close()
            if not there:
                # A run that ends early must not leave an empty report.
                path.unlink()
        except OSError as error:
            raise click.UsageError(f"{label} {name} cannot be written ({error.strerror})") from error
        made.append((form, path))
    return made


def write_forms(forms: Sequence[tuple[Form, Path]], records: Sequence[JsonObject]) -> None:
    """Write each form to its file, and say where.

    Raises:
        click.ClickException: when one cannot be written after all.
    """
    for form, path in forms:
        try:
            form.write(path, records)
        except OSError as error:
            raise click.UsageError(f"{path} cannot be written ({error.strerror})") from error
        if str(path) != STANDARD_OUTPUT:
            click.echo(f"written  {path}")


def _reports(options: Mapping[str, object]) -> list[tuple[Form, str, str]]:
    """Return what ``--report`` asks for; a format without a file goes to standard output."""
    given = options.get("reports")
    made = []
    for text in given if isinstance(given, tuple) else ():
        name, equals, file = str(text).partition("=")
        form = FORMATS.get(name.strip().lower())
        if form is None:
            raise click.UsageError(
                f"--report {text}: there is no format {name!r}{hint(name, FORMATS)}; there are {', '.join(FORMATS)}"
            )
        if (equals and not file.strip()) or (not equals and form.folder):
            raise click.UsageError(f"--report {text}: name the {'folder' if form.folder else 'file'}: {name}=PATH")
        made.append((form, f"--report {name}", file or STANDARD_OUTPUT))
    return made


@click.command(
    cls=Verb,
    epilog=examples(
        "scimulator report --html report.html",
        "scimulator report nightly/run.jsonl --report sarif=nightly.sarif --report junit=nightly.xml",
    ),
)
@click.argument("run_file", metavar="[RUN]", default=RUN_FILE)
@forming
@gating
def report(run_file: str, **options: object) -> int:
    """Make reports of a run that is over; RUN is the run stream of a check.

    Formats of --report are html, junit, sarif, markdown, har, github (annotations), and allure
    (a folder).

    Exit code: 0 written, 2 usage; whether the target conforms is what check says.
    """
    from scimulator.reporting.stream import BadRun, read_run

    if run_file == RUN_FILE and not Path(run_file).exists():
        raise click.UsageError(f"there is no {RUN_FILE} here; run scimulator check first, or name its run stream")
    try:
        records = list(read_run(Path(run_file)))
    except BadRun as error:
        raise click.UsageError(str(error)) from error
    if not records:
        raise click.UsageError(f"{run_file} is empty; name the run.jsonl of a check")
    forms = asked_for(options)
    if not forms:
        listed = [*(f"--{form.option} FILE" for form in FORMS), "--report FORMAT=FILE"]
        raise click.UsageError(f"name at least one of {', '.join(listed)}")
    write_forms(forms, marked(records, options))
    return 0
