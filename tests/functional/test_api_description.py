"""The OpenAPI document, and that it, the doorways and the views are of one table."""

import re
from itertools import permutations

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import fields
from pyramid.traversal import traverse

from mypi.model import IndexPolicy
from mypi.services.access import full_access
from mypi.web.api import OPERATIONS
from mypi.web.api.indexes import Policy
from mypi.web.api.resources import ApiRoot
from mypi.web.resources import Root
from tests.api import ROOT
from tests.inside import site

NAMES = {
    "index": "stable",
    "project": "six",
    "version": "1.0",
    "filename": "six-1.0.tar.gz",
    "user": "ada",
    "name": "ada",
    "id": "12",
}


def refs(node):
    """Every ``$ref`` below ``node``."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


def test_the_document_describes_every_operation(operator):
    document = operator.get("/openapi.json")

    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert described == {(it.method, it.path) for it in OPERATIONS}
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": ROOT}]


def test_every_reference_of_the_document_leads_somewhere(operator):
    document = operator.get("/openapi.json")

    for ref in set(refs(document)):
        node = document
        for part in ref.removeprefix("#/").split("/"):
            node = node[part]
        assert node


def test_every_schema_of_the_document_is_one_and_has_a_description(operator):
    document = operator.get("/openapi.json")

    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description"), name


def test_every_operation_has_its_own_id_and_words(operator):
    document = operator.get("/openapi.json")
    said = [it for methods in document["paths"].values() for it in methods.values()]

    ids = [it["operationId"] for it in said]
    assert len(set(ids)) == len(ids)
    assert all(it["summary"].endswith(".") for it in said)
    assert all(it["description"] for it in said)


def test_every_part_of_an_address_is_a_parameter(operator):
    document = operator.get("/openapi.json")

    for path, methods in document["paths"].items():
        for said in methods.values():
            named = [it["name"] for it in said["parameters"] if it["in"] == "path"]
            assert named == re.findall(r"\{(\w+)\}", path)


def test_a_prefix_is_part_of_the_address(operator):
    answer = operator.app.get(f"{ROOT}/openapi.json", extra_environ={"SCRIPT_NAME": "/index"})

    assert answer.json["servers"] == [{"url": f"/index{ROOT}"}]


@pytest.mark.parametrize("it", OPERATIONS, ids=lambda it: it.handler.__name__)
def test_every_address_leads_to_the_doorway_it_is_declared_on(wsgi, it):
    with site(wsgi) as whole:
        root = Root(whole.indexes["stable"], full_access(whole), {"+api": ApiRoot})
        found = traverse(root, f"{ROOT}{it.path}".format(**NAMES))

    assert type(found["context"]) is it.door
    assert found["view_name"] == it.word
    assert not found["subpath"]


def test_no_doorway_answers_with_the_views_of_another():
    doors = {it.door for it in OPERATIONS}

    assert [pair for pair in permutations(doors, 2) if issubclass(*pair)] == []


def test_the_policy_is_described_whole():
    attributes = {
        name
        for name, value in vars(IndexPolicy).items()
        if not name.startswith("_") and not callable(value)
    }

    assert {it.name for it in fields(Policy)} == attributes
