"""Identity providers, without any I/O: what they know (directory), decide (flows) and say (profiles)."""
