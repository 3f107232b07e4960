"""Faults of membership: what the trigger request of each does, beside what the faultless provider does."""

from __future__ import annotations

import json

import pytest

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Scene:
    """Three users a, b and c; members are told by their user names."""

    def __init__(self, call) -> None:
        self.call = call
        self.users = {name: call.user(name) for name in "abc"}
        self.names = {user["id"]: name for name, user in self.users.items()}

    def group(self, members="", name="team", **attributes):
        return self.call.group(name, [self.users[one] for one in members], **attributes)

    def patch(self, group, *operations):
        return self.write("PATCH", group, {"schemas": [PATCH_OP], "Operations": list(operations)})

    def put(self, group, members, **attributes):
        body = {"schemas": [GROUP], "displayName": group["displayName"], "members": members, **attributes}
        return self.write("PUT", group, body)

    def write(self, method, group, body):
        answer = self.call(method, f"/Groups/{group['id']}", body)
        return answer.status, json.loads(answer.body) if answer.body else {}

    def members(self, resource):
        return "".join(sorted(self.names.get(one["value"], "?") for one in resource.get("members", [])))

    def stored(self, group):
        return self.members(self.call.get(group))

    def named(self, *names, **more):
        return [{"value": self.users[name]["id"], **more} for name in names]


def remove_by_value(scene):
    group = scene.group("abc")
    status, _ = scene.patch(group, {"op": "Remove", "path": "members", "value": scene.named("a")})
    return status, scene.stored(group)


def remove_by_filter(scene):
    group = scene.group("abc")
    status, _ = scene.patch(group, {"op": "remove", "path": f'members[value eq "{scene.users["a"]["id"]}"]'})
    return status, scene.stored(group)


def remove_by_two_clauses(scene):
    group = scene.group("abc")
    path = f'members[display eq "a" and value eq "{scene.users["a"]["id"]}"]'
    status, _ = scene.patch(group, {"op": "remove", "path": path})
    return status, scene.stored(group)


def remove_dotted_value(scene):
    emails = [{"value": "a.b@x.example"}, {"value": "c@x.example"}]
    user = scene.call.user("dot", emails=emails)
    left = scene.call.patch(user, {"op": "remove", "path": 'emails[value eq "a.b@x.example"]'})
    return [one["value"] for one in left["emails"]]


def add_another(scene):
    group = scene.group("a")
    status, _ = scene.patch(group, {"op": "add", "path": "members", "value": scene.named("b")})
    return status, scene.stored(group)


def add_again(scene):
    group = scene.group("ab")
    status, _ = scene.patch(group, {"op": "add", "path": "members", "value": scene.named("a")})
    return status, scene.stored(group)


def remove_from_one_of_two(scene):
    one, other = scene.group("ab", "one"), scene.group("ab", "other")
    scene.patch(one, {"op": "remove", "path": f'members[value eq "{scene.users["a"]["id"]}"]'})
    return scene.stored(one), scene.stored(other)


def nested_in_list(scene):
    inside = scene.group("a", "inner")
    outer = scene.call.group("outer", [inside, scene.users["b"]])
    listed = scene.call.found('displayName eq "outer"', "/Groups")
    return len(scene.call.get(outer)["members"]), len(listed[0]["members"])


def create_with_stranger(scene):
    body = {"schemas": [GROUP], "displayName": "g", "members": [{"value": "unknown-id"}]}
    return scene.call("POST", "/Groups", body).status, scene.call("GET", "/Users/unknown-id").status


def put_known_and_stranger(scene):
    group = scene.group("ab")
    status, _ = scene.put(group, [*scene.named("a"), {"value": "nobody"}])
    return status, scene.stored(group)


def put_strangers_only(scene):
    group = scene.group("ab")
    status, _ = scene.put(group, [{"value": "unmanaged"}])
    return status, scene.stored(group)


def add_with_stale_display(scene):
    group = scene.group("a")
    value = scene.named("b", display="old name")
    status, _ = scene.patch(group, {"op": "add", "path": "members", "value": value})
    return status, scene.stored(group)


def put_without_display(scene):
    group = scene.call.json("POST", "/Groups", {"schemas": [GROUP], "displayName": "g"}, 201)
    status, _ = scene.put(group, scene.named("a"))
    return status, scene.stored(group)


def any_patch(scene):
    group = scene.group("a")
    status, _ = scene.patch(group, {"op": "add", "path": "members", "value": scene.named("b")})
    return status, scene.stored(group)


def answer_to_removal(scene):
    group = scene.group("ab")
    path = f'members[value eq "{scene.users["a"]["id"]}"]'
    status, body = scene.patch(group, {"op": "remove", "path": path})
    return status, scene.members(body), scene.stored(group)


def rename(scene):
    group = scene.group("a")
    status, _ = scene.patch(group, {"op": "replace", "path": "displayName", "value": "n"})
    return status, scene.call.get(group)["displayName"]


def put_no_members(scene):
    group = scene.group("ab")
    status, _ = scene.put(group, [])
    return status, scene.stored(group)


def filter_groups(scene):
    scene.group("", "g1")
    scene.group("", "g2")
    listed = scene.call.json("GET", "/Groups?filter=displayName%20eq%20%22g1%22")
    return [one["displayName"] for one in listed["Resources"]]


def exclude_members(scene):
    group = scene.group("ab")
    return "members" in scene.call.json("GET", f"/Groups/{group['id']}?excludedAttributes=members")


def update_without_external_id(scene):
    group = scene.group("a", externalId="X")
    scene.patch(group, {"op": "add", "path": "members", "value": scene.named("b")})
    return scene.call.get(group).get("externalId")


def schemas_of_answer(scene):
    group = scene.group("a")
    return scene.patch(group, {"op": "replace", "path": "displayName", "value": "n"})[1]["schemas"]


CASES = {
    "group-remove-by-value-wipes": (remove_by_value, (200, "bc"), (200, "")),
    "group-remove-by-filter-wipes": (remove_by_filter, (200, "bc"), (200, "")),
    "group-remove-value-refused": (remove_by_value, (200, "bc"), (400, "abc")),
    "group-remove-two-clauses-ignored": (remove_by_two_clauses, (200, "bc"), (200, "abc")),
    "remove-filter-dots-rewritten": (remove_dotted_value, ["c@x.example"], ["a.b@x.example", "c@x.example"]),
    "group-add-replaces-members": (add_another, (200, "ab"), (200, "b")),
    "group-add-doubles-member": (add_again, (200, "ab"), (200, "aab")),
    "group-add-existing-crashes": (add_again, (200, "ab"), (500, "ab")),
    "group-add-without-type-skipped": (add_another, (200, "ab"), (200, "a")),
    "group-remove-reaches-other-groups": (remove_from_one_of_two, ("b", "ab"), ("b", "b")),
    "nested-group-not-listed": (nested_in_list, (2, 2), (2, 1)),
    "unknown-member-creates-user": (create_with_stranger, (400, 404), (201, 200)),
    "unknown-member-crashes": (put_known_and_stranger, (400, "ab"), (500, "ab")),
    "group-put-of-strangers-ignored": (put_strangers_only, (400, "ab"), (200, "ab")),
    "member-display-must-match": (add_with_stale_display, (200, "ab"), (500, "a")),
    "member-display-required": (put_without_display, (200, "a"), (422, "")),
    "group-patch-missing": (any_patch, (200, "ab"), (405, "a")),
    "group-patch-answer-stale": (answer_to_removal, (200, "b", "b"), (200, "ab", "b")),
    "group-patch-done-then-fails": (any_patch, (200, "ab"), (500, "ab")),
    "group-rename-ignored": (rename, (200, "n"), (200, "team")),
    "group-empty-members-ignored": (put_no_members, (200, ""), (200, "ab")),
    "group-filter-ignored": (filter_groups, ["g1"], ["g1", "g2"]),
    "group-members-not-excluded": (exclude_members, False, True),
    "update-clears-external-id": (update_without_external_id, "X", None),
    "patch-answer-echoes-schemas": (schemas_of_answer, [GROUP], [PATCH_OP]),
    "capital-op-crashes": (remove_by_value, (200, "bc"), (500, "abc")),
}


@pytest.mark.parametrize("fault", CASES)
def test_the_trigger_request_goes_wrong(make_caller, fault):
    story, right, wrong = CASES[fault]
    assert story(Scene(make_caller())) == right
    assert story(Scene(make_caller(faults=[fault]))) == wrong


def test_a_doubled_member_is_single_again_after_a_put(make_caller):
    scene = Scene(make_caller(faults=["group-add-doubles-member"]))
    group = scene.group("ab")
    scene.patch(group, {"op": "add", "path": "members", "value": scene.named("a")})
    scene.put(group, scene.named("a", "b"))
    assert scene.stored(group) == "ab"
