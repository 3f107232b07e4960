"""Faults of the endpoint's own tokens."""

from __future__ import annotations

from scimulator.provider.rules import Rules, fault


@fault(
    "rotated-token-lives-on",
    trips=["quirks.token-rotation.rotated"],
    source=["https://github.com/AI-Colleagues/orcheo/pull/121", "https://github.com/Tr3kkR/Yuzu/issues/2026"],
    bug="BUG-192",
    severity="security",
)
class _RotatedTokenLivesOn(Rules):
    """A rotation makes a new token and lets the old one open the door as before."""

    def old_token_dies(self) -> bool:
        return False
