"""Entra's functions that choose, test and convert: the value of one attribute decides about another's.

The page says nothing of null in most functions: where a text is asked for and is null, the result is null here, so
that nothing flows. IIF is the exception that it documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.expressions.calls import kind, spelled
from scimulator.idp.expressions.entra_context import EntraArguments, library
from scimulator.idp.expressions.errors import ExpressionError
from scimulator.idp.expressions.nodes import Binary, Call, Node, Reference

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json

LOGIC = library()
_BOOLEANS = ("False", "True")
_TEXTS = {"true": True, "false": False}


def boolean(call: EntraArguments, index: int) -> bool:
    """Return an argument as a condition: a boolean, its text, or a number, of which zero is false.

    Raises:
        ExpressionError: when it is anything else.
    """
    value = call.value(index)
    if isinstance(value, str) and value.lower() in _TEXTS:
        return _TEXTS[value.lower()]
    if isinstance(value, bool | int | float):
        return bool(value)
    raise call.fail(f'must be true or false ("True", "False" or a number), not {kind(value)}', index)


@LOGIC.define("BitAnd(value1, value2)")
def _bit_and(call: EntraArguments) -> Json:
    return call.integer(0) & call.integer(1)


@LOGIC.define("CBool(expression)")
def _cbool(call: EntraArguments) -> Json:
    return boolean(call, 0)


@LOGIC.define("Coalesce(source1, sources?...)")
def _coalesce(call: EntraArguments) -> Json:
    return next((value for index in range(len(call)) if (value := call.value(index)) is not None), None)


@LOGIC.define("CStr(value)")
def _cstr(call: EntraArguments) -> Json:
    return call.optional_string(0)


@LOGIC.define("IgnoreFlowIfNullOrEmpty(expression)")
def _ignore(call: EntraArguments) -> Json:
    value = call.value(0)
    return None if value in ("", []) else value


@LOGIC.define("IIF(condition, valueIfTrue, valueIfFalse)")
def _iif(call: EntraArguments) -> Json:
    empty = next((one for one in _references(call.nodes[0]) if call.evaluate(one) in (None, "")), None)
    if empty is not None:
        message = (
            f"IIF: the condition fails because [{empty.name}] is empty, as Microsoft documents; test it with Switch, "
            'where "" is the key for an empty source'
        )
        raise ExpressionError(message, call.text, empty.at)
    return call.value(1) if boolean(call, 0) else call.value(2)


def _references(node: Node) -> list[Reference]:
    match node:
        case Reference():
            return [node]
        case Binary(left=left, right=right):
            return _references(left) + _references(right)
        case Call(function=function, arguments=arguments) if function.name in ("IsNull", "IsNullOrEmpty", "IsPresent"):
            return [one for argument in arguments for one in _references(argument)]
    # What stands inside another function is that function's business.
    return []


@LOGIC.define("IsNull(expression)")
def _is_null(call: EntraArguments) -> Json:
    return call.value(0) is None


@LOGIC.define("IsNullOrEmpty(expression)")
def _is_null_or_empty(call: EntraArguments) -> Json:
    return call.value(0) in (None, "")


@LOGIC.define("IsPresent(expression)")
def _is_present(call: EntraArguments) -> Json:
    return call.value(0) not in (None, "")


@LOGIC.define("IsString(expression)")
def _is_string(call: EntraArguments) -> Json:
    return isinstance(call.value(0), str)


@LOGIC.define("Not(source)")
def _not(call: EntraArguments) -> Json:
    value = call.value(0)
    # "If source is True, returns False. Otherwise, returns True": whatever the otherwise is.
    return not (value is True or (isinstance(value, str) and value.lower() == "true"))


@LOGIC.define("Redact(value)")
def _redact(call: EntraArguments) -> Json:
    # The value flows unchanged; only the provisioning log shows [Redact] (Expression.redacted).
    return call.value(0)


@LOGIC.define("SelectUniqueValue(uniqueValueRule1, uniqueValueRule2, uniqueValueRules?...)")
def _select_unique(call: EntraArguments) -> Json:
    exists = call.context.exists
    if exists is None:
        raise call.fail(
            "asks the target for existing values, which Entra does only when it provisions from an HR system to Active "
            "Directory; give the context a way to ask"
        )
    for index in range(len(call)):
        value = call.optional_string(index)
        if value and not exists(value):
            return value
    raise call.fail("all of its values exist in the target already, so the entry is held back (escrow)")


@LOGIC.define("Switch(source, defaultValue?, key1, value1, keysAndValues?...)")
def _switch(call: EntraArguments) -> Json:
    if len(call) % 2:
        raise call.fail("needs an even number of arguments: a source, a default, and pairs of key and value")
    source = _key(call, 0)
    for index in range(2, len(call), 2):
        if _key(call, index) == source:
            return call.value(index + 1)
    return call.value(1)


def _key(call: EntraArguments, index: int) -> str:
    """Return a source or key as it is compared: by characters, null being the empty text."""
    value = call.value(index)
    if isinstance(value, list | dict):
        raise call.fail(f"must be a text, not {kind(value)}", index)
    return "" if value is None else spelled(value, _BOOLEANS)
