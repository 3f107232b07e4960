r"""A played scenario as a script for a POSIX shell: curl sends the recorded requests, sed takes ids from the answers.

The script decides nothing: it sends what the identity provider sends to a target that answers as it should, stops at
the first answer that is not expected, and removes what it made. What depends on an answer and is no id (Okta writes
back whole users as it read them) stands there as the profile expects it.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from scimulator.idp.driving.wire import AUTHORIZATION, HOST, placed
from scimulator.playing.belongings import COLLECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scimulator.exchange.message import Request
    from scimulator.idp.driving.log import Entry, Trace

MARKER = "scimulator-marker-"
"""What stands in the scenario for the mark, which the script makes anew each time it runs."""
_PLACE = re.compile(rf"{MARKER}|\b(?:USER|GROUP)_[0-9]+_ID\b")
_LEFT_TO_CURL = ("host", "content-length", "connection", "accept-encoding")

_HEAD = """\
#!/bin/sh
# {title}
# {dialect}, as scimulator plays it. Needs curl, the usual tools of a shell, and two variables:
#   SCIM_URL    base URL of the server, such as http://127.0.0.1:8000/scim/v2
#   SCIM_TOKEN  its bearer token
# Every name carries a mark (SCIM_MARK, default: a new one), and what was made is removed at the end;
# SCIM_KEEP=1 leaves it there, for "scimulator clean".
set -fu
: "${{SCIM_URL:?is the base URL of the server}}" "${{SCIM_TOKEN:?is its token}}"
URL=${{SCIM_URL%/}}
MARK=${{SCIM_MARK:-scimulator-c$$x$(date +%s)-}}
ANSWER=$(mktemp) || exit 1
MADE=

# Usage: send EXPECTED METHOD TARGET CURL-OPTION...; EXPECTED are statuses with bars between them.
send() {{
  expected=$1 method=$2 target=$3
  shift 3
  STATUS=$(curl -sS -g -o "$ANSWER" -w '%{{http_code}}' -X "$method" "$@" "$URL$target") || STATUS=000
  printf '%s %s %s\\n' "$STATUS" "$method" "$target"
  case "|$expected|" in
    *"|$STATUS|"*) ;;
    *) printf 'stopped: expected %s; the answer was:\\n' "$expected" >&2
       LC_ALL=C tr -d '[:cntrl:]' <"$ANSWER" >&2; echo >&2
       exit 1 ;;
  esac
}}

# The id of the resource in the last answer, as JSON writes it.
answered_id() {{
  sed 's/[,{{]/\\
/g' "$ANSWER" | sed -n 's/^[[:space:]]*"id"[[:space:]]*:[[:space:]]*"\\([^"]*\\)".*/\\1/p' | sed 1q
}}

# Its argument as a segment of a path.
segment() {{
  printf '%s' "$1" | sed -e 's/%/%25/g' -e 's/ /%20/g' -e 's/[?]/%3F/g' -e 's/#/%23/g' -e 's|/|%2F|g' -e 's/"/%22/g'
}}

# Removes what was made, last things first, where its own GET shows the mark.
tidy() {{
  code=$?
  trap - EXIT INT TERM
  if [ -z "${{SCIM_KEEP:-}}" ]; then
    for place in $MADE; do
      curl -sS -g -o "$ANSWER" -H "Authorization: Bearer $SCIM_TOKEN" "$URL$place" || continue
      case $(cat "$ANSWER") in
        *"$MARK"*)
          removed=$(curl -sS -g -o /dev/null -w '%{{http_code}}' -X DELETE -H "Authorization: Bearer $SCIM_TOKEN" \\
            "$URL$place") || removed=000
          printf '%s DELETE %s (removed at the end)\\n' "$removed" "$place" ;;
      esac
    done
  fi
  rm -f "$ANSWER"
  exit "$code"
}}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"""


def script(entries: Iterable[Entry], *, title: str, dialect: str, marked: bool = True) -> str:
    """Return the script for entries that a dry run gave, its names marked with ``MARKER``.

    Where they are not ``marked`` nothing is removed at the end.
    """
    lines = [_HEAD.format(title=_comment(title), dialect=_comment(dialect))]
    if not marked:
        lines.append("# Names are used as they stand, so that nothing can be removed safely.\nSCIM_KEEP=1")
    played = list(entries)
    if any(trace.send.request.method == "PUT" for entry in played for trace in entry.traces):
        lines.append("# What is written back whole is what the profile expects, not what this server added to it.")
    for entry in played:
        subject = f" {entry.key}" if entry.key else ""
        lines.append(f"\n# {_comment(f'{entry.act}{subject}')}")
        lines += [f"# {_comment(note)}" for note in entry.notes]
        if not entry.traces:
            lines += [f"# {_comment(message)}" for message in entry.messages]
        for trace in entry.traces:
            lines += list(_call(trace))
    lines.append('\nprintf "%s\\n" "All answers were as expected."\n')
    return "\n".join(lines)


def _call(trace: Trace) -> Iterator[str]:
    request = placed(trace.send)
    expected = "|".join(map(str, trace.send.exchange.status)) or "000"
    parts = [f"send {shlex.quote(expected)} {request.method} {_quoted(request.target, path=True)}"]
    parts += [f"-H {value}" for value in _headers(request)]
    if request.body:
        parts.append(f"--data-binary {_quoted(request.body.decode())}")
    yield " \\\n  ".join(parts)
    answer = trace.exchange.response if trace.exchange is not None else None
    made = answer.document().object.get("id") if answer is not None and request.method == "POST" else None
    if isinstance(made, str) and request.path in COLLECTIONS:
        yield f"{made}=$(answered_id)"
        yield f'[ -n "${made}" ] || {{ echo "stopped: the answer has no id" >&2; exit 1; }}'
        yield f'{_path_name(made)}=$(segment "${made}")'
        # Groups are removed before their members: the last thing made goes first.
        yield f'MADE="{request.path}/${_path_name(made)} $MADE"'


def _headers(request: Request) -> Iterator[str]:
    names = {name.lower() for name, _ in request.headers}
    for name, value in request.headers:
        if value == AUTHORIZATION:
            yield '"Authorization: Bearer $SCIM_TOKEN"'
        elif value != HOST and name.lower() not in _LEFT_TO_CURL:
            yield _quoted(f"{name}: {value}")
    # curl adds these by itself; a request that goes without them has to go without them.
    for name in ("Accept", "User-Agent"):
        if name.lower() not in names:
            yield f"'{name}:'"


def _quoted(text: str, *, path: bool = False) -> str:
    """Return a text as one word of the shell, with variables in the place of ids and of the mark."""
    made, at = [], 0
    for found in _PLACE.finditer(text):
        variable = "MARK" if found[0] == MARKER else _path_name(found[0]) if path else found[0]
        made += [shlex.quote(text[at : found.start()]) if found.start() > at else "", f'"${variable}"']
        at = found.end()
    made.append(shlex.quote(text[at:]) if at < len(text) or not made else "")
    return "".join(made)


def _path_name(variable: str) -> str:
    return variable.removesuffix("_ID") + "_PATH"


def _comment(text: str) -> str:
    return " ".join(text.split())
