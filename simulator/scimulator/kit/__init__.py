"""All that a suite may import: declaring a check, asking the target, saying what it owes."""

import scimulator.kit.invariant_rules  # noqa: F401  whoever imports anything of the kit has the invariants declared
from scimulator.catalogue.checks import Capability, CheckDeclaration
from scimulator.exchange.message import Purpose, Request
from scimulator.exchange.strict_json import Json, JsonObject
from scimulator.idp.directory import Person
from scimulator.kit.answer import Answer
from scimulator.kit.bodies import common_attributes, lowered, problems_by_rfc, rfc_schema
from scimulator.kit.check import check
from scimulator.kit.controls import Controls
from scimulator.kit.discovery import Discovery
from scimulator.kit.frame import ANYTHING, asked_for, canonical, collateral
from scimulator.kit.ground import Ground, keeps, without_value_paths
from scimulator.kit.jsonpath import MISSING, find, is_unassigned, member
from scimulator.kit.judge import Judge
from scimulator.kit.operations import (
    ENTERPRISE,
    ERROR,
    GROUP,
    LIST_RESPONSE,
    OMITTED,
    PATCH_OP,
    SEARCH_REQUEST,
    USER,
    add,
    operation,
    patch_body,
    remove,
    replace,
)
from scimulator.kit.outcomes import Blocked, NotApplicable, Refuted, Symptom
from scimulator.kit.people import People
from scimulator.kit.population import DECLINED, Population, insist_on_index_paging, literal, wait_until_found
from scimulator.kit.probing import Probe, probe
from scimulator.kit.resources import Resource, Resources
from scimulator.kit.session import Session, encode
from scimulator.kit.tenant import Tenant

__all__ = [
    "ANYTHING",
    "DECLINED",
    "ENTERPRISE",
    "ERROR",
    "GROUP",
    "LIST_RESPONSE",
    "MISSING",
    "OMITTED",
    "PATCH_OP",
    "SEARCH_REQUEST",
    "USER",
    "Answer",
    "Blocked",
    "Capability",
    "CheckDeclaration",
    "Controls",
    "Discovery",
    "Ground",
    "Json",
    "JsonObject",
    "Judge",
    "NotApplicable",
    "People",
    "Person",
    "Population",
    "Probe",
    "Purpose",
    "Refuted",
    "Request",
    "Resource",
    "Resources",
    "Session",
    "Symptom",
    "Tenant",
    "add",
    "asked_for",
    "canonical",
    "check",
    "collateral",
    "common_attributes",
    "encode",
    "find",
    "insist_on_index_paging",
    "is_unassigned",
    "keeps",
    "literal",
    "lowered",
    "member",
    "operation",
    "patch_body",
    "probe",
    "problems_by_rfc",
    "remove",
    "replace",
    "rfc_schema",
    "wait_until_found",
    "without_value_paths",
]
