"""The HTML report: one file that sends nothing, in which nothing that a target said is ever markup."""

from __future__ import annotations

from scimulator.reporting.html.page import Extras, html_report

__all__ = ["Extras", "html_report"]
