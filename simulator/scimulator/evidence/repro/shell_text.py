"""The parts of a shell repro that are the same for every finding."""

from __future__ import annotations

HEAD = r"""#!/bin/sh
{about}
#
# Needs curl and the usual tools of a shell (sed, grep, sort), and two variables:
#   SCIM_URL    base URL of the server, such as http://127.0.0.1:8000/scim/v2
#   SCIM_TOKEN  its bearer token
# Exit code: 1 the bug shows, 0 it does not, 2 the requests did not get so far.
# What is made carries a mark (SCIM_MARK, default: a new one) and is removed at the end, unless SCIM_KEEP is set.
set -fu
: {needed}
URL=${{SCIM_URL%/}}
MARK={mark}
LOUD_MARK=$(printf %s "$MARK" | sed y/abcdefghijklmnopqrstuvwxyz/ABCDEFGHIJKLMNOPQRSTUVWXYZ/)
SECRET=${{SCIM_PASSWORD:-Aa1!repro$$x$(date +%s)}}
TAB=$(printf '\t')
CR=$(printf '\r')
WORK=$(mktemp -d) || exit 2
MADE=

# send STEP TARGET CURL-OPTION...
send() {{
  step=$1 target=$2
  shift 2
  : >"$WORK/$step.body"
  status=$(curl -sS -g --path-as-is -D "$WORK/$step.headers" -o "$WORK/$step.body" -w '%{{http_code}}' \
    "$@" "$URL$target") || status=000
  printf '%s\n' "$status" >"$WORK/$step.status"
  : >"$WORK/$step.flat"
  if is_json "$step"; then flatten <"$WORK/$step.body" | sed {escapes} >"$WORK/$step.flat"; fi
  printf '%s. %s %s\n' "$step" "$status" "$target"
}}

is_json() {{
  case $(LC_ALL=C sed -e 's/^[[:space:]]*//' -e '/./!d' "$WORK/$1.body" | sed 1q) in
    [{{[]*) return 0 ;;
  esac
  return 1
}}

# JSON as one line for each value: /emails/0/value, a tab, the value. Null, [] and {{}} have no line.
flatten() {{
  LC_ALL=C grep -oE '"([^"\\]|\\.)*"|[][{{}},:]|[^][{{}},:"[:space:]]+' | {{
    depth=0 here='' base='' kind='' key=''
    while IFS= read -r token; do
      case $token in
        '{{') depth=$((depth + 1)) base=$here kind=object key=wanted
             eval "kind_$depth=object base_$depth=\$here" ;;
        '[') depth=$((depth + 1)) base=$here kind=array
             eval "kind_$depth=array base_$depth=\$here index_$depth=0"
             here=$base/0 ;;
        '}}' | ']') depth=$((depth - 1))
             eval "kind=\${{kind_$depth:-}} base=\${{base_$depth:-}}" ;;
        ',') if [ "$kind" = array ]; then
               eval "index_$depth=\$((index_$depth + 1)); here=\$base/\$index_$depth"
             else
               key=wanted
             fi ;;
        ':') ;;
        *) if [ "$kind" = object ] && [ "$key" = wanted ]; then
             here=${{token#\"}} here=$base/${{here%\"}} key=
           elif [ "$token" != null ]; then
             printf '%s\t%s\n' "$here" "$token"
           fi ;;
      esac
    done
  }}
}}

# values STEP PATTERN DEPTH: what stands at and below a place, sorted; positions in arrays are written as *.
values() {{
  LC_ALL=C grep -iE "^$2(/|$TAB)" "$WORK/$1.flat" | LC_ALL=C sed -E -e "s:^(/[^/$TAB]*){{$3}}::" \
    -e ':a' -e "s:^([^$TAB]*)/[0-9]+(/|$TAB):\\1/*\\2:" -e ta | grep -iv "/primary${{TAB}}false\$" | LC_ALL=C sort
}}

lines() {{ printf '%s\n' "$@" | LC_ALL=C sort; }}

count() {{ LC_ALL=C grep -oiE "^$2/[0-9]+" "$WORK/$1.flat" | sort -u | grep -c .; }}

# holds LINES LINE...: whether one of the lines is there.
holds() {{
  found=$1
  shift
  for wanted in "$@"; do
    if printf '%s\n' "$found" | grep -qxF -- "$wanted"; then return 0; fi
  done
  return 1
}}

listed() {{ values "$1" '/Resources/[0-9]+/id' 3 | grep -qxF -- "$TAB\"$(escaped "$2")\""; }}

# member STEP PATH: the text or number at a flat path.
member() {{
  while IFS="$TAB" read -r path value; do
    if [ "$path" = "$2" ]; then
      printf '%s\n' "$value" | sed -e 's/^"//' -e 's/"$//' -e 's/\\"/"/g' -e 's/\\\\/\\/g'
      return
    fi
  done <"$WORK/$1.flat"
}}

header() {{ grep -i "^$2:" "$WORK/$1.headers" | sed -e 's/^[^:]*: *//' -e "s/$CR\$//" | sed 1q; }}

lower() {{ sed y/ABCDEFGHIJKLMNOPQRSTUVWXYZ/abcdefghijklmnopqrstuvwxyz/; }}

header_begins() {{
  wanted=$(printf %s "$3" | lower)
  case $(header "$1" "$2" | lower) in "$wanted"*) return 0 ;; esac
  return 1
}}

status_is() {{ grep -qE "^($(printf %s "$2" | sed 's/?/./g'))\$" "$WORK/$1.status"; }}

segment() {{
  printf %s "$1" | sed -e 's/%/%25/g' -e 's/ /%20/g' -e 's/[?]/%3F/g' -e 's/#/%23/g' -e 's|/|%2F|g' -e 's/"/%22/g' \
    -e 's/+/%2B/g' -e 's/&/%26/g' -e 's/@/%40/g' -e 's/:/%3A/g' -e 's/=/%3D/g'
}}

escaped() {{ printf %s "$1" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g'; }}

# must STEP STATUS: without this answer the rest says nothing.
must() {{
  status_is "$1" '2??' || give_up "step $1 was answered $(cat "$WORK/$1.status"), which was $2 before"
}}

same_class() {{
  status_is "$1" "$2??" || {{ echo "The answer is another one now: $(cat "$WORK/$1.status")."; not_shown; }}
}}

give_up() {{ printf 'NOT REACHED: %s\n' "$1" >&2; exit 2; }}
shown() {{ printf 'THE BUG SHOWS: %s\n' "$1"; exit 1; }}
not_shown() {{ echo "The bug does not show."; exit 0; }}
"""

TIDY = r"""
# Removes what was made, last things first, where its own GET shows the mark.
tidy() {{
  code=$?
  trap - EXIT INT TERM
  if [ -z "${{SCIM_KEEP:-}}" ]; then
    for place in $MADE; do
      case $(curl -sS -g {auth} "$URL$place") in
        *"$MARK"* | *"$LOUD_MARK"*)
          removed=$(curl -sS -g -o "$WORK/removed" -w '%{{http_code}}' -X DELETE {auth} "$URL$place") || removed=000
          printf 'removed %s (%s)\n' "$place" "$removed" ;;
      esac
    done
  fi
  rm -rf "$WORK"
  exit "$code"
}}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"""
