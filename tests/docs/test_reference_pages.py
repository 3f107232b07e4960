"""The reference pages are what the code says of itself, and no link of any page leads nowhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)\s#]+)(?:#[^)]*)?\)")


def _generator():
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_pages_are_up_to_date() -> None:
    made = _generator().pages()
    stale = [
        name
        for name, text in made.items()
        if not (DOCS / "reference" / name).is_file() or (DOCS / "reference" / name).read_text("utf-8") != text
    ]
    assert not stale, f"run `make docs`: {', '.join(stale)} differ from the code"
    assert {path.name for path in (DOCS / "reference").glob("*.md")} == set(made)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert not broken
