"""What of the protocol a product has, and which requests of identity providers it understands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimulator.kit import ENTERPRISE, PATCH_OP, Capability, add, find, literal, probe, remove, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Answer, Json, JsonObject, Probe, Resource, Resources, Session
    from suites.quirks.conftest import Folk

WORK = 'emails[type eq "work"].value'


@dataclass(slots=True)
class Trial:
    """An odd form of a request: ``done`` by the state behind it; ``plain`` sends the usual form for comparison."""

    folk: Folk
    what: str
    plain: Callable[[], Answer]

    def tell(self, quirk: Probe, answer: Answer, *, done: bool) -> None:
        """Say whether the odd form is understood, or refused where the usual one is taken."""
        if done and answer.ok:
            quirk.seen("accept", f"{self.what} was understood", answer)
        elif answer.ok:
            quirk.unknown(f"{self.what} was answered {answer.status_code} and not done")
        elif done:
            quirk.unknown(f"{self.what} was answered {answer.status_code} and done all the same")
        else:
            self.folk.insist(quirk, answer, self.plain, self.what)
            quirk.seen("refuse", f"{self.what} was answered {answer.status_code}, the usual form is taken", answer)


def _patch(user: Resource, *operations: JsonObject) -> Answer:
    listed: list[Json] = [*operations]
    return user.session.request("PATCH", user.path, {"schemas": [PATCH_OP], "Operations": listed})


@probe("operation-case", "patch", needs=("patch",), attributes=("displayName",))
def test_an_operation_in_capitals(folk: Folk, quirk: Probe) -> None:
    """The operation Replace is understood like replace, or refused."""
    user = folk.made()
    answer = _patch(user, {"op": "Replace", "path": "displayName", "value": "By Capitals"})
    if folk.shown(user, "displayName") == "By Capitals":
        quirk.seen("any", "Replace was understood", answer)
    elif not answer.ok:
        folk.insist(quirk, answer, lambda: user.try_patch(replace("displayName", "By Small Letters")), "Replace")
        quirk.seen("exact", f"Replace was answered {answer.status_code}, replace was taken", answer)
    else:
        quirk.unknown(f"Replace was answered {answer.status_code} and not done")


@probe("entra-flag", "patch", needs=("patch",), attributes=("active",))
def test_a_request_of_entra_without_the_flag(folk: Folk, quirk: Probe) -> None:
    """A PATCH as Entra sends it without the flag is understood, or refused and not half done."""
    user = folk.made()
    answer = _patch(user, {"op": "Replace", "path": "active", "value": False})
    after = folk.users.get(user.id)
    if answer.ok and (after.status_code == 404 or after.at("active") is False):
        quirk.seen("optional", "Replace of active was understood", answer)
    elif not answer.ok and after.at("active") is True:
        folk.insist(quirk, answer, lambda: folk.switch(user, active=False), "Replace of active")
        quirk.seen("required", f"Replace of active was answered {answer.status_code}, and nothing was done", answer)
    else:
        quirk.unknown(f"Replace of active was answered {answer.status_code}, active is {after.at('active')!r}")


@probe("string-booleans", "patch", needs=("patch",), attributes=("active",))
def test_a_boolean_as_text(folk: Folk, quirk: Probe) -> None:
    """The text False switches an account off, or is refused."""
    user = folk.made()
    answer = _patch(user, {"op": "replace", "path": "active", "value": "False"})
    after = folk.users.get(user.id)
    trial = Trial(folk, 'the text "False"', lambda: folk.switch(user, active=False))
    trial.tell(quirk, answer, done=after.status_code == 404 or after.at("active") is False)


@probe("flat-keys", "patch", needs=("patch",), attributes=("name.middleName",))
def test_a_key_with_a_dot(folk: Folk, quirk: Probe) -> None:
    """A value without a path may have the key name.middleName, or may not."""
    user = folk.made()
    answer = _patch(user, {"op": "replace", "value": {"name.middleName": "Dotted"}})
    trial = Trial(folk, "the key name.middleName", lambda: user.try_patch(replace("name.middleName", "Plain")))
    trial.tell(quirk, answer, done=folk.shown(user, "name.middleName") == "Dotted")


@probe("qualified-keys", "patch", needs=("patch",), attributes=("enterprise:department",))
def test_a_key_with_a_urn(folk: Folk, quirk: Probe) -> None:
    """A value without a path may have a key with the URN of the extension, or may not."""
    user = folk.made()
    answer = _patch(user, {"op": "add", "value": {f"{ENTERPRISE}:department": "Research"}})
    inside = folk.users.get(user.id).body.get(ENTERPRISE)
    done = isinstance(inside, dict) and inside.get("department") == "Research"
    path = f"{ENTERPRISE}:department"
    trial = Trial(folk, "a key with the URN of the extension", lambda: user.try_patch(add(path, "Research")))
    trial.tell(quirk, answer, done=done)


@probe("bare-string-for-complex", "patch", needs=("patch",), attributes=("enterprise:manager",))
def test_a_manager_as_text(folk: Folk, quirk: Probe) -> None:
    """The id of a manager as a text stands for the manager, or is refused."""
    user, boss = folk.made(), folk.made()
    answer = _patch(user, {"op": "add", "path": f"{ENTERPRISE}:manager", "value": boss.id})
    inside = folk.users.get(user.id).body.get(ENTERPRISE)
    done = isinstance(inside, dict) and find(inside, "manager.value") == boss.id
    path = f"{ENTERPRISE}:manager"
    trial = Trial(folk, "the id of a manager as a text", lambda: user.try_patch(add(path, {"value": boss.id})))
    trial.tell(quirk, answer, done=done)


@probe("json-text-values", "patch", needs=("patch",), attributes=("roles",))
def test_json_in_a_text(folk: Folk, quirk: Probe) -> None:
    """A role as JSON text stands for the role, or is refused."""
    user = folk.made()
    value = json.dumps({"value": "viewer", "displayName": "Viewer"})
    answer = _patch(user, {"op": "add", "path": "roles", "value": [{"value": value}]})
    shown = folk.shown(user, "roles[*].value")
    done = isinstance(shown, list) and "viewer" in shown
    if isinstance(shown, list) and value in shown:
        quirk.seen("refuse", "the JSON text is kept as it stands", answer)
        return
    trial = Trial(folk, "a role as JSON text", lambda: user.try_patch(add("roles", [{"value": "viewer"}])))
    trial.tell(quirk, answer, done=done)


@probe("single-for-multi-valued", "create", attributes=("emails",))
def test_one_where_a_list_is_due(folk: Folk, quirk: Probe) -> None:
    """One address that is no list stands for a list of one, or is refused."""
    address = folk.name("single")
    answer, body = folk.tried(userName=address, emails={"value": address, "type": "work", "primary": True})
    shown = folk.shown(folk.users.made(answer, body), "emails[*].value") if answer.ok and answer.id else None
    trial = Trial(folk, "an address that is no list", lambda: folk.tried()[0])
    trial.tell(quirk, answer, done=isinstance(shown, list) and address in shown)


@probe("missing-schemas", "create")
def test_a_create_without_schemas(folk: Folk, quirk: Probe) -> None:
    """A create without schemas is taken, or refused."""
    answer, _ = folk.tried(schemas=None)
    Trial(folk, "a create without schemas", lambda: folk.tried()[0]).tell(quirk, answer, done=answer.ok)


@probe("remove-with-values", "patch", needs=("groups", "patch"))
def test_a_remove_that_names_values(groups: Resources, folk: Folk, quirk: Probe) -> None:
    """A remove that names members in its value removes these, or is refused."""
    stays, goes = folk.made(), folk.made()
    group = groups.create(members=[stays.id, goes.id])
    answer = _patch(group, {"op": "remove", "path": "members", "value": [{"value": goes.id}]})
    shown = groups.get(group.id).at("members[*].value")
    left = set(map(str, shown)) if isinstance(shown, list) else set()
    if left == {stays.id}:
        quirk.seen("selected", "just the member that was named is gone", answer)
    elif left == {stays.id, goes.id} and not answer.ok:
        path = f'members[value eq "{goes.id}"]'
        folk.insist(quirk, answer, lambda: group.try_patch(remove(path)), "a remove with values")
        quirk.seen("refuse", f"it was answered {answer.status_code}, and nobody was removed", answer)
    else:
        quirk.unknown(f"it was answered {answer.status_code}, and {len(left)} of 2 members are left")


def _addressless(folk: Folk, quirk: Probe) -> Resource:
    """Return an account that shows no address."""
    user = folk.made(emails=None)
    if folk.shown(user, "emails"):
        quirk.unknown("an account without an address shows one all the same")
    return user


@probe("add-without-match", "patch", needs=("patch",), attributes=("emails",))
def test_an_add_that_matches_nothing(folk: Folk, quirk: Probe) -> None:
    """An add whose filter matches nothing makes the element, or is refused."""
    user, address = _addressless(folk, quirk), folk.name("added")
    answer = user.try_patch(add(WORK, address))
    shown = folk.shown(user, "emails[*].value")
    if isinstance(shown, list) and address in shown:
        quirk.seen("create", "the address was made from the filter", answer)
    elif not answer.ok:
        entry: Json = [{"value": address, "type": "work"}]
        folk.insist(quirk, answer, lambda: user.try_patch(add("emails", entry)), "an add with a filter")
        quirk.seen("no-target", f"it was answered {answer.status_code}", answer)
    else:
        quirk.unknown(f"it was answered {answer.status_code}, and no address is shown")


@probe("replace-without-match", "patch", needs=("patch",), attributes=("emails",))
def test_a_replace_that_matches_nothing(folk: Folk, quirk: Probe) -> None:
    """A replace whose filter matches nothing makes the element, makes it only where there is none, or is refused."""
    user, address = _addressless(folk, quirk), folk.name("replaced")
    answer = user.try_patch(replace(WORK, address))
    shown = folk.shown(user, "emails[*].value")
    if not answer.ok:
        entry: Json = [{"value": address, "type": "work"}]
        folk.insist(quirk, answer, lambda: user.try_patch(add("emails", entry)), "a replace with a filter")
        quirk.seen("no-target", f"it was answered {answer.status_code}", answer)
        return
    if not isinstance(shown, list) or address not in shown:
        quirk.unknown(f"it was answered {answer.status_code}, and no address is shown")
    home = folk.name("home")
    other = folk.made(emails=[{"value": home, "type": "home"}])
    kinds = folk.shown(other, "emails[*].type")
    if kinds != ["home"]:
        quirk.unknown(f"an account with a home address shows {kinds}")
    again = other.try_patch(replace(WORK, folk.name("beside")))
    if not again.ok and not folk.declined(again):
        quirk.unknown(f"beside a home address it was answered {again.status_code}")
    kind = "create" if again.ok else "create-in-empty"
    quirk.seen(kind, f"without any address it was done, beside a home address answered {again.status_code}", again)


@probe("value-path-comparison", "filter", needs=("filter",), attributes=("emails",))
def test_a_comparison_behind_a_value_path(folk: Folk, quirk: Probe) -> None:
    """A filter may compare behind a value path, or may not."""
    user = folk.made()
    address = folk.shown(user, "emails[*].value")
    if not isinstance(address, list) or not address or folk.shown(user, "emails[*].type") != ["work"]:
        quirk.unknown("no work address is shown")
        return
    answer = folk.users.find(f"{WORK} eq {literal(str(address[0]))}")
    plain = f"emails.value eq {literal(str(address[0]))}"
    trial = Trial(folk, "a comparison behind a value path", lambda: folk.users.find(plain))
    trial.tell(quirk, answer, done=answer.ok and user.id in answer.ids())


@probe("path-less-read-only", "patch", needs=("patch",))
def test_a_value_with_a_read_only_attribute(folk: Folk, quirk: Probe) -> None:
    """A readOnly attribute in a value without a path is ignored, or the PATCH is refused."""
    user = folk.made()
    answer = _patch(user, {"op": "replace", "value": {"id": "another-id", "displayName": "Echoed"}})
    shown = folk.shown(user, "displayName")
    if answer.ok and shown == "Echoed" and folk.users.get(user.id).at("id") == user.id:
        quirk.seen("ignore", "the id was ignored, and the rest was done", answer)
    elif not answer.ok and shown != "Echoed":
        plain: JsonObject = {"op": "replace", "value": {"displayName": "Alone"}}
        folk.insist(quirk, answer, lambda: _patch(user, plain), "a readOnly attribute in a value without a path")
        quirk.seen("refuse", f"it was answered {answer.status_code}", answer)
    else:
        quirk.unknown(f"it was answered {answer.status_code}, and displayName is {shown!r}")


@probe("patch-answer", "patch", needs=("patch",))
def test_how_a_patch_is_answered(folk: Folk, quirk: Probe) -> None:
    """A PATCH is answered 200 with the resource, or 204."""
    user = folk.made()
    answer = user.try_patch(replace("displayName", "Answered"))
    if answer.status_code == 204:
        quirk.seen("empty", "a PATCH was answered 204", answer)
    elif answer.status_code == 200 and answer.at("id") == user.id:
        quirk.seen("resource", "a PATCH was answered 200 with the resource", answer)
    else:
        quirk.unknown(f"a PATCH was answered {answer.status_code}")


@probe("filter-attributes", "filter", needs=("filter",), attributes=("displayName",))
def test_a_filter_on_another_attribute(folk: Folk, quirk: Probe) -> None:
    """A filter on displayName is answered, or only userName can be filtered by."""
    user = folk.made(displayName=folk.users.session.people.unique("Filtered"))
    by_name = folk.users.find(f"userName eq {literal(user.user_name)}")
    if not by_name.ok:
        quirk.unknown(f"a filter on userName was answered {by_name.status_code}")
    answer = folk.users.find(f"displayName eq {literal(user.display_name)}")
    if answer.ok and user.id in answer.ids():
        quirk.seen("all", "a filter on displayName finds the account", answer)
    elif folk.declined(answer):
        quirk.seen("user-name", f"a filter on displayName was answered {answer.status_code}", answer)
    else:
        quirk.unknown(f"a filter on displayName was answered {answer.status_code} and does not find the account")


@probe("filter-operators", "filter", needs=("filter",))
def test_a_filter_with_another_operator(folk: Folk, quirk: Probe) -> None:
    """A filter with sw is answered, or only eq is understood."""
    user = folk.made()
    start = user.user_name.partition("@")[0]
    answer = folk.users.find(f"userName sw {literal(start)}")
    if answer.ok and user.id in answer.ids():
        quirk.seen("all", "a filter with sw finds the account", answer)
    elif folk.declined(answer) and folk.users.find(f"userName eq {literal(user.user_name)}").ok:
        quirk.seen("eq", f"a filter with sw was answered {answer.status_code}, one with eq 200", answer)
    else:
        quirk.unknown(f"a filter with sw was answered {answer.status_code} and does not find the account")


@probe("sorting", "announced", writes=False)
def test_whether_lists_are_sorted(quirk: Probe, scim: Session) -> None:
    """Sorting is announced, or announced as missing."""
    said = scim.discovery.supports(Capability.SORT)
    if said is None:
        quirk.unknown("ServiceProviderConfig does not say")
    quirk.seen("supported" if said else "unsupported", f"ServiceProviderConfig says sort.supported {str(said).lower()}")


@probe("base-url-query", "list", writes=False)
def test_a_query_of_the_tenant_url(folk: Folk, quirk: Probe) -> None:
    """A query parameter as in Entra's tenant URL is ignored, or refused."""
    plain = folk.users.query({"count": 1})
    answer = folk.users.query({"count": 1, "aadOptscim062020": ""})
    if not plain.ok:
        quirk.unknown(f"a list was answered {plain.status_code}")
    if answer.ok:
        quirk.seen("accept", "a list with aadOptscim062020 was answered like one without", answer)
    elif not folk.declined(answer):
        quirk.unknown(f"a list with aadOptscim062020 was answered {answer.status_code}")
    else:
        quirk.seen("refuse", f"a list with aadOptscim062020 was answered {answer.status_code}", answer)


@probe("max-results", "announced", writes=False)
def test_the_largest_page(quirk: Probe, scim: Session) -> None:
    """ServiceProviderConfig says how many resources a page has at most."""
    said = find(scim.discovery.service_provider_config, "filter.maxResults")
    if not isinstance(said, int) or isinstance(said, bool) or said < 1:
        quirk.unknown("ServiceProviderConfig does not say")
        return
    quirk.seen(said, f"ServiceProviderConfig says filter.maxResults {said}")


@probe("max-payload", "post")
def test_the_largest_body(folk: Folk, quirk: Probe) -> None:
    """A body that is larger than the product declares is refused; without a declaration nothing that large is sent."""
    declared = quirk.declared
    if not isinstance(declared, int) or declared > 8_000_000:
        quirk.unknown("finding a limit would mean to send bodies of many megabytes")
        return
    body = folk.users.body(displayName="x" * (declared + 1))
    answer = folk.users.post(body)
    if answer.status_code == 413:
        quirk.seen(declared, f"a body of more than {declared} bytes was answered 413", answer)
    else:
        quirk.unknown(f"a body of more than {declared} bytes was answered {answer.status_code}")
