from __future__ import annotations

import pytest

from scimulator.catalogue.profiles import Profile
from scimulator.idp.expressions.source import Surroundings, expression_source
from scimulator.idp.flow import Outcome, play
from scimulator.idp.mapping import Apply, Attribute, Constant, Mapping, Rule, mapping_of
from scimulator.idp.okta import AppAttribute, AppUserError, AppUserSchema, Okta, ValueKind
from scimulator.idp.paths import BadPlaceError, parse_place

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
EDITOR = AppAttribute("editor", "editor", "urn:example:team:2.0:User", ValueKind.BOOLEAN, source=Attribute("editor"))


def created(directory, target, seeded, *attributes):
    okta = Okta("okta.template", directory, randomness=seeded, schema=AppUserSchema(attributes))
    assert play(okta.assign("00u1"), target.send).outcome is Outcome.CREATED
    return target.bodies[-1]


class TestExternalNames:
    @pytest.mark.parametrize(
        ("external_name", "wanted"),
        [
            ("nickName", {"nickName": "admin"}),
            ("name.honorificPrefix", {"name": {"honorificPrefix": "admin"}}),
            ("roles.^[primary==true].value", {"roles": [{"primary": True, "value": "admin"}]}),
            ("roles.^[type=='Primary'].value", {"roles": [{"type": "Primary", "value": "admin"}]}),
            # A plain name sends text, although servers refuse it.
            ("roles", {"roles": "admin"}),
        ],
    )
    def test_a_place_is_filled(self, external_name, wanted):
        attribute = AppAttribute("it", external_name, source=Constant("admin"))
        resource = {"roles": [{"primary": True}, {"type": "Primary"}]} if "^" in external_name else {}
        AppUserSchema((attribute,)).mapping(Mapping(())).merge(None, resource)  # type: ignore[arg-type]  # a constant asks nobody
        for name, value in wanted.items():
            found = resource[name]
            assert value[0] in found if isinstance(value, list) else found == value

    def test_types_make_elements_of_their_own(self, directory, target, seeded):
        body = created(
            directory,
            target,
            seeded,
            AppAttribute("first", "roles.^[type=='Primary'].value", source=Attribute("first")),
            AppAttribute("second", "roles.^[type=='additional'].value", source=Attribute("id")),
        )
        assert body["roles"] == [{"type": "additional", "value": "00u1"}]

    def test_a_namespace_holds_its_attributes_and_is_named_in_schemas(self, directory, target, seeded):
        custom = "urn:okta:org_app_1:1.0:user:custom"
        body = created(directory, target, seeded, AppAttribute("code", "jobCode", custom, source=Constant("1067")))
        assert body[custom] == {"jobCode": "1067"}
        assert custom in body["schemas"]

    def test_without_a_namespace_nothing_is_sent(self, directory, target, seeded):
        body = created(directory, target, seeded, AppAttribute("code", "jobCode", "", source=Constant("1067")))
        assert "1067" not in str(body)

    def test_an_attribute_takes_the_place_of_the_default_mapping(self, directory, target, seeded):
        directory.change_person("00u1", department="R&D")
        body = created(
            directory, target, seeded, AppAttribute("dep", "department", ENTERPRISE, source=Constant("Sales"))
        )
        assert body[ENTERPRISE] == {"department": "Sales"}

    def test_a_bad_external_name_says_so(self):
        with pytest.raises(BadPlaceError, match="names no place"):
            AppUserSchema((AppAttribute("it", "roles.^[primary=true]"),)).mapping(Mapping(()))

    def test_on_create_only(self, directory, target, seeded):
        once = AppAttribute("nick", "nickName", source=Attribute("nick"), apply=Apply.ON_CREATE)
        directory.change_person("00u1", nick="a")
        okta = Okta("okta.template", directory, randomness=seeded, schema=AppUserSchema((once,)))
        play(okta.assign("00u1"), target.send)
        directory.change_person("00u1", nick="b")
        play(okta.push_profile("00u1"), target.send)
        assert target.users["u-1"]["nickName"] == "a"


class TestBooleans:
    @pytest.mark.parametrize("value", [True, False])
    def test_true_and_false_are_sent(self, directory, target, seeded, value):
        directory.change_person("00u1", editor=value)
        assert created(directory, target, seeded, EDITOR)[EDITOR.namespace] == {"editor": value}

    def test_undefined_is_left_out(self, directory, target, seeded):
        body = created(directory, target, seeded, EDITOR)
        assert EDITOR.namespace not in body
        assert EDITOR.namespace not in body["schemas"]

    def test_undefined_leaves_the_target_as_it_is(self, directory, target, seeded):
        directory.change_person("00u1", editor=False)
        okta = Okta("okta.template", directory, randomness=seeded, schema=AppUserSchema((EDITOR,)))
        play(okta.assign("00u1"), target.send)
        directory.change_person("00u1", editor=None)
        play(okta.push_profile("00u1"), target.send)
        assert target.users["u-1"][EDITOR.namespace] == {"editor": False}


class TestValues:
    ROLE = AppAttribute("role", "roles.^[primary==true].value", choices={"Administrator": "adm", "Reader": "rd"})

    def test_a_title_becomes_the_value(self):
        assert self.ROLE.checked("Administrator") == "adm"
        assert self.ROLE.checked("rd") == "rd"
        assert self.ROLE.checked("") is None

    def test_a_value_out_of_the_enumeration_gets_a_hint(self):
        with pytest.raises(AppUserError, match=r"role cannot be .Administrater. \(did you mean .Administrator.\?\)"):
            self.ROLE.checked("Administrater")

    @pytest.mark.parametrize(
        ("kind", "good", "bad"),
        [
            (ValueKind.TEXT, "x", 1),
            (ValueKind.BOOLEAN, False, "false"),
            (ValueKind.INTEGER, 3, True),
            (ValueKind.INTEGER, 3, 1.5),
            (ValueKind.NUMBER, 1.5, "1.5"),
            (ValueKind.TEXTS, ["a"], "a"),
            (ValueKind.TEXTS, ["a"], [1]),
            (ValueKind.INTEGERS, [1], [True]),
        ],
    )
    def test_types_are_told_apart(self, kind, good, bad):
        attribute = AppAttribute("it", "it", kind=kind)
        assert attribute.checked(good) == good
        with pytest.raises(AppUserError, match="it"):
            attribute.checked(bad)

    def test_an_enumeration_of_numbers_does_not_take_true_for_one(self):
        attribute = AppAttribute("level", "level", kind=ValueKind.INTEGER, choices={"Low": 1})
        assert attribute.checked(1) == 1
        with pytest.raises(AppUserError):
            attribute.checked(True)

    def test_a_mapped_value_is_not_checked(self, directory, target, seeded):
        role = AppAttribute(
            "role", "roles.^[primary==true].value", choices={"Reader": "rd"}, source=Constant("elsewhere")
        )
        assert created(directory, target, seeded, role)["roles"] == [{"primary": True, "value": "elsewhere"}]


class TestExpressions:
    def test_a_mapping_that_cannot_be_evaluated_becomes_a_task_and_sends_nothing(self, directory, target, seeded):
        base = mapping_of(Profile.load("okta.wizard").mapping)
        broken = expression_source("user.none + 'x'", "okta", {}, Surroundings())
        mapping = Mapping((*base.rules, Rule(broken, parse_place("nickName"))), base.order)
        okta = Okta("okta.wizard", directory, mapping=mapping, randomness=seeded)
        result = play(okta.assign("00u1"), target.send)
        assert result.outcome is Outcome.FAILED
        assert "cannot be evaluated" in result.messages[0]
        assert not target.sent

    def test_the_username_may_be_an_expression(self, directory, target, seeded):
        directory.change_person("00u1", login="Ada@X.example")
        lower = expression_source("String.toLowerCase(user.login)", "okta", {"login": "login"}, Surroundings())
        username = AppAttribute("userName", "userName", source=lower)
        assert created(directory, target, seeded, username)["userName"] == "ada@x.example"
