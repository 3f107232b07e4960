"""The languages in which an administrator writes a mapping: Okta's expression language and Entra's functions.

Both are read by real parsers into frozen trees, and every refusal points at its place in the text. Only what the
vendors document is here: a function that exists but needs something that only the vendor has says so when evaluated.
"""
