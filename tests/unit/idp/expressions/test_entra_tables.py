"""The longer examples of Microsoft's pages: the table of diacritics and the bodies with roles.

The page: https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
"""

from __future__ import annotations

from typing import Any

import pytest

from scimulator.idp.expressions.entra import parse
from scimulator.idp.expressions.entra_context import EntraContext


def value(text: str, **attributes: Any) -> Any:
    return parse(text).evaluate(EntraContext(attributes))


# …#normalizediacritics, the table (letters in both cases)
TABLE = [
    "a",
    "äàâãåáąăāā́ā̀ā̂ā̃ǟā̈ǡa̱å̄",
    "A",
    "ÄÀÂÃÅÁĄĂĀĀ́Ā̀Ā̂Ā̃ǞĀ̈ǠA̱Å̄",
    "ae",
    "æǣ",
    "AE",
    "ÆǢ",
    "c",
    "çčćc̄c̱",
    "C",
    "ÇČĆC̄C̱",
    "d",
    "ďd̄ḏ",
    "D",
    "ĎD̄Ḏ",
    "e",
    "ëèéêęěėēḗḕē̂ē̃ê̄e̱ë̄e̊̄",
    "E",
    "ËÈÉÊĘĚĖĒḖḔĒ̂Ē̃Ê̄E̱Ë̄E̊̄",
    "g",
    "ğḡg̱",
    "G",
    "ĞḠG̱",
    "i",
    "ïîìíıīī́ī̀ī̂ī̃i̱",
    "I",
    "ÏÎÌÍİĪĪ́Ī̀Ī̂Ī̃I̱",
    "l",
    "ľłl̄ḹḻ",
    "L",
    "ŁĽL̄ḸḺ",
    "n",
    "ñńňn̄ṉ",
    "N",
    "ÑŃŇN̄Ṉ",
    "o",
    "öòőõôóōṓṑō̂ō̃ȫō̈ǭȭȱo̱",
    "O",
    "ÖÒŐÕÔÓŌṒṐŌ̂Ō̃ȪŌ̈ǬȬȰO̱",
    "oe",
    "øø̄œ̄",
    "OE",
    "ØØ̄Œ̄",
    "r",
    "řr̄ṟṝ",
    "R",
    "ŘR̄ṞṜ",
    "ss",
    "ß",
    "s",
    "šśșşs̄s̱",
    "S",
    "ŠŚȘŞS̄S̱",
    "t",
    "ťțt̄ṯ",
    "T",
    "ŤȚT̄Ṯ",
    "u",
    "üùûúůűūū́ū̀ū̂ū̃u̇̄ǖṻṳ̄u̱",
    "U",
    "ÜÙÛÚŮŰŪŪ́Ū̀Ū̂Ū̃U̇̄ǕṺṲ̄U̱",
    "y",
    "ÿýȳȳ́ȳ̀ȳ̃y̱",
    "Y",
    "ŸÝȲȲ́Ȳ̀Ȳ̃Y̱",
    "z",
    "źžżz̄ẕ",
    "Z",
    "ŹŽŻZ̄Ẕ",
]


@pytest.mark.parametrize(("plain", "letters"), list(zip(TABLE[::2], TABLE[1::2], strict=True)))
def test_the_table_of_diacritics(plain: str, letters: str):
    count = len([char for char in letters if not "\u0300" <= char <= "\u036f"])
    assert value("NormalizeDiacritics([a])", a=letters) == plain * count


ROLES = [
    {"id": "06b07648", "value": "Admin", "displayName": "Admin"},
    {"id": "2", "value": "User", "displayName": "User"},
]


# …/customize-application-attributes#provisioning-a-role-to-a-scim-app
@pytest.mark.parametrize(
    ("text", "roles", "expected"),
    [
        ("SingleAppRoleAssignment([appRoleAssignments])", ROLES[:1], "Admin"),
        ("SingleAppRoleAssignment([appRoleAssignments])", [], None),
        ("AppRoleAssignmentsComplex([appRoleAssignments])", [], None),
        (
            "AppRoleAssignmentsComplex([appRoleAssignments])",
            ROLES,
            [
                {"primary": False, "type": "WindowsAzureActiveDirectoryRole", "displayName": "Admin", "value": "Admin"},
                {"primary": False, "type": "WindowsAzureActiveDirectoryRole", "displayName": "User", "value": "User"},
            ],
        ),
        (
            "AssertiveAppRoleAssignmentsComplex([appRoleAssignments])",
            ROLES[1:],
            [{"primary": False, "type": "WindowsAzureActiveDirectoryRole", "display": "User", "value": "User"}],
        ),
    ],
)
def test_roles(text: str, roles: list[Any], expected: Any):
    assert value(text, appRoleAssignments=roles) == expected
