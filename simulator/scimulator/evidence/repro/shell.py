"""A repro as a script for a POSIX shell that needs curl, sed and grep; it exits 1 when the bug shows and 0 when not."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from scimulator.evidence.repro.condition import Proof
from scimulator.evidence.repro.plan import ImpossibleError
from scimulator.evidence.repro.shell_text import HEAD, TIDY
from scimulator.evidence.repro.template import LOUD, MARK, SECRET, TOKEN, URL, Gap, Place, names_in
from scimulator.evidence.repro.wording import commented, explained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.evidence.repro.condition import Condition
    from scimulator.evidence.repro.plan import Plan, Step
    from scimulator.evidence.repro.template import Text

_KNOWN = {TOKEN: "SCIM_TOKEN", MARK: MARK, LOUD: LOUD, URL: URL, SECRET: SECRET}


def shell(plan: Plan) -> str:
    """Return the script of a plan.

    Raises:
        ImpossibleError: where a request holds what no argument of a command can carry.
    """
    token = _credentials(plan.steps)
    needed = ['"${SCIM_URL:?is the base URL of the server}"', *(['"${SCIM_TOKEN:?is its token}"'] if token else [])]
    lines = [
        HEAD.format(
            about="\n".join(f"# {line}".rstrip() for line in commented(plan)),
            needed=" ".join(needed),
            mark=_mark(plan),
            escapes=_escapes(plan),
        )
        + TIDY.format(auth=" ".join(token))
    ]
    for step in plan.steps:
        lines += ["", f"# {step.number}. {explained(step)}", *_call(step)]
    lines += ["", f"# The bug shows when {plan.condition.sentence}.", *_decision(plan.condition)]
    return "\n".join(lines) + "\n"


def _mark(plan: Plan) -> str:
    fixed = next((value.seen for value in plan.values if value.name == MARK), "")
    if fixed:
        return "${SCIM_MARK:-scimulator-c$$x$(date +%s)-}"
    # Requests that play with the mark itself keep the one that they were sent with.
    marks = plan.header.get("run")
    return shlex.quote(f"scimulator-{marks}")


def _escapes(plan: Plan) -> str:
    r"""Return what turns the escapes of a JSON text into the characters that the expectations are written with.

    Some servers write every letter beyond ASCII as ``\u00e9``.
    """
    text = "".join(part for owed in plan.condition.owed for part in owed if isinstance(part, str))
    made = ["-e 's:\\\\/:/:g'"]
    for char in sorted({each for each in text if not each.isascii()}):
        escape = json.dumps(char)[1:-1].replace("\\", "\\\\\\\\")
        either = "".join(f"[{each}{each.upper()}]" if each in "abcdef" else each for each in escape)
        made.append(f"-e {shlex.quote(f's:{either.replace(chr(92) * 4, chr(92) * 2)}:{char}:g')}")
    return " ".join(made)


def _credentials(steps: tuple[Step, ...]) -> list[str]:
    """Return curl's options with which the requests authenticate; the clean-up does it in the same way."""
    for step in steps:
        made = [option for name, text in step.headers if TOKEN in names_in(text) for option in _header(name, text)]
        if made:
            return made
    return []


def _call(step: Step) -> Iterator[str]:
    seen = step.seen
    if step.pause:
        yield f"sleep {step.pause}"
    options: list[str] = ["--head"] if seen.method == "HEAD" else [f"-X {shlex.quote(seen.method)}"]
    names = {name.lower() for name, _ in step.headers}
    for name, text in step.headers:
        options += _header(name, text)
    # curl adds these by itself; a request that went without them has to go without them again.
    options += ["-H 'Accept:'"] if "accept" not in names else []
    options += ["-H 'User-Agent:'"] if step.anonymous else []
    if step.body:
        options += ["-H 'Content-Type:'"] if "content-type" not in names else []
        options.append(f"--data-raw {quoted(step.body)}")
    yield f"send {step.number} {quoted(step.target) or '/'} " + " \\\n  ".join(options)
    if step.prepares:
        yield f"must {step.number} {step.seen.status}"
    for bind in step.binds:
        source = f"header {step.number} {shlex.quote(bind.header)}" if bind.header else ""
        yield f"{bind.name}=$({source or f'member {step.number} {shlex.quote(bind.path)}'})"
        yield f'{bind.name}_PATH=$(segment "${bind.name}")'
        if bind.name == step.resource:
            if step.prepares:
                yield f'[ -n "${bind.name}" ] || give_up "the answer to step {step.number} has no id"'
            yield f'[ -z "${bind.name}" ] || MADE={shlex.quote(f"{seen.path}/")}"${bind.name}_PATH $MADE"'


def _header(name: str, text: Text) -> list[str]:
    if text[:1] == ("Basic ",) and TOKEN in names_in(text):
        return ['-u "${SCIM_USER:?is the name that belongs to the token}:$SCIM_TOKEN"']
    if not text:
        return [f"-H {shlex.quote(f'{name};')}"]
    first, *rest = text
    lead = (f"{name}: {first}",) if isinstance(first, str) else (f"{name}: ", first)
    return [f"-H {quoted((*lead, *rest))}"]


def quoted(text: Text) -> str:
    """Return a text as one word of the shell, variables in double quotes between the literal parts."""
    return "".join(_literal(part) if isinstance(part, str) else f'"{_variable(part)}"' for part in text)


def _variable(gap: Gap) -> str:
    if gap.name in _KNOWN:
        return f"${{{_KNOWN[gap.name]}}}"
    if gap.place is Place.TARGET:
        return f"${{{gap.name}_PATH}}"
    return f"${{{gap.name}}}" if gap.plain or gap.place is Place.HEADER else f'$(escaped "${gap.name}")'


def _literal(text: str) -> str:
    if all(char.isprintable() for char in text):
        return shlex.quote(text)
    if "\0" in text or text.endswith("\n"):
        raise ImpossibleError("a request holds a character that no argument of a command can carry")
    made = []
    for byte in text.encode("utf-8", "surrogatepass"):
        char = chr(byte)
        made.append({"%": "%%", "\\": "\\\\"}.get(char, char if 32 <= byte < 127 else f"\\{byte:03o}"))
    return f'"$(printf -- {shlex.quote("".join(made))})"'


def _decision(condition: Condition) -> Iterator[str]:
    step = condition.step
    yield f"same_class {step} {condition.status // 100}"
    yield f"if {_test(condition)}; then"
    yield f"  shown {shlex.quote(condition.sentence)}"
    yield "fi"
    yield "not_shown"


def _test(condition: Condition) -> str:
    step = condition.step
    where = shlex.quote(condition.where)
    values = f"values {step} {where} {condition.where.count('/')}"
    owed = " ".join(quoted(each) for each in condition.owed)
    match condition.test:
        case Proof.STATUS:
            codes = "|".join(code.replace("xx", "??") for code in condition.codes)
            return f"! status_is {step} {shlex.quote(codes)}" if codes else "true"
        case Proof.NO_HEADER:
            return f'[ -z "$(header {step} {where})" ]'
        case Proof.OTHER_HEADER:
            return f"! header_begins {step} {where} {owed}"
        case Proof.NO_JSON:
            return f"! is_json {step}"
        case Proof.MORE | Proof.OTHER_COUNT:
            operator = "-gt" if condition.test is Proof.MORE else "-ne"
            return f'[ "$(count {step} {where})" {operator} {condition.limit} ]'
        case Proof.LISTS:
            parts = [f'listed {step} "${name}"' for name in condition.listed]
            parts += [f'! listed {step} "${name}"' for name in condition.unlisted]
            return " && ".join(parts) or "true"
        case Proof.ABSENT | Proof.PRESENT:
            return f'[ -{"z" if condition.test is Proof.ABSENT else "n"} "$({values})" ]'
        case Proof.CHANGED:
            other = f"values {condition.other} {where} {condition.where.count('/')}"
            return f'[ "$({values})" != "$({other})" ]'
        case Proof.LACKS:
            return f'! holds "$({values})" {owed}'
        case _:
            operator = "=" if condition.test is Proof.LIKE else "!="
            return f'[ "$({values})" {operator} "$(lines {owed})" ]'
