"""``scimulator init``: five questions, a try on the server, and a commented settings file."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scimulator.catalogue.near_miss import hint
from scimulator.cli.main import Verb, examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.cli.init_file import Answers
    from scimulator.target.settings import Settings

FILE = "scimulator.toml"
_KINDS = ("bearer", "basic", "header", "none")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")
_PATH = re.compile(r"[A-Za-z$][A-Za-z0-9$_:.-]*\Z")


@click.command(
    cls=Verb,
    epilog=examples(
        "scimulator init",
        "scimulator init --yes --url https://scim.example.com/scim/v2 --token-env SCIM_TOKEN --idp okta",
    ),
)
@click.option("--url", metavar="TARGET", help="The server: URL, asgi:module:app, wsgi:module:app or reference:.")
@click.option("--auth", type=click.Choice(_KINDS), help="How to authenticate; default: bearer.")
@click.option("--token-env", metavar="NAME", help="Variable that holds the token; default: SCIM_TOKEN.")
@click.option("--username", metavar="NAME", help="User of --auth basic.")
@click.option("--header", metavar="NAME", help="Header of --auth header.")
@click.option(
    "--idp", "idps", metavar="NAME", multiple=True, help="okta, entra or a dialect (repeatable); default: all."
)
@click.option("--groups/--no-groups", default=None, help="Whether the product has groups; default: what it answers.")
@click.option("--domain", metavar="DOMAIN", help="Mail domain of the people; default: example.com.")
@click.option("--require", metavar="PATH", multiple=True, help="Attribute that a user must have (repeatable).")
@click.option("--yes", is_flag=True, help="Ask nothing: take options and defaults.")
@click.option("--no-try", is_flag=True, help="Do not send anything to the server.")
@click.option("--force", is_flag=True, help=f"Overwrite {FILE}.")
@click.option("--output", "-o", metavar="FILE", default=FILE, show_default=True, help="Where to write.")
def init(output: str, *, yes: bool, no_try: bool, force: bool, **options: object) -> int:
    """Write a commented scimulator.toml: five questions, and the answers are tried on the server.

    The questions are where the server is, how to authenticate, which identity providers count, whether there are
    groups, and what people must look like. No secret is written. Exit code: 0 written, 2 usage, 4 unreachable or
    credentials refused (nothing is written then).
    """
    path = Path(output)
    if path.exists() and not force:
        raise click.UsageError(f"{path} exists already; --force overwrites it, -o FILE writes elsewhere")
    asking = not yes
    if asking and not sys.stdin.isatty() and not options["url"]:
        raise click.UsageError("nobody can be asked here; give --yes and at least --url")
    answers = _answers(options, asking=asking)
    if not no_try:
        tried = _try(answers, asking=asking, groups=options["groups"])
        if isinstance(tried, int):
            return tried
        answers = tried
    _write(path, answers)
    click.echo(f"written  {path}")
    click.echo("next     scimulator check" + (f" --config {path}" if output != FILE else ""))
    return 0


def _answers(options: dict[str, object], *, asking: bool) -> Answers:
    """Return what options and questions say.

    Raises:
        click.UsageError: for an answer that cannot be.
    """
    from scimulator.cli.init_file import Answers

    def answer(name: str, question: str, default: str, valid: Callable[[str], str]) -> str:
        given = options[name]
        if given is not None:
            return valid(str(given))
        return _ask(question, default, valid) if asking else valid(default)

    url = answer("url", "1/5 Where is the SCIM server (URL, asgi:module:app or reference:)?", "", _url)
    local = not url.lower().startswith(("http://", "https://"))
    auth = answer("auth", f"2/5 How to authenticate ({', '.join(_KINDS)})?", "none" if local else "bearer", _kind)
    username = answer("username", "    User name?", "", _filled) if auth == "basic" else ""
    header = answer("header", "    Name of the header?", "X-Api-Key", _header) if auth == "header" else ""
    variable = "SCIM_TOKEN"
    if auth != "none":
        variable = answer("token_env", "    Environment variable that holds the token?", "SCIM_TOKEN", _variable)
    named = options["idps"]
    dialects = _idps(",".join(map(str, named))) if isinstance(named, tuple) and named else None
    if dialects is None:
        dialects = _idps(
            _ask("3/5 Which identity providers (okta, entra, all)?", "all", _known_idps) if asking else "all"
        )
    groups = options["groups"]
    if groups is None and asking:
        groups = click.confirm("4/5 Does the product have groups?", default=True, err=True)
    domain = answer("domain", "5/5 Mail domain of made-up people?", "example.com", _domain)
    listed = options["require"]
    required = tuple(_path(str(each)) for each in listed) if isinstance(listed, tuple) else ()
    if asking and not required:
        told = _ask("    Attributes each must have beyond userName (separated by commas)?", "none", _paths)
        required = () if told == "none" else tuple(each.strip() for each in told.split(",") if each.strip())
    return Answers(
        url=url,
        auth=auth,
        token_env=variable,
        username=username,
        header=header,
        dialects=dialects,
        groups=groups is not False,
        domain=domain,
        required=required,
    )


def _ask(question: str, default: str, valid: Callable[[str], str]) -> str:
    """Ask until the answer can be used."""
    while True:
        given = str(click.prompt(question, default=default or None, err=True)).strip()
        try:
            return valid(given)
        except click.UsageError as error:
            click.echo(f"    {error.message}", err=True)


def _try(answers: Answers, *, asking: bool, groups: object) -> Answers | int:
    """Try the answers on the server; return them, or an exit code where nothing can be judged with them."""
    from dataclasses import replace

    from scimulator.cli.choosing import opened, prompted
    from scimulator.cli.doctor import printable
    from scimulator.target.diagnosis import Sign, doctor
    from scimulator.target.settings import Settings

    settings = _settings(answers, Settings())
    if answers.auth != "none" and not os.environ.get(answers.token_env):
        if not asking:
            raise click.UsageError(f"the variable {answers.token_env} is not set; set it, or give --no-try")
        click.echo(f"    {answers.token_env} is not set: the token is needed for a try, and is not written.", err=True)
        settings = settings.override(token_prompt=True, token_env="")
    with prompted(settings) as ready:
        target = opened(answers.url, ready)
        try:
            symptoms = doctor(target, ready.target)
            seen = _groups_seen(target)
        finally:
            target.close()
    for each in symptoms:
        if each.sign is Sign.BAD:
            click.echo(f"✗ {each.topic}: {printable(each.message)}")
            click.echo(f"  → {printable(each.advice)}")
    if any(each.obstacle for each in symptoms):
        click.echo("nothing is written: with these answers the server cannot be judged; --no-try writes all the same")
        return 4
    wrong = sum(each.sign is Sign.BAD for each in symptoms)
    click.echo(f"tried    {target.name}   " + (f"{wrong} to mend, see above" if wrong else "it can be talked to"))
    if groups is None and not asking and seen is not None:
        return replace(answers, groups=seen)
    if seen is not None and seen is not answers.groups:
        told = "answers for groups, though it is said to have none" if seen else "knows no groups (404 for /Groups)"
        click.echo(f"!        the server {told}")
    return answers


def _settings(answers: Answers, settings: Settings) -> Settings:
    return settings.override(
        origin="scimulator init",
        url=answers.url,
        auth=answers.auth,
        token_env=answers.token_env if answers.auth != "none" else None,
        username=answers.username or None,
        header=answers.header or None,
    )


def _groups_seen(target: object) -> bool | None:
    """Return whether /Groups is there; None where that cannot be told."""
    from scimulator.target.essentials import probe

    exchange = probe(target, "/Groups?count=1")  # type: ignore[arg-type]  # a Target, imported only for its type
    status = exchange.response.status if exchange.response else 0
    return True if status == 200 else False if status in (404, 501) else None


def _write(path: Path, answers: Answers) -> None:
    from scimulator.cli.init_file import settings_text
    from scimulator.target.settings_file import load_settings

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(settings_text(answers), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written ({error.strerror})") from error
    # What is written must be what check reads.
    load_settings(path, environ={})


def _url(text: str) -> str:
    from scimulator.exchange.redaction import is_secret_member

    if ":" not in text:
        near = f"; did you mean https://{text} ?" if "." in text else ""
        raise click.UsageError(f"give a URL, asgi:module:app, wsgi:module:app or reference:{near}")
    head, _, query = text.partition("?")
    if head.lower().startswith(("http://", "https://")) and "@" in head.partition("//")[2].partition("/")[0]:
        raise click.UsageError("the address holds credentials; leave them out and name a variable for the token")
    if any(is_secret_member(part.partition("=")[0]) for part in query.split("&")):
        raise click.UsageError("the address holds a secret in its query, and this file is shared; leave it out")
    return text


def _kind(text: str) -> str:
    if text not in _KINDS:
        raise click.UsageError(f"there is no such way{hint(text, _KINDS)}; there are {', '.join(_KINDS)}")
    return text


def _filled(text: str) -> str:
    if not text:
        raise click.UsageError("a user name is needed; give --username")
    return text


def _variable(text: str) -> str:
    # What stands here in place of a name may be the token itself: it is not shown.
    if not _VARIABLE.match(text):
        raise click.UsageError("that is no name of a variable; name the variable, never the token itself")
    return text


def _header(text: str) -> str:
    if not _HEADER.match(text):
        raise click.UsageError("that is no name of a header")
    return text


def _domain(text: str) -> str:
    if not _DOMAIN.match(text):
        raise click.UsageError(f"{text!r} is no mail domain; write it like example.com")
    return text


def _path(text: str) -> str:
    if not _PATH.match(text.strip()):
        raise click.UsageError(f"{text!r} is no attribute; write it as SCIM does, like name.familyName")
    return text.strip()


def _paths(text: str) -> str:
    if text != "none":
        for each in text.split(","):
            _path(each)
    return text


def _known_idps(text: str) -> str:
    _idps(text)
    return text


def _idps(text: str) -> tuple[str, ...]:
    """Return the dialects that a list of names means; empty for all."""
    from scimulator.catalogue.dialects import dialects

    known = dialects()
    made: list[str] = []
    for name in (each.strip().lower() for each in text.split(",") if each.strip()):
        if name == "all":
            return ()
        fitting = [each.id for each in known if name in (each.id, each.idp)]
        if not fitting:
            names = dict.fromkeys(["all", *(each.idp for each in known), *(each.id for each in known)])
            raise click.UsageError(f"no identity provider is called {name!r}{hint(name, names)}")
        made += fitting
    return tuple(dict.fromkeys(made))
