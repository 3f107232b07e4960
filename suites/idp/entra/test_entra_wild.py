"""What Entra's documented mapping brings about on servers that read paths letter by letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.kit import NotApplicable, check, find, replace

if TYPE_CHECKING:
    from scimulator.kit import Json, Resources

pytestmark = pytest.mark.usefixtures("dialect")


@check("entra.update.other-email", "ENTRA-UPDATE-06", dialects=("entra.optscim",), attributes=("emails",))
def test_other_email(users: Resources) -> None:
    """A second address arrives although the default mapping writes its path with a capital ``Value``.

    Microsoft's table of default mappings sends proxyAddresses to ``emails[type eq "other"].Value``. Names in paths are
    the same in any case (RFC 7643 section 2.1); servers have answered success and changed nothing.
    """
    work, other, fresh = (users.session.people.user_name(word) for word in ("work", "other", "fresh"))
    emails: Json = [{"value": work, "type": "work", "primary": True}, {"value": other, "type": "other"}]
    account = users.create(userName=work, emails=emails)
    shown = find(account.read(), "emails[*].value")
    if not isinstance(shown, list) or set(map(str, shown)) != {work, other}:
        raise NotApplicable("the target does not keep a second e-mail address of type other")
    with account.changes(only={"emails[*].value": [work, fresh]}):
        account.patch(replace('emails[type eq "other"].Value', fresh))
