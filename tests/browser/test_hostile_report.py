"""A target chooses what stands in a report; whatever it chooses stays text, and the page stays deaf and dumb."""

from __future__ import annotations

import copy

import pytest

from scimulator.cli.report_html import html
from scimulator.reporting.html import Extras, html_report

FIRED = "window.fired=(window.fired||0)+1"
HOSTILE = {
    "script": f"<script>{FIRED}</script>",
    "end-of-script": f"</script><script>{FIRED}</script><!--<script>",
    "comment": "<!-- --><![CDATA[ ]]>",
    "handler": f"<img src=x onerror={FIRED}><svg/onload={FIRED}>",
    "quote": f"\"' onmouseover='{FIRED}' autofocus onfocus={FIRED} x=\"",
    "address": f"javascript:{FIRED}",
    "style": "</style><style>*{display:none}</style>",
    "load": "<link rel=stylesheet href=http://127.0.0.1:9/x><iframe src=http://127.0.0.1:9/></iframe>",
    "base": "<base href=http://127.0.0.1:9/><meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "template": "{{ 7*7 }}{% raw %}${7*7}{{ self.__init__ }}",
    "bidi": "user\u202egnp.exe\u2066\u200b\ufeff",
    "control": "a\x00b\x1b[31m\x07\x08\u2028\u2029\r\n",
    "surrogate": "half \ud83d of a pair \udc00",
    "entity": "&lt;b&gt; &amp; &#60;script&#62; &quot;",
    "proto": "__proto__ constructor toString",
}
TEXTS = {"target", "base_url", "started", "run", "id", "dialect", "title", "reason", "by", "area", "message", "at"}
TEXTS |= {
    "citation",
    "statement",
    "requirement",
    "kind",
    "method",
    "step",
    "body",
    "sender",
    "submission",
    "scimulator",
}


def poisoned(value, payload, key=""):
    """Return a record in which every text that is not a closed word is the payload, or has it inside."""
    if isinstance(value, dict):
        return {name: poisoned(inner, payload, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner, payload, key) for inner in value]
    if not isinstance(value, str) or key in {
        "type",
        "outcome",
        "severity",
        "strength",
        "purpose",
        "fail_on",
        "encoding",
    }:
        return value
    return f"{payload}{value[:20]}" if key in TEXTS else f"{value[:20]}{payload}"


def hostile(sample, payload):
    """Return a run of a few checks, failures among them, poisoned through and through."""
    failed = [each for each in sample if each.get("outcome") == "failed"][:4]
    passed = [each for each in sample if each.get("outcome") == "passed"][:3]
    records = copy.deepcopy([sample[0], *failed, *passed, sample[-1]])
    made = [poisoned(each, payload) for each in records]
    for check in made[1:-1]:
        for found in check["findings"]:
            found["symptom"]["wanted"] = {payload: [payload, {"a": payload}]}
            found["symptom"]["got"] = {payload: [payload, 1]}
            found["known"] = {"reason": payload, "link": f"javascript:{payload}", "until": payload}
        for exchange in check["exchanges"]:
            exchange["request"]["headers"].append([payload, payload])
            exchange["step"] = payload
    made[-1]["left_behind"] = [payload]
    made[-1]["duration"] = 1.0
    made[0]["quirks"] = {payload: payload}
    made[0]["dialects"] = [payload]
    return made


def visible(payload):
    """Return a part of a payload that has to be seen on the page."""
    return payload.split("\n")[0].split("\x00")[0].split("\u202e")[0].split("\ud83d")[0].strip()


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_hostile_happens_and_all_of_it_is_text(opened, sample, name):
    payload = HOSTILE[name]
    made = html_report(
        hostile(sample, payload), extras=Extras(pytest_of=lambda *_: f"# {payload}", explanations={payload: payload})
    )
    watched = opened(made)
    page = watched.page
    for view in ("causes", "checks", "matrix", "coverage", "run", "known"):
        page.evaluate("view => { location.hash = 'view=' + view }", view)
        page.wait_for_function("view => !document.getElementById('view-' + view).hidden", arg=view)
        assert visible(payload) in page.inner_text("body")
    page.evaluate("location.hash = 'view=checks'")
    for _ in range(7):
        page.keyboard.press("j")
        page.keyboard.press("]")
    assert visible(payload) in page.inner_text("#detail")
    counts = page.evaluate(
        "() => ({fired: window.fired || 0, scripts: document.scripts.length, images: document.images.length,"
        " frames: frames.length,"
        " bases: document.querySelectorAll('base, link, iframe, object, embed, meta[http-equiv=refresh]').length,"
        " handlers: [...document.querySelectorAll('*')].filter("
        "   (element) => [...element.attributes].some((each) => each.name.startsWith('on'))).length,"
        " links: [...document.links].filter((a) => !/^(https:|file:)/.test(a.href)).length})"
    )
    assert counts == {"fired": 0, "scripts": 2, "images": 0, "frames": 0, "bases": 0, "handlers": 0, "links": 0}


def test_characters_that_mislead_the_eye_are_shown_as_escapes(opened, sample):
    made = html_report(hostile(sample, HOSTILE["bidi"]))
    page = opened(made, "#view=checks").page
    text = page.inner_text("body")
    assert "\\u202e" in text
    assert not any(char in text for char in "\u202e\u2066\u200b\ufeff")
    page = opened(html_report(hostile(sample, HOSTILE["surrogate"])), "#view=checks").page
    assert "\\ud83d" in page.inner_text("#detail")


def test_a_body_of_a_megabyte_and_a_deep_one_do_not_hang_the_page(opened, sample):
    records = copy.deepcopy([sample[0], *[each for each in sample if each.get("outcome") == "failed"][:3], sample[-1]])
    bodies = (
        '{"a":"' + "x" * 1_000_000 + '"}',
        "[" * 5000 + "]" * 5000,
        "[" + "1," * 300_000 + '{"b":' + '"\\\\' * 2000,
    )
    for check, body in zip(records[1:-1], bodies, strict=True):
        for exchange in check["exchanges"]:
            exchange["response"]["body"] = body
    page = opened(html_report(records), "#view=checks").page
    for _ in range(3):
        assert page.locator("#exchange pre.body").count() >= 1
        page.keyboard.press("j")
    assert page.evaluate("document.querySelectorAll('*').length") < 12_000
    assert page.evaluate("document.body.innerText.length") < 400_000


@pytest.mark.parametrize("name", HOSTILE)
def test_the_command_line_makes_a_report_of_it_too(sample, name):
    assert html(hostile(sample, HOSTILE[name])).startswith("<!doctype html>")
