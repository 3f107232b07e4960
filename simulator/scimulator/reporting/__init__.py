"""Making reports of a run stream; it imports exchange and catalogue only."""
