from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scimulator import content
from scimulator.reporting.html import Extras, html_report
from scimulator.reporting.stream import read_run

INSTALL_SECONDS = 120
NAMES = ("chromium", "chromium-browser", "google-chrome")


def _browser_file():
    named = os.environ.get("SCIMULATOR_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium():
    """A real Chromium without a window, or a skip that says what is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed here")
    program = _browser_file()
    if program is None:
        pytest.skip("no Chromium is installed here (Debian: apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        try:
            # In a container of root there is no sandbox to be had; the pages are our own.
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"], timeout=60_000)
        except sync_api.Error as error:
            pytest.skip(f"{program} does not start: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, and all that must not have happened on it."""

    page: object
    silent: bool = False
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def violations(self):
        return [] if self.silent else self.page.evaluate("window.violations")


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a document from disk, with nothing of its own to reach but itself; it must stay quiet to the end."""
    contexts = []
    watched_pages = []

    def open_document(document, fragment="", **settings):
        path = tmp_path / f"report-{len(contexts)}.html"
        path.write_bytes(document.encode("utf-8"))
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        watched = Watched(page, silent=settings.get("java_script_enabled") is False)
        watched_pages.append(watched)
        own = path.as_uri()
        page.on("request", lambda sent: watched.requests.append(sent.url) if sent.url.split("#")[0] != own else None)
        page.on("console", lambda told: watched.said.append(f"{told.type}: {told.text}"))
        page.on("pageerror", lambda error: watched.said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (watched.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.add_init_script(
            "window.violations = []; document.addEventListener('securitypolicyviolation',"
            " (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));"
        )
        page.goto(own + fragment)
        return watched

    yield open_document
    for watched in watched_pages:
        assert watched.requests == []
        assert watched.said == []
        assert watched.violations == []
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe():
    """The source of axe-core from npm, fetched once and kept in the user's cache."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm is installed here, so axe-core cannot be fetched")
    manifest = Path(__file__).with_name("axe").joinpath("package.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "scimulator" / "browser"
    kept = cache / f"axe-{hashlib.sha256(manifest).hexdigest()[:12]}"
    if not kept.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        # Installed aside and then renamed: a second process never sees a half-filled folder.
        fresh = Path(tempfile.mkdtemp(dir=cache))
        try:
            (fresh / "package.json").write_bytes(manifest)
            command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
            done = subprocess.run(command, cwd=fresh, capture_output=True, timeout=INSTALL_SECONDS, check=False)
            if done.returncode:
                pytest.skip(f"npm could not fetch axe-core: {done.stderr.decode(errors='replace')[:200]}")
            with contextlib.suppress(OSError):  # another process was faster
                fresh.rename(kept)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm did not fetch axe-core within {INSTALL_SECONDS} s")
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return (kept / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="session")
def sample():
    """The records of the sample run: the reference provider with three faults."""
    return list(read_run(content("reports") / "samples" / "three-faults.jsonl"))


@pytest.fixture(scope="session")
def document(sample):
    extras = Extras(
        explanations={check["id"]: "First paragraph.\n\nSecond one." for check in sample if check["type"] == "check"},
        pytest_of=lambda check, finding: f"def test_it():  # {finding['id']}\n    assert True\n",
    )
    return html_report(sample, extras=extras)
