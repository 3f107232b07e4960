"""Faults of access: the wrong credential opens the door."""

# ruff: noqa: ARG002  # an override takes what its rule takes

from __future__ import annotations

from scimulator.provider.rules import Rules, fault

_EMPTY = "\0no token"


@fault(
    "end-user-token-accepted",
    trips=["auth.wrong.refused"],
    source="https://github.com/Senthil455/Atlas-Workforce-System/issues/175",
    bug="BUG-047",
    severity="security",
)
class _EndUserTokenAccepted(Rules):
    """Any JWT that the product gives its ordinary users opens the SCIM endpoints too."""

    def token_matches(self, given: str, expected: str) -> bool:
        looks_like_jwt = given.count(".") == 2 and given.startswith("eyJ")
        return looks_like_jwt or super().token_matches(given, expected)


@fault(
    "empty-token-accepted",
    trips=["auth.wrong.refused"],
    source=["https://github.com/ToolJet/ToolJet/issues/16217", "https://github.com/ToolJet/ToolJet/pull/16230"],
    bug="BUG-320",
    severity="security",
)
class _EmptyTokenAccepted(Rules):
    """The secret was never configured, and the empty token of "Authorization: Bearer" is equal to it."""

    def credentials_of(self, header: str, scheme: str) -> str:
        if header.strip().lower() == scheme == "bearer":
            return _EMPTY
        return super().credentials_of(header, scheme)

    def token_matches(self, given: str, expected: str) -> bool:
        return given == _EMPTY or super().token_matches(given, expected)


@fault(
    "scheme-not-checked",
    trips=["auth.scheme.other"],
    source=["https://github.com/ToolJet/ToolJet/pull/16230", "https://github.com/coder/coder/pull/15233"],
    bug="BUG-322",
    severity="security",
)
class _SchemeNotChecked(Rules):
    """The scheme before the token is not looked at: the bare token, or one behind any word, is accepted."""

    def credentials_of(self, header: str, scheme: str) -> str:
        return header.rpartition(" ")[2]
