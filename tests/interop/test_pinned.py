from __future__ import annotations

import pytest


@pytest.fixture
def served(load_server):
    return load_server("process").Served("http://127.0.0.1:1/v2", "t", "example-server", "1.0")


@pytest.fixture
def pin(judging, tmp_path, monkeypatch):
    monkeypatch.setattr(judging, "PINNED", tmp_path)

    def write(*ids, version="1.0", why="RFC 7644 section 3.3"):
        entries = [
            f'[[finding]]\nid = "{each}"\nrequirement = "RFC7644-3.3-03"\nrequest = "POST /Users"\nanswer = "201"\n'
            f'why = "{why}"\n'
            for each in ids
        ]
        (tmp_path / "example-server.toml").write_text("\n".join([f'version = "{version}"', *entries]), "utf-8")

    return write


def _failed(judging, *ids, outcome="failed", severity="failure"):
    exchange = {
        "request": {"method": "POST", "target": "/Users", "body": "{}"},
        "response": {"status": 201, "body": "{}"},
    }
    symptom = {"message": "the answer lacks the header Location", "at": "Location", "wanted": None, "got": None}
    records = [
        {
            "id": each.partition(":")[0],
            "outcome": outcome,
            "reason": "",
            "exchanges": [exchange],
            "findings": [
                {
                    "id": each,
                    "requirement": "RFC7644-3.3-03",
                    "citation": "RFC 7644 section 3.3",
                    "severity": severity,
                    "symptom": symptom,
                }
            ],
        }
        for each in ids
    ]
    return judging.Judged(1, "", tuple(records))


def _told(judging, served, judged):
    return list(judging.complaints(served, judged))


def test_pinned_findings_are_silent(judging, served, pin):
    pin("users.create.location:missing@Location")
    assert _told(judging, served, _failed(judging, "users.create.location:missing@Location")) == []


def test_a_new_finding_comes_with_what_to_read_and_a_stanza(judging, served, pin):
    pin()
    (told,) = _told(judging, served, _failed(judging, "users.create.location:missing@Location"))
    assert told.startswith("users.create.location:missing@Location is new. Read RFC 7644 section 3.3")
    assert 'request = "POST /Users {}"' in told


def test_a_finding_that_is_gone_is_told_with_what_its_check_says_now(judging, served, pin):
    pin("users.create.location:missing@Location")
    (told,) = _told(judging, served, _failed(judging, "users.create.location:missing@Location", outcome="passed"))
    assert "no longer occurs (its check: passed)" in told
    (told,) = _told(judging, served, _failed(judging))
    assert "its check: did not run" in told


def test_a_finding_that_comes_and_goes_may_be_absent(judging, served, pin, tmp_path):
    pin("users.read.head:content")
    with (tmp_path / "example-server.toml").open("a", encoding="utf-8") as file:
        file.write('sometimes = "the body may come too late to be seen"\n')
    assert _told(judging, served, _failed(judging)) == []


def test_warnings_are_not_pinned(judging, served, pin):
    pin()
    assert _told(judging, served, _failed(judging, "users.create.location:missing@Location", severity="warning")) == []


def test_another_version_has_to_be_judged_again(judging, served, pin):
    pin(version="0.9")
    (told,) = _told(judging, served, _failed(judging))
    assert "judged for example-server 0.9, but 1.0 is installed" in told


def test_a_pin_without_a_reason_is_told(judging, served, pin):
    pin("users.create.location:missing@Location", why="")
    (told,) = _told(judging, served, _failed(judging, "users.create.location:missing@Location"))
    assert "has no why" in told


def test_an_error_of_ours_is_told(judging, served, pin):
    pin()
    (told,) = _told(judging, served, _failed(judging, "users.read:x", outcome="error", severity="warning"))
    assert told == "users.read ended in an error of ours: "
