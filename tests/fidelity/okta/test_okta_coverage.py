"""What the transcriptions cover: every exchange that Okta sends by itself or with an option, in each dialect."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scimulator.catalogue.profiles import Profile, Use

HERE = Path(__file__).parent
DIALECTS = ("okta.template", "okta.wizard")


def covered(dialect: str) -> set[str]:
    """Ids of the exchanges whose requests the files of a dialect hold.

    A file's name begins with the variant that it is for, or with something else if it is for both. A request may be
    recorded under further ids: a line ``# shows: ID`` names them.
    """
    others = {each.partition(".")[2] for each in DIALECTS} - {dialect.partition(".")[2]}
    text = "\n".join(path.read_text() for path in HERE.glob("*.http") if path.stem.partition("_")[0] not in others)
    return set(re.findall(r"^(?:### |# shows: )(\S+)$", text, re.MULTILINE))


def test_every_file_is_compared_with():
    """A transcription that no story uses proves nothing."""
    text = "\n".join(path.read_text() for path in HERE.glob("test_okta_wire*.py"))
    stems = (path.stem for path in HERE.glob("*.http"))
    # A name such as "{variant}_connect" stands for both variants.
    assert not [stem for stem in stems if f'"{stem}"' not in text and f"}}_{stem.partition('_')[2]}" not in text]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("use", [Use.DEFAULT, Use.SWITCH])
def test_every_exchange_that_is_sent_is_transcribed(dialect, use):
    wanted = {entry.id for entry in Profile.load(dialect).exchanges if entry.use is use}
    assert wanted
    assert wanted - covered(dialect) == set()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_is_transcribed_that_the_profile_does_not_have(dialect):
    ids = {entry.id for each in DIALECTS for entry in Profile.load(each).exchanges}
    assert covered(dialect) <= ids


def test_reactions_are_what_a_flow_does_with_an_answer_and_not_requests_of_their_own():
    """Each reaction repeats a request that is transcribed, so that its bytes are compared there."""
    for dialect in DIALECTS:
        profile = Profile.load(dialect)
        sent = {
            (entry.method, entry.path, entry.query)
            for entry in profile.exchanges
            if entry.use in (Use.DEFAULT, Use.SWITCH)
        }
        reactions = [entry for entry in profile.exchanges if entry.use is Use.REACTION]
        assert [e.id for e in reactions if (e.method, e.path, e.query) not in sent] == []
