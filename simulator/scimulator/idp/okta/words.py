"""What an Okta administrator reads; the texts were captured from consoles and system logs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scimulator.idp.answers import detail, reason

if TYPE_CHECKING:
    from scimulator.exchange.message import Response

VERIFY = "Error while verifying if user {who} exists"
CREATE = "Error while creating user {who}"
PUSH = "Error while trying to push profile update for {who}"
# Only the three stages above were seen in a log; these are worded by us.
UNMAPPED_TITLE = "Attribute mappings have errors"
UNMAPPED = "The mapping of {who} cannot be evaluated: {error}"
SWITCH_OFF = "Deprovisioning {who} failed"
EMPTY_CREATE = "Create new user returned empty user."
CONNECTION_TITLE = "The connection test failed"
RETRY_TITLE = "profile updates have errors"
DEPROVISION_TITLE = "Application accounts need deprovisioning"
PROVISION_TITLE = "Automatic provisioning of user {who} to app {app} failed"
GROUP_TITLE = "Unable to update Group Push mapping target App group {name}"
GROUP_MEMBERS = "Error while updating user group membership for group {name}"
UNDOCUMENTED = "No source tells what Okta does with this answer; the flow stops here."

# The parser's own words: the first was seen at Okta, the others are what the same parser says of
# a page of HTML and of nothing at all.
_TOKEN = (
    "Unrecognized token '{}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"  # noqa: S105  no secret
)
_CHARACTER = (
    "Unexpected character ('{}' (code {})): expected a valid value "
    "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
)
_WORD = re.compile(r"[\w$]{1,80}")


def cause(answer: Response | None) -> str:
    """Return Okta's account of an answer: the reason phrase, then what the remote server said, ``null`` for none."""
    if answer is None:
        return "null"
    said = detail(answer)
    if not said and not answer.document().valid:
        said = f"Invalid JSON: {_parser_says(answer.body.decode('utf-8', 'replace').strip())}"
    return f"{reason(answer.status)}. Errors reported by remote server: {said}"


def _parser_says(text: str) -> str:
    if not text:
        return "No content to map due to end-of-input"
    word = _WORD.match(text)
    if word is not None:
        return _TOKEN.format(word[0])
    return _CHARACTER.format(text[0], ord(text[0]))
