"""What Entra sends after an administrator has changed something: matching, mapping, roles, switches; and on demand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.idp.entra import Entra, Matching
from scimulator.idp.entra.events import assign
from scimulator.idp.entra.job import EntraJob
from scimulator.idp.mapping import mapping_of

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CUSTOM = "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User"
GOOGLE = "urn:ietf:params:scim:schemas:extension:google:2.0:CloudIdentityUser"
SCALAR = "urn:ietf:params:scim:schemas:extension:contoso:2.0:ScalarMVUser"
LOGIN = "ada.quill@northwind.example"
BOTH = pytest.mark.parametrize("dialect", ["entra.legacy", "entra.optscim"])
ADMIN = {"id": "06b07648-ecfe-589f-9d2f-6325724a46ee", "value": "Admin", "displayName": "Admin"}
USER = {"id": "06b07648-ecfe-599f-9d2f-6325724a46ee", "value": "User", "displayName": "User"}
TEST = {"id": "06b07648-ecfe-609f-9d2f-6325724a46ee", "value": "Test", "displayName": "Test"}


def compare(story, file: str) -> None:
    story.equals(HERE / f"{file}.http", header_order=False)


@pytest.fixture
def entra(story) -> Callable[..., Entra]:
    """Makes an engine: switches ``on``, the default mapping without some targets and with further rules."""

    def made(
        dialect: str, *on: str, only: tuple[str, ...] = (), more: tuple[tuple[str, str], ...] = (), **options: Any
    ) -> Entra:
        profile = Profile.load(dialect, on=on)
        data: dict[str, Any] = dict(profile.mapping)
        data["rules"] = [
            *(rule for rule in data["rules"] if not only or rule["target"] in only),
            *({"source": source, "target": target} for source, target in more),
        ]
        return Entra(profile, story.directory, mapping=mapping_of(data), **options)

    return made


@BOTH
def test_connection_by_email(story, entra, dialect):
    story.nobody("connection.users.email")
    story.run(entra(dialect, "match-email").test_connection(groups=False))
    compare(story, "connect_email")


def test_connection_with_lower_case_hex_digits(story, entra):
    story.nobody("connection.users.email")
    story.run(entra("entra.legacy", "match-email", "lower-hex").test_connection(groups=False))
    compare(story, "connect_email_lower_hex")


def test_connection_with_the_version_header(story, entra):
    story.nobody("connection.users")
    story.run(entra("entra.legacy", "adscimversion").test_connection(groups=False))
    compare(story, "connect_version")


@pytest.mark.parametrize("file", ["match_externalid", "match_email"])
@BOTH
def test_another_matching_attribute(story, entra, dialect, file):
    attribute = file.removeprefix("match_")
    story.person("ada", LOGIN, "Ada", "Quill", mailNickname="ada.quill")
    story.nobody(f"users.find.{attribute}")
    story.run(entra(dialect, f"match-{attribute}").find("ada"))
    compare(story, file)


@BOTH
def test_several_matching_attributes(story, entra, dialect):
    story.person("ada", LOGIN, "Ada", "Quill", mailNickname="ada.quill")
    for exchange in ("users.find", "users.find.externalid", "users.find.email"):
        story.nobody(exchange)
    story.run(entra(dialect, matching=tuple(Matching)).find("ada"))
    compare(story, "match_all")


def test_a_group_is_matched_by_external_id(story, entra):
    story.group("MyGroup", "Orchid Team")
    story.listing("groups.find.externalid", {"id": "91aa", "displayName": "Orchid Team", "externalId": "MyGroup"})
    story.run(entra("entra.legacy", "match-groups-externalid").provision_group("MyGroup"))
    compare(story, "legacy_group_externalid")


@BOTH
def test_a_gallery_app_reads_the_schemas(story, entra, dialect):
    story.listing("discovery.schemas")
    story.run(entra(dialect, "gallery-app").discover())
    compare(story, "discovery")


@BOTH
def test_on_demand(story, entra, dialect):
    story.person("ada", LOGIN, "", "", display_name="Ada Quill", email="")
    engine = entra(dialect, only=("userName", "displayName"))
    assign(story.directory, engine.app, "ada")
    story.nobody("on-demand.probe")
    story.listing("on-demand.find", {"id": "7c1d", "userName": LOGIN, "displayName": "Old"})
    story.run(_outcome(EntraJob(engine).on_demand("ada")))
    compare(story, "on_demand_change")


def _outcome(flow: Any) -> Any:
    return (yield from flow).result


def test_a_person_leaves_with_a_printed_boolean(story, entra):
    story.person("ada", "ada", "", "")
    engine = entra("entra.legacy", "json-booleans")
    story.linked(engine, ada="7c1d")
    story.answer("users.read", 200, {"id": "7c1d", "userName": "ada", "active": True})
    story.run(engine.deactivate("ada"))
    compare(story, "legacy_deactivate_printed")


def test_several_members_at_once(story, entra):
    story.person("ada", "ada", "", "")
    story.person("bob", "bob", "", "")
    story.group("team", "Orchid Team", "ada", "bob")
    engine = entra("entra.legacy", "several-members")
    story.linked(engine, ada="5e2b", bob="8d2e", team="91aa")
    story.run(engine.add_members("team", ["ada", "bob"]))
    compare(story, "legacy_several_members")


def test_a_group_joins_a_group(story, entra):
    story.group("child", "Child")
    story.group("team", "Orchid Team")
    engine = entra("entra.legacy", "nested-groups")
    story.linked(engine, child="77cc", team="91aa")
    story.directory.join("team", ["child"])
    story.run(engine.add_members("team", ["child"]))
    compare(story, "legacy_nested")


def test_references_are_asked_for_first(story, entra):
    story.person("boss", "boss", "", "")
    story.person("ada", "ada", "", "", manager="boss")
    story.group("team", "Orchid Team", "ada")
    engine = entra("entra.legacy", "reference-checks")
    story.linked(engine, ada="7c1d", boss="51ab", team="91aa")
    story.nobody("references.manager")
    story.nobody("references.member")
    story.run(engine.set_manager("ada"), engine.add_members("team", ["ada"]))
    compare(story, "legacy_reference_checks")


def test_a_reference_that_is_there_is_not_written(story, entra):
    story.person("boss", "boss", "", "")
    story.person("ada", "ada", "", "", manager="boss")
    story.group("team", "Orchid Team", "ada")
    engine = entra("entra.legacy", "reference-checks")
    story.linked(engine, ada="7c1d", boss="51ab", team="91aa")
    story.listing("references.manager", {"id": "7c1d"})
    story.listing("references.member", {"id": "91aa"})
    story.run(engine.set_manager("ada"), engine.add_members("team", ["ada"]))
    assert [step.exchange_id for step in story.sent] == ["references.manager", "references.member"]


@BOTH
def test_a_create_carries_the_manager(story, entra, dialect):
    story.person("boss", "boss", "", "")
    more = {"mailNickname": "ada.quill", "department": "Help Desk", "display_name": "Ada Quill"}
    story.person("ada", LOGIN, "Ada", "Quill", email="", manager="boss", **more)
    engine = entra(dialect, "manager-on-create")
    story.linked(engine, boss="51ab")
    story.nobody("users.find")
    story.answer("users.create.manager", 201, {"id": "7c1d"})
    story.run(engine.provision("ada"))
    compare(story, "create_manager")


@BOTH
def test_a_create_as_it_was_recorded(story, entra, dialect):
    more = {"mailNickname": "ada.quill", "department": "Help Desk", "employeeId": "114", "preferredLanguage": "en-US"}
    title = "Tier 2 Support Technician"
    story.person("ada", LOGIN, "Ada", "Quill", email="", display_name="Ada Quill", jobTitle=title, **more)
    story.nobody("users.find")
    story.answer("users.create", 201, {"id": "7c1d"})
    story.run(entra(dialect).provision("ada"))
    compare(story, "create_recorded")


@BOTH
def test_a_custom_attribute_on_a_create(story, entra, dialect):
    story.person("ada", LOGIN, "Ada", "Quill", customId="701984")
    kept = ("active", "userName", "name.givenName", "name.familyName", f"{ENT}:department")
    engine = entra(dialect, only=kept, more=(("customId", f"{CUSTOM}:CustomAttribute"),))
    story.nobody("users.find")
    story.answer("users.create", 201, {"id": "7c1d"})
    story.run(engine.provision("ada"))
    compare(story, "create_extension")


def change(story, engine: Entra, shown: dict[str, Any], **fields: Any) -> None:
    """Ada is linked, the target shows ``shown``, and something about her changes."""
    story.linked(engine, ada="7c1d")
    story.answer("users.read", 200, {"id": "7c1d", "userName": "ada", "active": True, **shown})
    story.directory.change_person("ada", **fields)
    story.run(engine.update("ada"))


@pytest.mark.parametrize(
    ("file", "target", "value"),
    [
        ("legacy_custom", f"{CUSTOM}:CustomAttribute", "701984"),
        ("legacy_nickname", "nickName", "Babs"),
        ("legacy_organization", f"{ENT}:organization", "COMPANY1"),
        ("legacy_office", 'addresses[type eq "work"].formatted', "New York"),
    ],
)
def test_another_attribute_is_mapped(story, entra, file, target, value):
    story.person("ada", "ada", "", "")
    shown = {ENT: {"organization": "COMPANY0"}} if file == "legacy_organization" else {}
    change(story, entra("entra.legacy", only=("userName",), more=(("some", target),)), shown, some=value)
    compare(story, file)


@pytest.mark.parametrize(
    ("file", "shown", "fields"),
    [
        ("legacy_email", {}, {"email": "ada@northwind.example"}),
        (
            "legacy_two",
            {"emails": [{"type": "work", "value": "old"}], "name": {"familyName": "Quill"}},
            {"email": "ada.new@northwind.example", "family_name": "Newquill"},
        ),
        ("legacy_username", {}, {"login": "5b50642d-79fc-4410-9e90-4c077cdd1a59@northwind.example"}),
    ],
)
def test_an_attribute_changes(story, entra, file, shown, fields):
    story.person("ada", "ada", "", "", email="")
    kept = ("userName", 'emails[type eq "work"].value', "name.familyName")
    change(story, entra("entra.legacy", only=kept), shown, **fields)
    compare(story, file)


def test_attributes_of_custom_extensions_keep_their_paths(story, entra):
    story.person("ada", "ada", "", "")
    more = (
        ("office", f"{GOOGLE}:primaryOrganization.location"),
        ("school", f'{GOOGLE}:additionalOrganizations[type eq "school"].symbol'),
        ("work", f'{GOOGLE}:additionalOrganizations[type eq "work"].symbol'),
        ("contact", f"{SCALAR}:contacts[primary eq true].value"),
    )
    shown = {
        GOOGLE: {
            "primaryOrganization": {"location": "Delft"},
            "additionalOrganizations": [{"type": "school", "symbol": "S0"}, {"type": "work", "symbol": "W0"}],
        },
        SCALAR: {"contacts": [{"primary": True, "value": "c0"}]},
    }
    engine = entra("entra.optscim", "extension-paths", only=("userName",), more=more)
    change(story, engine, shown, office="Utrecht", school="S1", work="W1", contact="c1")
    compare(story, "optscim_extension_paths")


ROLE_CREATES = [
    ("create_role_single", ("roles-single",), [ADMIN]),
    ("create_role_type_only", ("roles-single", "roles-type-only"), [ADMIN]),
    ("create_role_complex", ("roles-complex",), [ADMIN, USER]),
    ("create_role_assertive", ("roles-assertive",), [USER, TEST]),
]


@pytest.mark.parametrize("case", ROLE_CREATES, ids=lambda case: case[0])
@BOTH
def test_a_create_with_roles(story, entra, dialect, case):
    file, on, roles = case
    story.person("ada", "aquill@northwind.example", "", "", email="", display_name="Ada Quill", mailNickname="aquill")
    story.directory.change_person("ada", appRoleAssignments=roles)
    kept = ("active", "userName", "externalId", *(() if file.endswith("assertive") else ("displayName",)))
    engine = entra(dialect, *on, only=kept)
    story.nobody("users.find")
    story.answer(f"{on[0].replace('-', '.')}.create", 201, {"id": "7c1d"})
    story.run(engine.provision("ada"))
    compare(story, file)


@pytest.mark.parametrize(
    ("file", "switch", "roles"),
    [
        ("legacy_roles_single", "roles-single", [{**ADMIN, "value": "25", "displayName": "Role1234"}]),
        ("legacy_roles_complex", "roles-complex", [ADMIN, USER]),
        ("optscim_roles_single", "roles-single", [ADMIN]),
        ("optscim_roles_complex", "roles-complex", [ADMIN, USER]),
    ],
)
def test_roles_change(story, entra, file, switch, roles):
    story.person("ada", "ada", "", "")
    change(story, entra(f"entra.{file.partition('_')[0]}", switch, only=("userName",)), {}, appRoleAssignments=roles)
    compare(story, file)


@BOTH
def test_roles_are_replaced(story, entra, dialect):
    story.person("ada", "ada", "", "")
    shown = {"roles": [{"value": "Admin"}]}
    change(story, entra(dialect, "roles-assertive", only=("userName",)), shown, appRoleAssignments=[USER, TEST])
    compare(story, "roles_assertive")
