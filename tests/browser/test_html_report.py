"""The HTML report as a person uses it: reading, filtering, stepping, copying, by mouse, keyboard, phone and paper."""

from __future__ import annotations

import copy
import re

import pytest

from scimulator.catalogue.requirements import requirements
from scimulator.reporting.html import html_report

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
VIEWS = ("causes", "checks", "matrix", "coverage", "run")


@pytest.fixture
def page(opened, document):
    return opened(document).page


def chosen(page):
    return page.inner_text("#list [aria-selected=true] .name")


def clipboard(page):
    """Return what was copied; the page's own way to the clipboard is watched instead of a real one."""
    page.wait_for_function("window.copied !== undefined")
    return page.evaluate("() => { const text = window.copied; delete window.copied; return text; }")


@pytest.fixture
def copying(opened, document):
    page = opened(document).page
    page.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }")
    return page


def test_the_verdict_is_the_first_thing_said(page):
    head = page.inner_text("header.top")
    assert "does not conform" in head
    entra = page.locator(".standing", has_text="Entra legacy").inner_text()
    assert re.search(r"not ready\s+\d blockers", entra)
    assert head.index("does not conform") < head.index("Entra legacy")


def test_passes_that_mean_nothing_stand_above_the_verdict(opened, sample):
    records = copy.deepcopy(sample)
    records[0]["selected"] = []
    sane = next(each for each in records if each.get("area") == "sanity")
    sane |= {"outcome": "failed", "reason": "everything is answered 200"}
    text = opened(html_report(records)).page.inner_text("header.top")
    assert text.index("Passes below mean nothing") < text.index("does not conform") < text.index("not gradable")


def test_the_first_cause_tells_sent_owed_came_and_the_difference(page):
    story = page.locator("#cause-1 .story").inner_text()
    for part in (
        "We sent",
        "PATCH /Users/",
        "They owe",
        "OKTA-DEACTIVATE-01",
        "Came",
        "Difference",
        "Why",
        "Second one.",
    ):
        assert part in story
    assert page.inner_text("#cause-1 .body .marked >> nth=-1").strip().startswith('"active": true')
    assert "^^^^" in page.inner_text("#cause-1 .body .caret >> nth=-1")
    assert "blockers" in page.inner_text("#cause-1 .gain") or "unblocked" in page.inner_text("#cause-1 .gain")


def test_a_ruling_stands_beside_what_is_owed(opened, sample):
    ruled = next(each for each in requirements().values() if each.rulings and each.rfc)
    records = copy.deepcopy(sample)
    for each in records:
        for found in each.get("findings", ()):
            found |= {"requirement": ruled.id, "citation": ruled.citation}
    page = opened(html_report(records)).page
    assert f"Ruling {ruled.rulings[0]}" in page.inner_text("#cause-1")
    assert page.get_attribute("#cause-1 .cite a", "href").startswith("https://www.rfc-editor.org/rfc/rfc")


def test_filters_narrow_the_list_and_the_address_remembers_them(opened, document, page):
    page.click(".tabs >> text=Checks")
    everything = page.inner_text("#shown")
    page.select_option("#f-outcome", "failed")
    page.select_option("#f-dialect", "entra.legacy")
    assert re.fullmatch(r"\d+ of \d+ checks", page.inner_text("#shown"))
    names = page.locator("#list .row .name").all_inner_texts()
    assert names
    assert all(re.fullmatch(r"failed:\s*entra\..* \[entra.legacy\]", name) for name in names), names
    page.fill("#f-q", "remove-one")
    assert page.locator("#list .row").count() == 1
    again = opened(document, "#" + page.url.split("#")[1]).page
    assert again.locator("#list .row").count() == 1
    assert again.input_value("#f-q") == "remove-one"
    page.fill("#f-q", "no such thing anywhere")
    assert "No check fits" in page.inner_text("#list")
    page.click("#f-clear")
    assert page.inner_text("#shown") == everything
    page.select_option("#f-severity", "required by an IdP")
    assert page.locator("#list .row").count() > 0
    page.select_option("#f-area", "okta")
    assert {
        text.split(":")[1].strip().split(".")[0] for text in page.locator("#list .row .name").all_inner_texts()
    } == {"okta"}


def test_the_chain_is_stepped_through_and_the_evidence_marked(page):
    page.click("#cause-1 [data-do=step]")
    assert not page.is_visible("#view-causes")
    assert chosen(page).endswith("okta.deactivate [okta.template]")
    chain = page.locator(".chain button")
    assert chain.count() > 2
    assert "shows it" in page.inner_text(".chain button[aria-current]")
    assert '"active": true' in page.inner_text("#exchange .body .marked")
    page.keyboard.press("[")
    assert page.inner_text(".steps .quiet").startswith(f"{chain.count() - 1} of {chain.count()}")
    page.click("text=← Previous")
    assert page.inner_text(".steps .quiet").startswith(f"{chain.count() - 2} of")
    page.go_back()
    page.wait_for_function("!document.getElementById('view-causes').hidden")


def test_the_finding_is_copied_as_curl_http_pytest_and_link(copying):
    page = copying
    page.click("#cause-1 [data-do=curl]")
    curl = clipboard(page)
    assert curl.startswith("curl -sS -i -X PATCH")
    assert "$SCIM_TOKEN" in curl
    assert page.inner_text("#toast") == "curl copied"
    page.click("#cause-1 [data-do=http]")
    assert re.match(r"PATCH /Users/\S+ HTTP/1.1\nHost: reference.invalid\n", clipboard(page))
    page.click("#cause-1 [data-do=pytest]")
    assert clipboard(page).startswith("def test_it()")
    page.click("#cause-1 [data-do=link]")
    assert "#view=causes&cause=okta.deactivate" in clipboard(page)


def test_the_clipboard_works_without_the_help_of_the_browser(page):
    page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no'));"
        " document.addEventListener('copy', () => { window.copied = document.activeElement.value; }); }"
    )
    page.click("#cause-1 [data-do=curl]")
    assert clipboard(page).startswith("curl")


def test_every_key_does_what_the_help_says(copying):
    page = copying
    page.keyboard.press("?")
    told = page.inner_text("#help")
    assert all(key in told for key in ("j", "k", "/", "c", "[", "]", "g", "Esc", "?"))
    page.keyboard.press("Escape")
    assert not page.is_visible("#help")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.parentElement.id") == "cause-1"
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    assert page.get_attribute("#cause-2", "open") is not None
    page.keyboard.press("c")
    assert clipboard(page).startswith("curl")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "f-q"
    page.keyboard.type("jk?c/")
    assert page.input_value("#f-q") == "jk?c/"
    page.fill("#f-q", "")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "list"
    first = chosen(page)
    page.keyboard.press("j")
    second = chosen(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    assert first != second == chosen(page)
    page.keyboard.press("End")
    assert page.get_attribute("#list [aria-selected=true]", "aria-posinset") == page.get_attribute(
        "#list [aria-selected=true]", "aria-setsize"
    )
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "detail"
    page.keyboard.press("c")
    assert clipboard(page)
    page.keyboard.press("g")
    assert page.is_visible("#view-matrix")


def test_deep_links_open_what_they_name(opened, document):
    page = opened(document, "#view=checks&check=entra.groups.remove-one+%5Bentra.legacy%5D").page
    assert chosen(page).endswith("entra.groups.remove-one [entra.legacy]")
    page = opened(document, "#view=coverage").page
    page.click("#owed summary >> nth=0")
    page.wait_for_selector("#owed tr")
    page = opened(document, "#view=nonsense&check=nobody").page
    assert page.is_visible("#view-causes")


def test_rows_are_drawn_on_demand(opened, sample):
    checks = [each for each in sample if each["type"] == "check"]
    made = opened(html_report([sample[0], *(checks * (3000 // len(checks))), sample[-1]]), "#view=checks").page
    assert int(made.get_attribute("#list .row", "aria-setsize")) > 2900
    assert made.locator("#list .row").count() < 60
    made.evaluate("document.getElementById('list').scrollTop = 1e6")
    made.wait_for_function("document.querySelector('#list .row:last-child').getAttribute('aria-posinset') > 2900")
    assert made.locator("#list .row").count() < 60


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["desk", "phone"])
def test_axe_finds_nothing_serious(opened, document, axe, scheme, device):
    page = opened(document, color_scheme=scheme, **(PHONE if device == "phone" else {})).page
    page.evaluate(axe)
    for view in VIEWS:
        page.evaluate("view => { location.hash = 'view=' + view }", view)
        page.wait_for_function("view => !document.getElementById('view-' + view).hidden", arg=view)
        found = page.evaluate("() => axe.run(document, {preload: false, resultTypes: ['violations']})")
        bad = [
            (each["id"], [node["html"][:200] for node in each["nodes"]][:4])
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert bad == [], view


def test_dark_mode_is_dark(opened, document):
    def background(scheme):
        page = opened(document, color_scheme=scheme).page
        return sum(map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3]))

    assert background("dark") < 150
    assert background("light") > 600


def test_on_a_phone_nothing_is_wider_than_the_screen_and_the_list_makes_room(opened, document):
    page = opened(document, **PHONE).page
    for view in VIEWS:
        page.evaluate("view => { location.hash = 'view=' + view }", view)
        page.wait_for_function("view => !document.getElementById('view-' + view).hidden", arg=view)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, view
    page.evaluate("location.hash = 'view=checks'")
    page.wait_for_selector("#list .row")
    assert not page.is_visible("#detail")
    page.tap("#list .row >> nth=1")
    assert page.is_visible("#detail")
    assert not page.is_visible("#list")
    page.tap("#back")
    assert page.is_visible("#list")


def test_on_paper_every_cause_is_told_and_no_button_is_left(opened, document):
    page = opened(document).page
    count = page.locator(".cause").count()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".cause[open]").count() == count
    for view in VIEWS:
        assert page.is_visible(f"#view-{view}") is (view != "checks")
    assert not page.is_visible(".actions >> nth=0")
    assert len(page.pdf()) > 20_000
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".cause[open]").count() == 1


def test_without_scripts_verdict_and_causes_are_still_there(opened, document):
    page = opened(document, java_script_enabled=False).page
    assert "does not conform" in page.inner_text("header.top")
    assert "They owe" in page.inner_text("#cause-1")
    assert page.is_visible("#view-matrix")


def test_a_chosen_part_begins_in_sight(opened, document):
    page = opened(document, **PHONE).page
    page.tap(".tabs >> text=Coverage")
    page.wait_for_function("scrollY > 0")
    top = page.evaluate("document.getElementById('h-coverage').getBoundingClientRect().top")
    assert 0 < top < 200
