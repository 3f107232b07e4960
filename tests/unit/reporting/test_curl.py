"""The curl line is one that a shell understands and that sends what was sent."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from scimulator.reporting.curl import curl

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject

BASE = "http://127.0.0.1:8000/scim/v2"


def exchange(
    method: str, target: str, headers: dict[str, str] | None = None, body: str = "", **more: Json
) -> JsonObject:
    fields = {"Authorization": "Bearer <redacted>", "Accept": "application/scim+json"} if headers is None else headers
    listed: list[Json] = [[name, value] for name, value in fields.items()]
    return {"request": {"method": method, "target": target, "headers": listed, "body": body, **more}}


def arguments(command: str) -> list[str]:
    """Return what a shell hands to curl, and behind it what it feeds to its input."""
    script = (
        'curl() { for each in "$@"; do printf "%s\\0" "$each"; done; case "$*" in *@-*) cat;; esac; }\n'
        f"SCIM_TOKEN='t0k\"en' SCIM_USER=me SCIM_URL={BASE}\n{command}\n"
    )
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True, timeout=10)
    assert not done.stderr
    return done.stdout.decode().split("\0")


def test_a_get() -> None:
    made = arguments(curl(exchange("GET", "/Users?filter=userName+eq+%22a%22&count=1"), BASE))
    assert made[:5] == ["-sS", "-i", "-X", "GET", f"{BASE}/Users?filter=userName+eq+%22a%22&count=1"]
    assert made[5:-1] == ["-H", 'Authorization: Bearer t0k"en', "-H", "Accept: application/scim+json"]


@pytest.mark.parametrize(
    "body",
    [
        '{"userName":"O\'Brien $HOME `id` \\\\ \\" !"}',
        '{"displayName":"東京 ü"}',
        "line one\nline two\r\n\ttab \x1b[31m 100% \\n",
        "-n",
    ],
)
def test_a_body_arrives_unchanged(body: str) -> None:
    headers = {"Accept": "application/scim+json", "Content-Type": "application/scim+json"}
    command = curl(exchange("POST", "/Users", headers, body), BASE)
    made = arguments(command)
    assert made[made.index("--data-binary") + 1] in (body, "@-")
    if "@-" in made:
        assert made[-1] == body
    assert "\x1b" not in command


def test_what_curl_would_add_is_held_back() -> None:
    made = arguments(curl(exchange("POST", "/Users", {"Host": "h", "Content-Length": "2"}, "{}"), BASE))
    assert "Accept:" in made
    assert "Content-Type:" in made
    assert not any(each.startswith(("Host", "Content-Length")) for each in made)


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({"Authorization": "Basic <redacted>"}, 'me:t0k"en'),
        ({"X-Api-Key": "<redacted>"}, 'X-Api-Key: t0k"en'),
        ({"X-Odd": 'a$b`c"d <redacted>'}, 'X-Odd: a$b`c"d t0k"en'),
        ({"If-Match": 'W/"a\'b"'}, 'If-Match: W/"a\'b"'),
        ({"X-Empty": ""}, "X-Empty;"),
    ],
)
def test_headers(headers: dict[str, str], wanted: str) -> None:
    assert wanted in arguments(curl(exchange("GET", "/Users/1", headers), BASE))


@pytest.mark.parametrize(
    "target", ["/Users/$(reboot)", "/Users/a'b;c", "/Users?filter=emails[type eq 1]", "/Users/ü\x1b"]
)
def test_a_hostile_id_stays_text(target: str) -> None:
    for base in (BASE, ""):
        command = curl(exchange("GET", target, {}), base)
        assert command.isprintable() or "\n" in command
        assert "\x1b" not in command
        url = next(each for each in arguments(command) if each.startswith("http"))
        if target.isprintable():
            assert url == BASE + target


def test_a_target_without_address_uses_a_variable() -> None:
    assert f"{BASE}/Users" in arguments(curl(exchange("GET", "/Users"), ""))
    assert '"$SCIM_URL/Users"' in curl(exchange("GET", "/Users"), "")


def test_a_body_that_was_cut_is_not_sent() -> None:
    command = curl(exchange("PUT", "/Users/1", body="{", cut=300000), BASE)
    assert "--data-binary" not in arguments(command)
    assert "too long" in command


def test_special_methods_and_paths() -> None:
    assert "--head" in arguments(curl(exchange("HEAD", "/Users"), BASE))
    assert "--path-as-is" in arguments(curl(exchange("GET", "/Users/../Groups"), BASE))
    assert "-g" in arguments(curl(exchange("GET", "/Users?filter=a[b]"), BASE))
