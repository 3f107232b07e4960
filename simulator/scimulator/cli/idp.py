"""``scimulator idp``: an identity provider plays a scenario on a server, and what came of it is compared."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from scimulator.catalogue.near_miss import hint
from scimulator.cli.choosing import chosen_settings, opened, prompted, reaching, split_arguments
from scimulator.cli.main import Verb, examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scimulator.catalogue.profiles import Profile
    from scimulator.cli.idp_run import Chosen
    from scimulator.idp.scenario import Scenario
    from scimulator.target.settings import Settings
    from scimulator.target.target import Target

F = TypeVar("F", bound="Callable[..., object]")
_DEFAULTS = {"okta": "okta.template", "entra": "entra.legacy"}
_DAYS_30 = 30 * 24 * 3600.0
_OPTIONS: tuple[Callable[[F], F], ...] = (
    click.option("--scenario", metavar="FILE|NAME", default="everyday", show_default=True, help="TOML, or a built-in."),
    click.option("--switch", "switches", metavar="NAME", multiple=True, help="Turn an option of the app on; NAME=off."),
    click.option("--dry-run", is_flag=True, help="Print the HTTP that would be sent; needs no target."),
    click.option("--as", "form", type=click.Choice(["curl"]), help="Print a shell script instead; needs no target."),
    click.option("--keep", is_flag=True, help="Leave on the target what was made."),
    click.option("--no-mark", is_flag=True, help="Use all names as they stand; only with --keep."),
    click.option("--real-time", is_flag=True, help="Really let pass the time that the scenario lets pass."),
    click.option("--controls", is_flag=True, help="Allow what the scenario does in the product itself."),
    click.option("--json", "json_file", metavar="FILE", help="Also write everything here."),
    click.option("-v", "--verbose", is_flag=True, help="Show bodies."),
)


def _playing(command: F) -> F:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class _Providers(click.Group):
    """The identity providers; a mistyped one is answered with the nearest."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _DEFAULTS and not args[0].startswith("-"):
            raise click.UsageError(f"no identity provider is called {args[0]!r}{hint(args[0], _DEFAULTS)}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Providers,
    name="idp",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "scimulator idp okta https://scim.example.com/scim/v2 --dialect okta.wizard",
        "scimulator idp entra reference: --scenario groups",
    ),
)
def idp() -> None:
    """Let an identity provider play a scenario on a SCIM server, and show what it did as its own log does."""


@idp.command(
    cls=Verb,
    short_help="Okta: okta.template, okta.wizard.",
    epilog=examples(
        "scimulator idp okta https://scim.example.com/scim/v2 --token-env SCIM_TOKEN --scenario groups",
        "scimulator idp okta --dialect okta.wizard --as curl > okta.sh",
    ),
)
@click.argument("target", required=False, metavar="[TARGET]")
@click.option("--dialect", metavar="NAME", help="okta.template (default) or okta.wizard.")
@_playing
@reaching
def okta(target: str | None, **options: object) -> int:
    """Let Okta play a scenario, and show each event as its system log does, with the exchanges beneath.

    Logins, addresses and names of groups carry the run's mark, so that everything made can be removed at the end. Then
    the target is compared with the directory and each drift is named. Exit code: 0 no drift and nothing failed, 1
    otherwise, 4 unreachable or credentials refused.
    """
    return _play("okta", target, options)


@idp.command(
    cls=Verb,
    short_help="Microsoft Entra ID: entra.legacy, entra.optscim.",
    epilog=examples(
        "scimulator idp entra https://scim.example.com/scim/v2 --dialect entra.optscim",
        "scimulator idp entra --scenario groups --dry-run",
    ),
)
@click.argument("target", required=False, metavar="[TARGET]")
@click.option("--dialect", metavar="NAME", help="entra.legacy (default) or entra.optscim.")
@click.option("--cycles", metavar="N", type=click.IntRange(1, 1000), help="Let N cycles of the job carry all over.")
@click.option("--on-demand", metavar="USER", help="Only provision this person of the scenario, on demand.")
@_playing
@reaching
def entra(target: str | None, **options: object) -> int:
    """Let Microsoft Entra ID play a scenario, and show each event as its provisioning log does.

    Each event is carried over at once, or by cycles, 40 simulated minutes apart, with --cycles. Logins, addresses and
    names of groups carry the run's mark, so that everything made can be removed at the end. Then the target is compared
    with the directory and each drift is named. Exit code: 0 no drift and nothing failed, 1 otherwise, 4 unreachable or
    credentials refused.
    """
    return _play("entra", target, options)


def _play(name: str, argument: str | None, options: Mapping[str, object]) -> int:
    from scimulator.cli import idp_run
    from scimulator.reporting.screen import screen
    from scimulator.target.opening import dialect_hint

    if options["no_mark"] and not options["keep"]:
        raise click.UsageError("--no-mark only goes together with --keep: without a mark nothing can be removed safely")
    json_file = str(options["json_file"]) if options["json_file"] else None
    if options.get("cycles") and options.get("on_demand"):
        raise click.UsageError("give either --cycles or --on-demand")
    if options["form"] and json_file:
        raise click.UsageError("--as curl prints a script and writes no --json")
    prefixes, given = split_arguments((argument,) if argument is not None else (), None)
    if prefixes:
        raise click.UsageError(f"{prefixes[0]!r} is no target; give a URL, asgi:module:app or reference:")
    scenario = _scenario(name, str(options["scenario"]))
    settings = chosen_settings(options, url=given)
    profile = _profile(name, options, scenario, dialect_hint(settings.target.url))
    chosen: Chosen = idp_run.Chosen(
        scenario=scenario,
        profile=profile,
        keep=bool(options["keep"]),
        mark=not options["no_mark"],
        real_time=bool(options["real_time"]),
        verbose=bool(options["verbose"]),
        json_file=json_file,
        cycles=cycles if isinstance(cycles := options.get("cycles"), int) else None,
        on_demand=_subject(scenario, str(options.get("on_demand") or "")),
        domain=settings.people.domain if settings.origin("people.domain") != "default" else "",
    )
    console = screen(sys.stdout)
    if options["form"]:
        return idp_run.as_curl(chosen, console)
    if options["dry_run"]:
        return idp_run.dry_run(chosen, console)
    if scenario.controls and not options["controls"]:
        raise click.UsageError(
            f"the scenario {scenario.name} does things in the product itself ({', '.join(scenario.controls)}); allow "
            f"it with --controls, and say in scimulator.toml how each is done and undone: scimulator list controls"
        )
    if scenario.controls and not chosen.mark:
        raise click.UsageError("a scenario with controls is played with the mark only; leave out --no-mark")
    with _reached(name, settings, real_time=chosen.real_time) as target:
        return idp_run.live(_with_controls(chosen, target, settings), target, console)


def _with_controls(chosen: Chosen, target: Target, settings: Settings) -> Chosen:
    """Return what is played with the controls of the target.

    Raises:
        click.UsageError: when one that the scenario needs is not defined.
    """
    from scimulator.target.controls.desk import missing, surroundings, target_controls

    if not chosen.scenario.controls:
        return chosen
    known = target_controls(target, settings)
    lacking = next((each for each in chosen.scenario.controls if each not in known), None)
    if lacking is not None:
        raise click.UsageError(missing(lacking))
    return replace(chosen, controls=known, around=surroundings(target, settings, chosen.redactor.add))


@contextmanager
def _reached(name: str, settings: Settings, *, real_time: bool) -> Iterator[Target]:
    from scimulator.idp.okta.patience import TIMEOUT_SECONDS

    if not settings.target.url:
        raise click.UsageError(
            "no target is named; give a URL, asgi:module:app, wsgi:module:app or reference:, or see --dry-run"
        )
    if name == "okta" and settings.origin("limits.timeout") == "default":
        settings = settings.override(timeout=float(TIMEOUT_SECONDS), origin="Okta's own timeout")
    if real_time and settings.origin("limits.deadline") == "default":
        settings = settings.override(deadline=_DAYS_30, origin="--real-time")
    with prompted(settings) as ready:
        target = opened(ready.target.url, ready)
        try:
            yield target
        finally:
            target.close()


def _scenario(name: str, wanted: str) -> Scenario:
    """Return the scenario of a file or a built-in one, whose name may leave out the identity provider's."""
    from scimulator.idp.scenario_file import ScenarioError, built_in, read_scenario

    path = Path(wanted)
    try:
        if path.suffix == ".toml" or "/" in wanted or path.is_file():
            scenario = read_scenario(path.read_text(encoding="utf-8"), wanted)
        else:
            known = built_in()
            found = known.get(wanted) or known.get(f"{name}-{wanted}")
            if found is None:
                near = hint(wanted, [*known, *(each.partition("-")[2] for each in known)])
                listed = ", ".join(known)
                raise click.UsageError(
                    f"no scenario is called {wanted!r}{near}; there are {listed}, or give a FILE.toml"
                )
            scenario = found
    except ScenarioError as error:
        raise click.UsageError(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise click.UsageError(f"the scenario {wanted} cannot be read: {told}") from error
    if scenario.idp not in ("", name):
        raise click.UsageError(f"the scenario {scenario.name} is for {scenario.idp}: scimulator idp {scenario.idp} …")
    return scenario


def _subject(scenario: Scenario, wanted: str) -> str:
    """Return the key of a person or group, which may be named by login or display name too."""
    if not wanted or wanted in scenario.people or wanted in scenario.groups:
        return wanted
    names = {person.login: key for key, person in scenario.people.items()}
    names |= {group.name: key for key, group in scenario.groups.items()}
    if wanted not in names:
        near = hint(wanted, [*scenario.people, *scenario.groups, *names])
        raise click.UsageError(f"the scenario {scenario.name} has nobody called {wanted!r}{near}")
    return names[wanted]


def _profile(name: str, options: Mapping[str, object], scenario: Scenario, selected: str | None) -> Profile:
    """Return the profile that option or target's address select, with its switches."""
    from scimulator.catalogue.dialects import dialect
    from scimulator.catalogue.profiles import Profile, UnknownExchangeError

    default = selected if selected and selected.startswith(f"{name}.") else _DEFAULTS[name]
    chosen = dialect(str(options.get("dialect") or default))
    if chosen.idp != name:
        raise click.UsageError(f"{chosen.id} is a dialect of {chosen.idp}: scimulator idp {chosen.idp} …")
    on: list[str] = list(scenario.switches)
    off: list[str] = []
    for text in options["switches"] if isinstance(options["switches"], tuple) else ():
        switch, _, value = str(text).partition("=")
        if value not in ("", "on", "off"):
            raise click.UsageError(f"--switch {text}: write NAME, NAME=on or NAME=off")
        (off if value == "off" else on).append(switch)
    try:
        return Profile.load(chosen, on=on, off=off)
    except UnknownExchangeError as error:
        raise click.UsageError(str(error)) from error
