"""Scenarios carried out: on a target, as a dry run, as a script of curl lines."""
