from __future__ import annotations

import dataclasses
import json

import pytest

from scimulator import content
from scimulator.target.errors import SettingsError
from scimulator.target.settings import SECTIONS, Settings
from scimulator.target.settings_file import load_settings

FULL = """
[target]
url = "https://scim.example.com/v2"
auth = "basic"
token_env = "MY_TOKEN"
username = "u"
[limits]
rate = 5
timeout = 2.5
[people]
domain = "test.example.com"
required = ["title"]
[people.defaults]
title = "Engineer"
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" = "R&D"
[run]
dialects = ["okta.template"]
fail_on = "should"
[quirks]
email-case = "lower"
"""


def write(tmp_path, text):
    path = tmp_path / "scimulator.toml"
    path.write_text(text)
    return path


def test_a_file_is_read_with_the_origin_of_each_value(tmp_path):
    path = write(tmp_path, FULL)
    made = load_settings(path, environ={})
    assert made.target.url == "https://scim.example.com/v2"
    assert made.limits.rate == 5
    assert made.people.required == ("title",)
    assert made.people.defaults["title"] == "Engineer"
    assert made.run.dialects == ("okta.template",)
    assert dict(made.quirks) == {"email-case": "lower"}
    assert made.origin("limits.rate") == str(path)
    assert made.origin("quirks.email-case") == str(path)
    assert made.origin("limits.deadline") == "default"


def test_the_command_line_wins_over_the_environment_over_the_file(tmp_path):
    path = write(tmp_path, "[limits]\nrate = 1\ntimeout = 1\ndeadline = 1\n")
    environ = {"SCIMULATOR_LIMITS_TIMEOUT": "2", "SCIMULATOR_LIMITS_DEADLINE": "2", "SCIM_TARGET": "reference:"}
    made = load_settings(path, environ=environ).override(deadline=3, rate=None, url=None)
    assert (made.limits.rate, made.limits.timeout, made.limits.deadline) == (1, 2, 3)
    assert made.target.url == "reference:"
    assert made.origin("limits.timeout") == "variable SCIMULATOR_LIMITS_TIMEOUT"
    assert made.origin("limits.deadline") == "command line"


def test_without_a_file_everything_is_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings(environ={}) == Settings()


def test_the_file_of_the_current_folder_is_found(tmp_path, monkeypatch):
    write(tmp_path, "[run]\nexclude = ['bulk']")
    monkeypatch.chdir(tmp_path)
    assert load_settings(environ={}).run.exclude == ("bulk",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[target]\nulr = 'x'", """[target]: there is no key 'ulr' (did you mean "url"?)"""),
        ("[limit]\nrate = 1", """there is no section 'limit' (did you mean "limits"?)"""),
        ("[target]\ntoken = 'canary'", "a secret does not belong in a file"),
        ("[target]\nauth = 'baerer'", """[target] auth is "baerer", but must be one of bearer, basic, header, none"""),
        ("[target]\nauth = 'baerer'", """(did you mean "bearer"?)"""),
        ("[limits]\nrate = 'fast'", '[limits] rate is "fast", but must be of type number'),
        ("[limits]\ntimeout = 0", "[limits] timeout is 0, but must be more than 0"),
        ("[limits]\npages = 0", "must be at least 1"),
        ("[run]\ndialects = 'okta'", "must be of type array"),
        ("[people]\ndomain = 'nope'", "Domain of user names"),
        ("[target]\ntoken_env = 'canary-pasted'", "[target] token_env is not shown, but must be"),
        ("[quirks]\na = []", "[quirks] a is []"),
        ("[target\n", "this is not TOML"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(tmp_path, text, told):
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(path, environ={})
    assert str(caught.value).startswith(str(path))
    assert told in str(caught.value)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"SCIMULATOR_LIMITS_RAT": "1"}, 'did you mean "SCIMULATOR_LIMITS_RATE"'),
        ({"SCIMULATOR_LIMITS_RATE": "x"}, "must be a number"),
        ({"SCIMULATOR_TARGET_INSECURE": "perhaps"}, "true or false"),
        ({"SCIMULATOR_RUN_FAIL_ON": "never"}, "must, should"),
    ],
)
def test_a_wrong_variable_is_refused_by_name(environ, told):
    with pytest.raises(SettingsError) as caught:
        load_settings(environ=environ)
    assert next(iter(environ)) in str(caught.value)
    assert told in str(caught.value)


def test_lists_and_flags_come_from_variables_too():
    environ = {"SCIMULATOR_RUN_DIALECTS": "okta.template, entra.legacy", "SCIMULATOR_TARGET_INSECURE": "true"}
    made = load_settings(environ=environ)
    assert made.run.dialects == ("okta.template", "entra.legacy")
    assert made.target.insecure


def test_a_missing_file_is_named():
    with pytest.raises(SettingsError, match=r"nowhere\.toml: there is no such settings file"):
        load_settings("nowhere.toml", environ={})


def test_an_unknown_override_has_a_near_miss():
    with pytest.raises(SettingsError, match="did you mean"):
        Settings().override(dialect=("x",))


def test_the_schema_and_the_data_classes_name_the_same_keys_and_defaults():
    schema = json.loads((content("fixtures") / "schemas" / "settings.schema.json").read_text())
    assert set(schema["properties"]) == {*SECTIONS, "quirks", "control"}
    names = []
    for section, kind in SECTIONS.items():
        described = schema["properties"][section]["properties"]
        assert set(described) == {one.name for one in dataclasses.fields(kind)}
        names += described
        for name, part in described.items():
            if "default" in part:
                assert getattr(kind(), name) == part["default"]
            assert part["description"].endswith(".")
    assert len(names) == len(set(names)), "override() relies on unique names"
