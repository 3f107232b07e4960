"""A product with some quirks: the provider's caller, and the workspace behind it."""

from __future__ import annotations

import pytest

from scimulator.catalogue.presets import load_preset

EDITOR = "urn:ietf:params:scim:schemas:extension:whimsical:2.0:User"


class Shop:
    """One provider: ``call`` speaks SCIM to it, ``work`` is its workspace."""

    def __init__(self, caller):
        self.call = caller
        self.work = caller.provider.workspace

    def user(self, email="ada@example.com", /, **attributes):
        """Create somebody by SCIM."""
        return self.call.user(email, **attributes)

    def put(self, user, status=200, **attributes):
        """Replace somebody with their own userName and these attributes."""
        body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user["userName"], **attributes}
        return self.call.json("PUT", f"/Users/{user['id']}", body, status)

    def set(self, user, path, value, status=200):
        """Replace one attribute by PATCH."""
        return self.call.patch(user, {"op": "replace", "path": path, "value": value}, status=status)

    def read(self, user, status=200):
        """Read somebody anew."""
        return self.call.json("GET", f"/Users/{user['id']}", status=status)

    def role(self, email="ada@example.com"):
        """Return the role that the product shows."""
        return self.work.member(email)["role"]

    def editor(self, user):
        """Return the boolean by which SCIM shows the role."""
        return self.read(user)[EDITOR]["editor"]


@pytest.fixture
def shop(make_caller):
    """Make a product: ``shop(email_case="fold")``, or with other settings of the provider beside."""

    def make(*, preset="lenient", faults=(), token=None, **quirks):
        made = load_preset(preset).with_quirks(**quirks)
        return Shop(make_caller(preset=made, faults=faults, token=token))

    return make
