"""The OpenAPI document, made from the table of operations."""

import inspect
import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import msgspec

from mypi.web.api import wire
from mypi.web.api.operations import ANYBODY, Operation

PROBLEM = "application/problem+json"
_REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"\{(\w+)\}")

DESCRIPTION = """\
Every answer is JSON. An error is a problem document (RFC 9457) whose `detail` is a sentence that
says what is wrong and what to do.

Log in with an `Authorization` header: a name and a password, `__token__` and a token (Basic), or a
token alone (Bearer). What the asker may not read is answered like what does not exist.

Keys may be added to answers; keys and query words that are not known are refused in requests."""


class Problem(msgspec.Struct):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


def document(operations: Iterable[Operation], server: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document; ``server`` is the address of ``/+api/v1``."""
    operations = sorted(operations, key=lambda it: it.path)
    kinds: set[type[Any]] = {Problem}.union(*((it.body, it.answer) for it in operations))
    named = sorted(kinds - {wire.Nothing, dict}, key=lambda kind: kind.__name__)
    _refs, schemas = msgspec.json.schema_components(named, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for it in operations:
        paths.setdefault(it.path, {})[it.method.lower()] = _operation(it)
    return {
        "openapi": "3.1.0",
        "info": {"title": "mypi", "version": version("mypi"), "description": DESCRIPTION},
        "servers": [{"url": server}],
        "tags": [{"name": name} for name in dict.fromkeys(it.subject for it in operations)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
            "responses": {"Problem": {"description": "It was not done.", **_content(Problem)}},
        },
        # The empty one: whoever may do it without a login need not log in.
        "security": [{}, {"basic": []}, {"bearer": []}],
    }


def _operation(it: Operation) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": it.handler.__name__,
        "tags": [it.subject],
        "summary": it.summary,
        "description": inspect.getdoc(it.handler) or it.summary,
        "parameters": [*_path_parameters(it.path), *_query_parameters(it.query)],
        "responses": {
            str(it.status): {"description": "It is done.", **_content(it.answer)},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
    if it.permission != ANYBODY:
        said["x-permission"] = it.permission
    if it.body is not wire.Nothing:
        said["requestBody"] = {"required": _is_required(it.body), **_content(it.body)}
    return said


def _content(kind: type[Any]) -> dict[str, Any]:
    media_type = PROBLEM if kind is Problem else wire.MEDIA_TYPE
    schema = {"type": "object"} if kind is dict else {"$ref": _REF.format(name=kind.__name__)}
    return {"content": {media_type: {"schema": schema}}}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(path)
    ]


def _query_parameters(kind: type[Any]) -> list[dict[str, Any]]:
    _refs, schemas = msgspec.json.schema_components([kind])
    schema = schemas[kind.__name__]
    return [
        {"name": name, "in": "query", "required": name in schema["required"], "schema": said}
        for name, said in schema["properties"].items()
    ]


def _is_required(kind: type[Any]) -> bool:
    return any(field.required for field in msgspec.structs.fields(kind))
