"""Controls: what is done to a target outside SCIM, each with its undo."""
