"""Who gets in: SAML and SCIM switches, tokens of the endpoint, sessions and keys of members, mail and audit."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimError
from scimulator.provider.workspace.state import Token, WorkspaceError

if TYPE_CHECKING:
    from random import Random

    from scimulator.exchange.clock import Clock
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.provider.rules import Rules
    from scimulator.provider.workspace.state import State

_DAY = 86_400.0
_MOST = 1000
"""Mails and lines of the audit log that are kept."""


class Access:
    """The doors of the workspace."""

    def __init__(self, state: State, rules: Rules, clock: Clock, random: Random) -> None:
        self.state = state
        self.rules = rules
        self.quirks = rules.quirks
        self.clock = clock
        self.random = random
        self.settle()

    # SCIM's own door ---------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Work out what every request asks: whether SCIM answers at all, and to which tokens."""
        self.open = (self.state.scim and self._plan_has_scim) or not self.rules.refuses_while_off()
        """Whether calls are answered: SCIM is on, and the plan has it."""
        orphaned = self.quirks.token_bound_to_admin == "yes" and not self.state.token_admin  # noqa: S105  a quirk's value
        self._live = () if orphaned else tuple(token for token in self.state.tokens if token.live)
        self._secrets = tuple(token.secret for token in self._live)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens that open the SCIM endpoint now."""
        days = self.quirks.token_lifetime_days
        if not days:
            return self._secrets
        oldest = self.clock.now().timestamp() - days * _DAY
        return tuple(token.secret for token in self._live if token.made >= oldest)

    @property
    def scim_enabled(self) -> bool:
        """Whether SCIM is switched on."""
        return self.state.scim

    @property
    def _plan_has_scim(self) -> bool:
        return self.quirks.plan_gate == "no" or self.state.plan != "free"

    @property
    def refused(self) -> ScimError:
        """The refusal of every call while it is not open."""
        why = "SCIM is disabled in this workspace" if not self.state.scim else "SCIM needs a paid plan"
        status = int(self.quirks.disabled_status)
        headers = (("WWW-Authenticate", 'Bearer realm="scim"'),) if status == 401 else ()
        return ScimError(status, why, None, headers)

    def reveal_token(self) -> str:
        """Return the token that opens the door now.

        Raises:
            WorkspaceError: when there is none.
        """
        found = self.tokens
        if not found:
            raise WorkspaceError("there is no token; enable SCIM, or rotate the token")
        return found[-1]

    @property
    def token_id(self) -> str:
        """The newest token as ``restore_token`` knows it: its place, and no secret."""
        return str(len(self.state.tokens) - 1)

    def rotate_token(self) -> str:
        """Make a new token; the old one dies, unless the product keeps both.

        Raises:
            WorkspaceError: while SCIM is off.
        """
        if not self.state.scim:
            raise WorkspaceError("SCIM is disabled; enable it to get a token")
        if self.rules.old_token_dies():
            self.kill_tokens()
        self.note("admin", "rotate token")
        return self._issue(self.secret(24))

    def restore_token(self, place: str) -> None:
        """Let an older token count again and no other, as after a test."""
        for number, token in enumerate(self.state.tokens):
            token.live = str(number) == place
        self.touch()

    def revoke_token(self) -> None:
        """Let no token count any more."""
        self.kill_tokens()
        self.note("admin", "revoke token")

    def kill_tokens(self) -> None:
        """Let no token count any more, without a word."""
        for token in self.state.tokens:
            token.live = False
        self.touch()

    def demote_token_admin(self) -> None:
        """The administrator who made the token becomes an ordinary member."""
        self.state.token_admin = False
        self.note("admin", "demote the token's administrator")

    def promote_token_admin(self) -> None:
        """The administrator who made the token is one again."""
        self.state.token_admin = True
        self.note("admin", "promote the token's administrator")

    def _issue(self, secret: str) -> str:
        self.state.tokens.append(Token(secret, self.clock.now().timestamp()))
        self.touch()
        return secret

    # SAML --------------------------------------------------------------------------------------------------------

    def configure_saml(self) -> None:
        """An administrator sets SAML up."""
        self.state.saml["configured"] = True
        self.note("admin", "configure SAML")

    def enable_saml(self) -> None:
        """An administrator switches SAML on.

        Raises:
            WorkspaceError: when it is not set up.
        """
        if not self.state.saml["configured"]:
            raise WorkspaceError("SAML is not configured")
        self.state.saml["enabled"] = True
        self.note("admin", "enable SAML")

    def require_saml(self, required: bool = True) -> None:
        """An administrator says whether SAML is the only way in."""
        self.state.saml["required"] = required
        self.note("admin", "require SAML" if required else "do not require SAML")

    # members' doors ----------------------------------------------------------------------------------------------

    def open_session(self, account_id: str) -> str:
        """Return the secret of a new session."""
        secret = self.secret(18)
        self.state.sessions[secret] = account_id
        self.touch()
        return secret

    def open_api_key(self, account_id: str) -> str:
        """Return a new API key."""
        secret = self.secret(18)
        self.state.api_keys[secret] = account_id
        self.touch()
        return secret

    def end_access(self, account_id: str, *, deleted: bool = False) -> None:
        """Close sessions and API keys of an account that is deactivated or deleted."""
        if deleted and not self.rules.ends_on_delete():
            return
        for held, ends in (
            (self.state.sessions, self.rules.ends_sessions()),
            (self.state.api_keys, self.rules.ends_api_keys()),
        ):
            for secret in [secret for secret, holder in held.items() if holder == account_id and (ends or deleted)]:
                del held[secret]
                self.touch()

    # settings ----------------------------------------------------------------------------------------------------

    @property
    def default_role(self) -> str:
        """The role of people who come without one."""
        return self.state.default_role

    def set_default_role(self, role: str) -> None:
        """An administrator chooses the role of people who come without one.

        Raises:
            WorkspaceError: for another one than viewer and editor.
        """
        if role not in ("viewer", "editor"):
            raise WorkspaceError(f"the default role is viewer or editor, not {role!r}")
        self.state.default_role = role
        self.note("admin", "set default role", role)

    @property
    def seats(self) -> int:
        """How many active members the plan has."""
        return self.state.seats

    def set_seats(self, seats: int) -> None:
        """The number of seats changes."""
        self.state.seats = int(seats)
        self.note("admin", "set seats", str(seats))

    @property
    def plan(self) -> str:
        """The plan of the workspace; ``free`` may have no SCIM."""
        return self.state.plan

    def set_plan(self, plan: str) -> None:
        """The plan changes."""
        self.state.plan = str(plan)
        self.note("admin", "set plan", str(plan))

    def add_domain(self, domain: str) -> None:
        """An administrator proves that a domain is theirs."""
        if domain.lower() not in self.state.domains:
            self.state.domains.append(domain.lower())
        self.note("admin", "add domain", domain)

    def remove_domain(self, domain: str) -> None:
        """A domain is no longer theirs."""
        self.state.domains[:] = [each for each in self.state.domains if each != domain.lower()]
        self.note("admin", "remove domain", domain)

    # mail and audit ----------------------------------------------------------------------------------------------

    def outbox(self) -> list[JsonObject]:
        """Return the mails that were sent: ``to``, ``subject``, ``kind``."""
        return [dict(each) for each in self.state.outbox.values()]

    def send(self, to: str, kind: str, subject: str) -> None:
        """Send a mail."""
        self.state.outbox.log({"to": to, "subject": subject, "kind": kind}, _MOST)
        self.touch()

    def audit(self) -> list[JsonObject]:
        """Return what happened: ``at``, ``who``, ``what``, ``whom``, ``to``."""
        return [dict(each) for each in self.state.audit.values()]

    def note(self, who: str, what: str, whom: str = "", to: str = "") -> None:
        """Write a line of the audit log, of which the last thousand are kept."""
        self.state.audit.log({"at": self.now(), "who": who, "what": what, "whom": whom, "to": to}, _MOST)
        self.touch()

    def now(self) -> str:
        """Return the time as the audit log has it."""
        return self.clock.now().isoformat()

    def secret(self, size: int) -> str:
        """Return a random text of ``size`` bytes."""
        return base64.urlsafe_b64encode(self.random.randbytes(size)).decode().rstrip("=")

    def touch(self) -> None:
        """Remember that something has changed; to be called once it has."""
        self.state.revision += 1
        self.settle()
