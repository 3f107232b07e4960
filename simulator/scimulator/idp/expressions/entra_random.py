"""Entra's functions with a random result; the randomness is injected, so that a run can be repeated."""

from __future__ import annotations

import string
import uuid
from typing import TYPE_CHECKING

from scimulator.idp.expressions.entra_context import EntraArguments, library, randomness

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json

RANDOM = library()
# Windows' complexity rules for passwords list them; RandomString refers there.
SPECIAL = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/"
_LONGEST = 256


@RANDOM.define("Guid()")
def _guid(call: EntraArguments) -> Json:
    return str(uuid.UUID(int=randomness(call).getrandbits(128), version=4))


@RANDOM.define(
    "RandomString(length, minimumNumbers, minimumSpecialCharacters, minimumCapital, minimumLowerCase, "
    "charactersToAvoid?)"
)
def _random_string(call: EntraArguments) -> Json:
    source, length = randomness(call), call.integer(0)
    wanted = [call.integer(index) for index in range(1, 5)]
    for index, number in enumerate(wanted, 1):
        if number < 0:
            raise call.fail("must not be negative", index)
    if not sum(wanted) <= length <= _LONGEST:
        raise call.fail(f"must be between the sum of the minimums ({sum(wanted)}) and {_LONGEST}", 0)
    avoided = (call.optional_string(5) or "") if call.given(5) else ""
    kinds = [
        [char for char in one if char not in avoided]
        for one in (string.digits, SPECIAL, string.ascii_uppercase, string.ascii_lowercase)
    ]
    for index, (number, one) in enumerate(zip(wanted, kinds, strict=True), 1):
        if number and not one:
            raise call.fail("cannot be met: all characters of this kind are to be avoided", index)
    made = [source.choice(one) for number, one in zip(wanted, kinds, strict=True) for _ in range(number)]
    # What fills the rest is not documented; letters and digits never break a minimum.
    filling = kinds[0] + kinds[2] + kinds[3]
    if len(made) < length and not filling:
        raise call.fail("leaves no letters and digits to fill the text with", 5)
    made += [source.choice(filling) for _ in range(length - len(made))]
    source.shuffle(made)
    return "".join(made)
