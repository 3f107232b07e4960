"""The lowest layer: messages, strict JSON, redaction, time. It imports nothing else of the package."""
