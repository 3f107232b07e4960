"""What is wrong with an expression always has a place in its text."""

from __future__ import annotations


class ExpressionError(ValueError):
    """An expression cannot be read, or cannot be evaluated for this person.

    ``message`` is a sentence for the administrator who wrote it, ``text`` the whole expression, ``position`` the index
    of the character (from 0) that the message is about; the end of the text where something is missing.
    """

    def __init__(self, message: str, text: str, position: int) -> None:
        super().__init__(message, text, position)
        self.message = message
        self.text = text
        self.position = max(0, min(position, len(text)))

    def __str__(self) -> str:
        return f"{self.message} (character {self.position + 1} of {self.text!r})"

    def show(self) -> str:
        """Return the message, the line of the expression in which the place is, and a caret under the place."""
        start = self.text.rfind("\n", 0, self.position) + 1
        line = self.text[start:].split("\n", 1)[0].rstrip("\r")
        # A tab stays a tab, so that the caret stands right in whatever width the terminal gives it.
        pad = "".join("\t" if char == "\t" else " " for char in self.text[start : self.position])
        return f"{self.message}\n{line}\n{pad}^"
