"""What real servers got wrong about attributes with several complex values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import NotApplicable, check

if TYPE_CHECKING:
    from scimulator.kit import Resources


@check("projection.attributes.complex-list", "RFC7644-3.9-02", attributes=("emails",))
def test_a_complex_list_comes_whole(users: Resources) -> None:
    """A multi-valued complex attribute that is named comes with all of its values, whole."""
    user = users.sample()
    emails = user.read().get("emails")
    if not emails:
        raise NotApplicable("the target shows no e-mail addresses")
    user.get("attributes=userName,emails").status(200).equals("emails", emails)
