"""The provider's schema files say what scim2-models says, which read the same RFC by itself."""

from __future__ import annotations

import pytest
from scim2_models import EnterpriseUser, Group, ResourceType, Schema, ServiceProviderConfig, User

from scimulator.provider.schema import load_schemas

COMPARED = ("type", "multiValued", "required", "mutability", "returned", "referenceTypes", "canonicalValues")
EXPLAINED = {
    "ims.type canonicalValues": "RFC 7643 4.1.2 lists 'other', 8.7.1 forgets it",
    "members.display mutability": "RFC 7643 2.4: sub-attributes of a member do not change",
    "manager.$ref required": "RFC 7643 8.7.1 prints false",
    "manager.value required": "RFC 7643 8.7.1 prints false",
    "attributes.subAttributes.type canonicalValues": "erratum 8415: a sub-attribute is never complex",
    "id returned": "RFC 7643 3.1: id is always returned",
    "name required": "RFC 7643 7 calls the name of a schema optional",
    "schemaExtensions required": "RFC 7643 6 calls schemaExtensions optional",
}
ONLY_OURS = {"addresses.display": "RFC 7643 2.4: display belongs to every multi-valued attribute"}
ONLY_THEIRS = {"id": "RFC 7643 5: the configuration has no id", "pagination": "RFC 9865, which is not offered"}


def attributes(listed, prefix=""):
    for attribute in listed:
        yield prefix + attribute["name"], attribute
        yield from attributes(attribute.get("subAttributes", []), f"{prefix}{attribute['name']}.")


@pytest.mark.parametrize("model", [User, Group, EnterpriseUser, Schema, ResourceType, ServiceProviderConfig])
def test_schemas_agree_with_scim2_models(model):
    document = model.to_schema().model_dump(mode="json", by_alias=True, exclude_none=True)
    theirs = dict(attributes(document["attributes"]))
    ours = dict(attributes(load_schemas()[document["id"]].document["attributes"]))
    assert set(ours) - set(theirs) <= set(ONLY_OURS)
    assert {name.partition(".")[0] for name in set(theirs) - set(ours)} <= set(ONLY_THEIRS)
    differences = {
        f"{name} {key}": (ours[name].get(key), theirs[name].get(key))
        for name in set(ours) & set(theirs)
        for key in COMPARED
        if ours[name].get(key) != theirs[name].get(key)
    }
    assert {name: pair for name, pair in differences.items() if name not in EXPLAINED} == {}
