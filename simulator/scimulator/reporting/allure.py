"""A run as Allure results: a step per exchange with what was sent and what came, labels, severity, links to the RFCs.

The same filling serves ``--alluredir`` of allure-pytest, whose own idea of our outcomes it replaces, and a run that is
over. Attachments are plain text, so that nothing a target has sent is ever shown as a page; they are redacted, because
the records are.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from scimulator.reporting.failure_summary import summary_of
from scimulator.reporting.judged import address_of
from scimulator.reporting.markdown_text import text as markdown_text
from scimulator.reporting.reading import members, number, objects, plain, raw, values, word, words
from scimulator.reporting.screen import milliseconds, status_of
from scimulator.reporting.verdict import is_known

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from allure_commons.logger import AllureFileLogger
    from allure_commons.model2 import TestResult, TestStepResult

    from scimulator.exchange.strict_json import JsonObject

    Attach = Callable[[str, str], None]

_STATUS = {
    "passed": "passed",
    "warned": "passed",
    "failed": "failed",
    "not-applicable": "skipped",
    "blocked": "skipped",
    "error": "broken",
}
_BODY = 64 * 1024
"""Characters of a body in an attachment; the run stream holds all."""


def allure(records: Sequence[JsonObject], folder: Path) -> None:
    """Write the results of a run into a folder, which is made where it is missing.

    Raises:
        OSError: when the folder cannot be written.
    """
    from allure_commons.logger import AllureFileLogger  # noqa: PLC0415  only who wants Allure pays for it
    from allure_commons.model2 import TestResult  # noqa: PLC0415  the same

    logger = AllureFileLogger(folder)  # type: ignore[no-untyped-call]  # allure is untyped
    header = next((each for each in records if each.get("type") == "run"), {})
    moment = _moment(header)
    seen: dict[str, int] = {}
    for check in records:
        if check.get("type") != "check":
            continue
        name = _name(check)
        seen[name] = seen.get(name, 0) + 1
        result = TestResult(uuid=str(uuid.uuid4()), start=moment, stop=moment)
        fill(result, check, lambda file, text: _attach(logger, file, text))
        # Cases of one parametrised check are no retries of each other.
        result.historyId = hashlib.sha256(f"{name}#{seen[name]}".encode()).hexdigest()
        result.testCaseId = hashlib.sha256(name.encode()).hexdigest()
        logger.report_result(result)  # type: ignore[no-untyped-call]  # the same
    environment = "".join(f"{key}={word(header, key)}\n" for key in ("target", "run", "scimulator", "started", "seed"))
    (folder / "environment.properties").write_text(environment, encoding="utf-8")


def _attach(logger: AllureFileLogger, file: str, text: str) -> None:
    logger.report_attached_data(text.encode("utf-8", "replace"), file)  # type: ignore[no-untyped-call]  # the same


def fill(result: TestResult, check: JsonObject, attach: Attach) -> None:
    """Let an Allure result say what a check came to; ``attach`` writes a text under a file name."""
    from allure_commons.model2 import Label, Link, Parameter, StatusDetails  # noqa: PLC0415  see above

    outcome = raw(check, "outcome")
    exchanges = objects(check, "exchanges")
    result.name = word(check, "title").rstrip(".") or _name(check)
    result.fullName = _name(check)
    result.titlePath = ["scimulator", *raw(check, "id").split(".")[:-1]]
    result.status = _STATUS.get(outcome, "unknown")
    # Allure takes it for Markdown.
    told = [word(check, "title"), *words(check, "notes"), f"scimulator explain {raw(check, 'id')}"]
    result.description = "\n\n".join(f"· {markdown_text(each)}" for each in told)
    result.stage = "finished"
    if exchanges:
        result.start = int(number(exchanges[0], "started") * 1000)
        result.stop = result.start + round(number(check, "duration") * 1000)
    found = objects(check, "findings")
    failing = [each for each in found if each.get("severity") == "failure"]
    if outcome != "passed":
        known = bool(failing) and all(is_known(each) for each in failing)
        message = word(members(found[0], "symptom"), "message") if found else word(check, "reason")
        if outcome == "blocked":
            message = f"blocked by {word(check, 'by')}: {message}"
        result.statusDetails = StatusDetails(message=message, trace=summary_of(check), known=known or None)
    dialect = raw(check, "dialect")
    if dialect and not result.parameters:
        result.parameters = [Parameter(name="dialect", value=dialect)]
    labels = [("severity", _severity(check)), ("parentSuite", "scimulator"), ("suite", raw(check, "area"))]
    labels += [("framework", "scimulator"), ("feature", raw(check, "area")), ("story", raw(check, "id"))]
    labels += [("tag", each) for each in words(check, "dialects")] + [("tag", outcome)]
    labels += [("requirement", each) for each in words(check, "requirements")]
    labels += [("finding", word(each, "id")) for each in found]
    result.labels = [Label(name=name, value=value) for name, value in labels if value]
    result.links = [
        Link(type="link", url=address, name=each)
        for each in dict.fromkeys([*(word(one, "requirement") for one in found), *words(check, "requirements")])
        if (address := address_of(each))
    ]
    shown = {number(members(each, "symptom"), "exchange") for each in found}
    result.steps = [_step(each, attach, shows=number(each, "number") in shown) for each in exchanges]


def _step(exchange: JsonObject, attach: Attach, *, shows: bool) -> TestStepResult:
    from allure_commons.model2 import Attachment, TestStepResult  # noqa: PLC0415  see above

    request = members(exchange, "request")
    place = word(request, "target")
    place = place if len(place) <= 120 else place[:119] + "…"
    mark = " ← shows it" if shows else ""
    told = f"{word(request, 'method')} {place} → {status_of(exchange)}, {milliseconds(exchange)}"
    start = int(number(exchange, "started") * 1000)
    step = TestStepResult(
        name=f"{word(exchange, 'purpose')}: {told}{mark}",
        status="failed" if shows else "passed",
        stage="finished",
        start=start,
        stop=start + round(number(exchange, "elapsed") * 1000),
    )
    file = f"{uuid.uuid4()}-attachment.txt"
    attach(file, written(exchange))
    step.attachments = [Attachment(name="exchange", source=file, type="text/plain")]
    return step


def written(exchange: JsonObject) -> str:
    """Return an exchange as HTTP writes it, request and response; unsafe characters are shown as escapes."""
    request, response = members(exchange, "request"), members(exchange, "response")
    lines = [f"{word(request, 'method')} {word(request, 'target')} HTTP/1.1", *_message(request), ""]
    if response:
        lines += [f"HTTP/1.1 {word(response, 'status')}", *_message(response)]
    else:
        failure = members(exchange, "failure")
        lines.append(f"({word(failure, 'kind')}: {word(failure, 'message')})")
    return "\n".join(lines) + "\n"


def _message(message: JsonObject) -> list[str]:
    pairs = [each for each in values(message, "headers") if isinstance(each, list) and len(each) == 2]
    lines = [f"{plain(str(name))}: {plain(str(value))}" for name, value in pairs]
    body = raw(message, "body")
    if body:
        lines += ["", *(plain(line) for line in body[:_BODY].split("\n"))]
    if len(body) > _BODY or message.get("cut"):
        lines.append("(the body goes on)")
    return lines


def _severity(check: JsonObject) -> str:
    if check.get("data_loss") is True:
        return "blocker"
    found = objects(check, "findings")
    if any(each.get("severity") == "failure" for each in found):
        return "critical"
    return "minor" if found else "normal"


def _moment(header: JsonObject) -> int:
    """Return when a run started, in milliseconds since 1970."""
    started = raw(header, "started")
    return int(datetime.fromisoformat(started).timestamp() * 1000) if started else 0


def _name(check: JsonObject) -> str:
    dialect = raw(check, "dialect")
    return raw(check, "id") + (f"[{dialect}]" if dialect else "")
