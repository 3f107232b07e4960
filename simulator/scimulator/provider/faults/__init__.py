"""Bugs of real servers, one module per family; each is a subclass of Rules that overrides what the bug gets wrong."""
