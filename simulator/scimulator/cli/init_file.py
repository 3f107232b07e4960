"""The text of a ``scimulator.toml`` for a first reader: what was answered, and what else could be said."""

from __future__ import annotations

from dataclasses import dataclass

from scimulator.reporting.baseline_file import quoted


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered; secrets are no part of it.

    ``dialects`` empty means all; ``groups`` says whether the product has them; ``required`` are attribute paths beyond
    userName, ``defaults`` attribute paths with the value that everybody has.
    """

    url: str
    auth: str = "bearer"
    token_env: str = "SCIM_TOKEN"  # noqa: S105  the name of a variable
    username: str = ""
    header: str = ""
    dialects: tuple[str, ...] = ()
    groups: bool = True
    domain: str = "example.com"
    required: tuple[str, ...] = ()


def settings_text(answers: Answers) -> str:
    """Return the file as TOML with a comment for every part."""
    lines = [
        "# Settings of scimulator, written by scimulator init. Options on the command line win over this file.",
        "# A secret never stands here, only where it is found. docs/reference/settings.md lists every key.",
        "",
        "[target]",
        "# The SCIM server: an http(s) URL, asgi:module:app, wsgi:module:app or reference:",
        f"url = {quoted(answers.url)}",
        "# How the token is sent: bearer, basic (the token is the password), header, or none.",
        f"auth = {quoted(answers.auth)}",
    ]
    if answers.auth != "none":
        lines += ["# The environment variable that holds the token.", f"token_env = {quoted(answers.token_env)}"]
    if answers.username:
        lines.append(f"username = {quoted(answers.username)}")
    if answers.header:
        lines.append(f"header = {quoted(answers.header)}")
    lines += [
        "",
        "[limits]",
        "# Requests per second at most; 0 is as fast as the server answers.",
        "# rate = 5",
        "# Seconds for the whole run.",
        "# deadline = 1800",
        "",
        "[people]",
        "# Mail domain of made-up people. Where the product only takes verified domains, name one of them.",
        f"domain = {quoted(answers.domain)}",
        "# Attributes that the product requires of a user beyond userName, as SCIM writes them.",
        _list("required", answers.required, '"name.familyName"'),
        '# defaults = { userType = "Employee" }',
        "",
        "[run]",
        "# The identity providers that count; without this all do. See: scimulator list dialects",
        _list("dialects", answers.dialects, '"okta.template", "entra.legacy"'),
        '# "should" closes the gate for SHOULDs as well.',
        'fail_on = "must"',
        "# Deviations that are known do not fail a run: scimulator baseline update",
        '# baseline = "scimulator-baseline.toml"',
        "# max_warnings = 20",
        '# thresholds = ["latency.p95<500ms", "errors<1%"]',
        "",
        "[quirks]",
        "# What the product declares of itself. See: scimulator fingerprint",
    ]
    groups = '"supported"' if answers.groups else '"unsupported"'
    lines.append(f"{'# ' if answers.groups else ''}groups = {groups}")
    return "\n".join(lines) + "\n"


def _list(key: str, values: tuple[str, ...], example: str) -> str:
    if not values:
        return f"# {key} = [{example}]"
    return f"{key} = [{', '.join(quoted(each) for each in values)}]"
