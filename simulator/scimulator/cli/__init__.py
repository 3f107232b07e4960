"""The command line: one module per verb, nothing but parsing, calling and printing."""
