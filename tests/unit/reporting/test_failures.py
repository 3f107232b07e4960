"""Findings of one root cause are told once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scimulator.reporting.failures import Shown, path_pattern, root_causes

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject

NO_ID = "0a1b2c3d"


def exchange(
    number: int, method: str, target: str, status: int = 200, *, purpose: str = "judged", **more: Json
) -> JsonObject:
    body, answer = more.get("body"), more.get("answer")
    return {
        "number": number,
        "purpose": purpose,
        "request": {"method": method, "target": target, "headers": [], "body": json.dumps(body) if body else ""},
        "response": {"status": status, "headers": [], "body": json.dumps(answer) if answer else ""},
    }


def failing(
    name: str, kind: str, *exchanges: JsonObject, at: str = "", requirement: str = "R-1", **more: Json
) -> tuple[JsonObject, JsonObject]:
    shown = exchanges[-1]["number"] if exchanges else 0
    symptom: JsonObject = {
        "kind": kind,
        "message": f"{name} went wrong",
        "at": at,
        "exchange": shown,
        "wanted": more.get("wanted"),
    }
    found: JsonObject = {
        "id": f"{name}:{kind}@{at}",
        "requirement": requirement,
        "severity": "failure",
        "symptom": symptom,
    }
    check: JsonObject = {
        "id": name,
        "dialect": more.get("dialect", ""),
        "findings": [found],
        "exchanges": list(exchanges),
        "data_loss": more.get("data_loss", False),
    }
    return check, found


def test_one_requirement_and_symptom_is_one_cause() -> None:
    causes = root_causes([
        failing("a.one", "missing", at="meta.version"),
        failing("a.two", "missing", at="meta.version"),
        failing("a.three", "missing", at="meta.location"),
    ])  # fmt: skip
    assert [cause.checks for cause in causes] == [["a.one", "a.two"], ["a.three"]]


def test_a_server_that_crashes_on_every_post_has_one_bug() -> None:
    causes = root_causes(
        failing(f"users.{at}", "status", exchange(at, "POST", "/Users", 500), requirement=f"R-{at}", wanted=201)
        for at in range(1, 6)
    )
    assert len(causes) == 1
    assert causes[0].requirements == ["R-1", "R-2", "R-3", "R-4", "R-5"]


def test_refusals_are_told_apart_by_what_the_server_says() -> None:
    def refused(at: int, detail: str) -> tuple[JsonObject, JsonObject]:
        sent: JsonObject = {"Operations": [{"op": "replace", "path": f"a{at}", "value": at}]}
        return failing(
            f"patch.p{at}",
            "status",
            exchange(at, "PATCH", f"/Users/{at}", 400, body=sent, answer={"detail": detail}),
            wanted="2xx",
        )

    causes = root_causes([refused(1, "unknown path 'a1'"), refused(2, "unknown path 'a2'"), refused(3, "too late")])
    assert [len(cause.checks) for cause in causes] == [2, 1]


def test_a_patch_that_does_nothing_is_one_cause_per_kind_of_operation() -> None:
    def ignored(at: int, path: str) -> tuple[JsonObject, JsonObject]:
        operation: JsonObject = {"op": "replace", "path": path, "value": "x"}
        write = exchange(1, "PATCH", f"/Users/{NO_ID}{at}", 204, body={"Operations": [operation]})
        read = exchange(2, "GET", f"/Users/{NO_ID}{at}", purpose="evidence")
        return failing(f"patch.p{at}", "not-applied", write, read, at=path, requirement=f"R-{at}")

    causes = root_causes([ignored(1, "title"), ignored(2, "nickName"), ignored(3, "name.givenName")])
    assert [cause.checks for cause in causes] == [["patch.p1", "patch.p2"], ["patch.p3"]]


def test_data_loss_comes_first_and_then_what_explains_most() -> None:
    many = [failing(f"many.m{at}", "missing", at="id") for at in range(5)]
    few = [failing(f"few.f{at}", "missing", at="meta") for at in range(2)]
    loss = failing("groups.wiped", "changed", at="members", data_loss=True)
    causes = root_causes([*few, *many, loss])
    assert [cause.lead.name.partition(".")[0] for cause in causes] == ["groups", "many", "few"]
    assert causes[0].data_loss


def test_a_dialect_is_part_of_the_name() -> None:
    check, found = failing("idp.create", "missing", dialect="okta.template")
    assert Shown(check, found).name == "idp.create [okta.template]"


def test_evidence_is_the_exchange_that_the_symptom_names_and_the_cause_the_write_before_it() -> None:
    made = exchange(1, "POST", "/Users", 201, purpose="set-up")
    write = exchange(2, "PATCH", f"/Users/{NO_ID}", 204)
    read = exchange(3, "GET", f"/Users/{NO_ID}", purpose="evidence")
    check, found = failing("a.b", "changed", made, write, read)
    shown = Shown({**check, "exchanges": [made, write, read, exchange(4, "GET", "/Users")]}, found)
    assert shown.evidence == read
    assert shown.cause == write
    alone = Shown(*failing("a.b", "value", made, read))
    assert alone.cause == alone.evidence == read
    assert Shown(*failing("a.b", "value")).cause is None


def test_a_passive_invariant_has_one_exchange_per_finding() -> None:
    first, second = exchange(7, "GET", "/Users"), exchange(7, "GET", "/Groups")
    check, found = failing("exchanges.x", "value", first)
    other: JsonObject = {**found, "id": "exchanges.x:other", "sender": "b"}
    found["sender"] = "a"
    check = {**check, "findings": [found, other], "exchanges": [first, second]}
    assert Shown(check, other).evidence == second
    assert Shown(check, found).evidence == first


def test_ids_are_taken_out_of_paths() -> None:
    assert path_pattern("/Users/abc-1") == "/Users/{id}"
    assert path_pattern("/Users/.search") == "/Users/.search"
    assert path_pattern("/") == "/"
