"""What is known of somebody: names, what is required, what is not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.kit import ENTERPRISE, find, probe, replace

if TYPE_CHECKING:
    from scimulator.kit import Answer, Json, JsonObject, Probe, Resource, Session, Tenant
    from suites.quirks.conftest import Acting, Folk

EVERYBODY = ("okta.template", "okta.wizard", "entra.legacy", "entra.optscim")
FAMILY = "name.familyName"


def _mutability(folk: Folk, quirk: Probe, user: Resource, answer: Answer, *, old: object) -> None:
    """Say what became of ``Newname``, which was sent as the family name of an account."""
    new, shown = "Newname", folk.shown(user, FAMILY)
    if old is None:
        quirk.unknown("the product shows no name at all")
    elif shown == new:
        quirk.seen("allow", f"{old} became {new}", answer)
    elif folk.declined(answer) and shown == old:
        quirk.seen("refuse", f"a change of the name was answered {answer.status_code}", answer)
    elif answer.ok and shown == old:
        quirk.seen("ignore", f"{new} was answered {answer.status_code}, and {old} is shown", answer)
    else:
        quirk.unknown(f"{old} became {shown} where {new} was sent")


@probe("name-mutability", "put", attributes=("name.familyName",))
def test_a_name_by_put(folk: Folk, quirk: Probe) -> None:
    """A PUT with another family name changes it, is refused, or is answered and ignored."""
    user = folk.made()
    old = folk.shown(user, FAMILY)
    name = folk.shown(user, "name")
    kept = {key: value for key, value in name.items() if key != "formatted"} if isinstance(name, dict) else {}
    answer = folk.put(user, name={**kept, "familyName": "Newname"})
    _mutability(folk, quirk, user, answer, old=old)


@probe("name-mutability", "patch", attributes=("name.familyName",), needs=("patch",))
def test_a_name_by_patch(folk: Folk, quirk: Probe) -> None:
    """A PATCH of the family name changes it, is refused, or is answered and ignored."""
    user = folk.made()
    old = folk.shown(user, FAMILY)
    answer = user.try_patch(replace(FAMILY, "Newname"))
    _mutability(folk, quirk, user, answer, old=old)


@probe("name-mutability", "provisioned", attributes=("name.familyName",), dialects=EVERYBODY)
def test_a_name_from_an_identity_provider(tenant: Tenant, acting: Acting, quirk: Probe, folk: Folk) -> None:
    """A person who marries has the new name in the product, or not, as far as the identity provider can tell."""
    person = tenant.person()
    user = acting.provisioned(person)
    if user is None:
        quirk.unknown("the identity provider could not make the account")
        return
    acting.insist_on_updates(person, quirk)
    old = folk.shown(user, FAMILY)
    tenant.directory.change_person(person.id, family_name="Newname")
    acting.pushed(person)
    answer = acting.written()
    if answer is None or answer.exchange.request.method == "POST":
        quirk.unknown("the identity provider sent no change")
        return
    if not answer.ok and user.try_patch(replace(FAMILY, "Byhand")).ok and folk.shown(user, FAMILY) == "Byhand":
        quirk.unknown(f"only the form is refused in which {tenant.dialect.id} writes a name")
    _mutability(folk, quirk, user, answer, old=old)


@probe("required-attributes", "create")
def test_what_an_account_needs(folk: Folk, quirk: Probe) -> None:
    """An account needs a userName, and perhaps a name and an address."""
    names: Json = {"givenName": "Ada", "familyName": "Quill"}
    bare, _ = folk.tried(minimal=True, name=None, emails=None)
    if bare.ok:
        quirk.seen("rfc", "a userName alone was taken", bare)
        return
    if not folk.declined(bare):
        quirk.unknown(f"a userName alone was answered {bare.status_code}")
    named, _ = folk.tried(minimal=True, name=names, emails=None)
    address = folk.name("addressed")
    emails: Json = [{"value": address, "type": "work", "primary": True}]
    addressed, _ = folk.tried(minimal=True, userName=address, name=None, emails=emails)
    if named.ok and not addressed.ok:
        quirk.seen("names", f"without a name it was answered {addressed.status_code}", addressed)
    elif addressed.ok and not named.ok:
        quirk.seen("emails", f"without an address it was answered {named.status_code}", named)
    elif not named.ok and not addressed.ok:
        address = folk.name("both")
        both, _ = folk.tried(
            minimal=True, userName=address, name=names, emails=[{"value": address, "type": "work", "primary": True}]
        )
        if not both.ok:
            quirk.unknown(f"with a name and an address it was answered {both.status_code}")
        quirk.seen("names-and-emails", "only with a name and an address an account was made", both)
    else:
        quirk.unknown("a name or an address suffices, which is none of the values")


@probe("optional-attributes", "create")
def test_what_is_not_kept(folk: Folk, quirk: Probe) -> None:
    """A title and a phone number are kept, dropped, or refused together with the whole account."""
    sent: JsonObject = {"title": "Engineer", "phoneNumbers": [{"value": "tel:+41-44-000-00-00", "type": "work"}]}
    answer, body = folk.tried(**sent)
    if not answer.ok:
        folk.insist(quirk, answer, lambda: folk.tried()[0], "a create with title and phoneNumbers")
        quirk.seen("refuse", f"a create with title and phoneNumbers was answered {answer.status_code}", answer)
        return
    user = folk.users.made(answer, body)
    title, phones = folk.shown(user, "title"), folk.shown(user, "phoneNumbers")
    if title == "Engineer" and phones:
        quirk.seen("keep", "title and phoneNumbers are shown", answer)
    elif title is None and not phones:
        quirk.seen("drop", "neither title nor phoneNumbers are shown", answer)
    else:
        quirk.unknown(f"of title and phoneNumbers one is shown: {title}, {phones}")


@probe("display-name", "create", attributes=("displayName", "name"))
def test_where_the_display_name_comes_from(folk: Folk, quirk: Probe) -> None:
    """A displayName is shown as it was sent, or as given and family name."""
    answer, body = folk.tried(displayName="The Countess", name={"givenName": "Ada", "familyName": "Quill"})
    if not answer.ok:
        quirk.unknown(f"the create was answered {answer.status_code}")
    shown = folk.shown(folk.users.made(answer, body), "displayName")
    if shown == "The Countess":
        quirk.seen("independent", "The Countess is shown as it was sent", answer)
    elif shown == "Ada Quill":
        quirk.seen("from-name", "The Countess was sent, Ada Quill is shown", answer)
    else:
        quirk.unknown(f"The Countess was sent, {shown} is shown")


@probe("enterprise-extension", "listed")
def test_the_enterprise_extension(folk: Folk, quirk: Probe, scim: Session) -> None:
    """The enterprise extension is listed and kept, or neither."""
    listed = scim.discovery.lists_extension(ENTERPRISE)
    extension: JsonObject = {ENTERPRISE: {"department": "Research"}}
    answer, body = folk.tried(**extension)
    kept = None
    if answer.ok:
        document = folk.users.get(folk.users.made(answer, body).id).body
        inside = document.get(ENTERPRISE)
        kept = find(inside, "department") if isinstance(inside, dict) else None
    if listed and kept == "Research":
        quirk.seen("supported", "the extension is listed, and department is kept", answer)
    elif not listed and kept is None and (answer.ok or folk.declined(answer)):
        quirk.seen("unsupported", "the extension is not listed, and department is not kept", answer)
    else:
        quirk.unknown(f"the extension is {'' if listed else 'not '}listed, and department is {kept}")
