"""The command ``scimulator``: its verbs are loaded when they are called, so that ``--help`` stays quick."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from typing import TYPE_CHECKING

import click

from scimulator import __version__
from scimulator.catalogue.near_miss import hint

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE, OURS, INTERRUPTED = 2, 3, 130
"""The exit codes that this module itself gives; scimulator.reporting.verdict.ExitCode lists all of them."""
_ISSUES = "the project's issue tracker"
_VERBS = {
    "check": ("scimulator.cli.check:check", "Judge a SCIM server and say what is wrong with it."),
    "baseline": ("scimulator.cli.baseline:baseline", "Keep the file of known deviations, for check --baseline."),
    "init": ("scimulator.cli.init:init", "Write a commented scimulator.toml, tried on the server."),
    "compare": ("scimulator.cli.compare:compare", "Say what is fixed and what is new between two runs."),
    "doctor": ("scimulator.cli.verbs:doctor", "Find out why nothing works with a server."),
    "fingerprint": ("scimulator.cli.fingerprint:fingerprint", "Find out which quirks a server has."),
    "idp": ("scimulator.cli.idp:idp", "Let Okta or Entra play a scenario on a server."),
    "serve": ("scimulator.cli.serve:serve", "Put the reference provider on a port of this machine."),
    "clean": ("scimulator.cli.verbs:clean", "Remove what runs of the past left on a server."),
    "repro": ("scimulator.cli.repro:repro", "Write what shows a finding as sh, HAR, pytest and Markdown."),
    "record": ("scimulator.cli.record:record", "Record a real client through a proxy, or read a HAR."),
    "replay": ("scimulator.cli.replay:replay", "Try again what failed in the last run."),
    "report": ("scimulator.cli.report:report", "Make reports of a run that is over."),
    "list": ("scimulator.cli.listing:list_", "List checks, requirements, profiles, faults, controls and more."),
    "explain": ("scimulator.cli.explain:explain", "Explain a check, requirement, ruling, fault, dialect, quirk."),
    "selftest": ("scimulator.cli.verbs:selftest", "Run every fault of the reference provider against the checks."),
}
EXAMPLES = {
    "scimulator": ("scimulator check", "scimulator check https://scim.example.com/scim/v2 --token-env SCIM_TOKEN"),
}


def examples(*lines: str) -> str:
    """Return the end of a help text: examples, one a line."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


class Verb(click.Command):
    """A command whose mistyped options are answered with the nearest one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, adding our hint to what click says of an unknown option."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            known = [name for param in self.params for name in (*param.opts, *param.secondary_opts) if "--" in name]
            near = hint(error.option_name, known)
            raise click.UsageError(f"no such option: {error.option_name}{near}", ctx) from error


class _Verbs(click.Group):
    """The verbs, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        if cmd_name not in _VERBS:
            return None
        module, _, name = _VERBS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{name} is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _VERBS and not args[0].startswith("-"):
            raise click.UsageError(f"no such command: {args[0]}{hint(args[0], _VERBS)}", ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            known = ["--help", "--version", "--debug"]
            raise click.UsageError(
                f"no such option: {error.option_name}{hint(error.option_name, known)}", ctx
            ) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in _VERBS.items()])


@click.group(
    cls=_Verbs,
    name="scimulator",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(*EXAMPLES["scimulator"]),
)
@click.version_option(__version__, "--version", message="scimulator %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error of ours.")
@click.pass_context
def scimulator(ctx: click.Context, *, debug: bool) -> None:
    """Play the identity provider against a SCIM 2.0 server, and say which requirement or which one is broken.

    A target is reference:[FAULT,…][?preset=NAME], asgi:module:app, wsgi:module:app or an http(s) URL.
    """
    ctx.ensure_object(dict)["debug"] = debug
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 conforms, 1 does not, 2 usage or configuration, 3 our own error, 4 unreachable or credentials refused, 130 Ctrl-C.
    """
    given = list(sys.argv[1:] if args is None else args)
    debug = "--debug" in given
    if "--debug" in given:
        # It is about the command line as a whole, so it may stand anywhere on it.
        given = ["--debug", *(each for each in given if each != "--debug")]
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a replaced stream may lack it
    try:
        code = scimulator.main(given, prog_name="scimulator", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "scimulator"
        return _complain(f"{error.format_message()}\nSee: {where} --help", USAGE)
    except click.ClickException as error:
        return _complain(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing must complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001  the last line of defence
        return _unexpected(error, debug=debug)
    return code if isinstance(code, int) else 0


def _complain(message: str, code: int) -> int:
    from scimulator.reporting.reading import plain

    click.echo("\n".join(plain(line) for line in f"Error: {message}".split("\n")), err=True)
    return code


def _unexpected(error: Exception, *, debug: bool) -> int:
    from scimulator.catalogue.dialects import UnknownDialectError
    from scimulator.target.errors import TargetError

    if isinstance(error, TargetError | UnknownDialectError) and not debug:
        return _complain(str(error), USAGE)
    if debug:
        import traceback

        traceback.print_exception(error)
    told = f"{type(error).__name__}: {error}"[:300]
    where = "" if debug else " The same command with --debug shows where it happened."
    _complain(
        f"something went wrong in scimulator itself, which says nothing of the target ({told}). Please report it in "
        f"{_ISSUES}, with the command and scimulator {__version__}.{where}",
        OURS,
    )
    return USAGE if isinstance(error, TargetError | UnknownDialectError) else OURS


if __name__ == "__main__":
    sys.exit(main())
