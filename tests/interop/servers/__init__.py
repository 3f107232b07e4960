"""SCIM servers that nobody here wrote, started on 127.0.0.1 for one test and always stopped.

Each module has ``serve(folder)``, a context manager that yields a ``Served``; it raises ``ServerUnavailable`` where
this machine lacks what the server needs.
"""
