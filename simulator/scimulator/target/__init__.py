"""Reaching the target: openers, transports, credentials, limits, the journal and the manners of a guest."""
