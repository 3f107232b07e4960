"""A small Django project: members of a club and its committees."""
