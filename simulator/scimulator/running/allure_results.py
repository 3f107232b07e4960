"""Filling the results of allure-pytest, where it is at work, with what our records say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from scimulator.exchange.strict_json import JsonObject

_LISTENER = "allure_listener"
"""Under this name allure-pytest registers what collects its results."""


def tell(item: pytest.Item, record: JsonObject) -> None:
    """Put outcome, exchanges, labels and links of a check into the result that allure-pytest is about to write."""
    listener = item.config.pluginmanager.getplugin(_LISTENER)
    if listener is None:
        return
    from allure_commons import plugin_manager  # noqa: PLC0415  only who wants Allure pays for it

    from scimulator.reporting.allure import fill  # noqa: PLC0415  the same

    result = listener.allure_logger.get_test(None)
    if result is not None:
        fill(
            result,
            record,
            lambda name, text: plugin_manager.hook.report_attached_data(
                body=text.encode("utf-8", "replace"), file_name=name
            ),
        )


def tell_the_rest(config: pytest.Config, header: JsonObject, records: Sequence[JsonObject]) -> None:
    """Write results for checks that are no test items, which allure-pytest never sees, and the environment."""
    folder = getattr(config.option, "allure_report_dir", None)
    if folder:
        from scimulator.reporting.allure import allure  # noqa: PLC0415  only who wants Allure pays for it

        allure([{"type": "run", **header}, *records], Path(folder))
