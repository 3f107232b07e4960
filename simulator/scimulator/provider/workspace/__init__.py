"""What stands behind the SCIM endpoint: members, roles, invitations, SAML, tokens, sessions, content."""

from scimulator.provider.workspace.state import State, WorkspaceError
from scimulator.provider.workspace.workspace import Workspace

__all__ = ["State", "Workspace", "WorkspaceError"]
