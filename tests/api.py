"""A client of the JSON API that holds every answer against the API's own description."""

import re
from typing import Any

from jsonschema import Draft202012Validator
from webtest import TestApp, TestResponse

ROOT = "/+api/v1"
PROBLEM = "application/problem+json"


class Api:
    """Asks as one person: ``headers`` log in, ``operator`` is the command line beside the data.

    Every answer is checked: its status and type are declared, its JSON is what the schema says, and
    so is the body that led to it.
    """

    def __init__(
        self, app: TestApp, headers: dict[str, str] | None = None, *, operator: bool = False
    ) -> None:
        environ = {"HTTP_HOST": "localhost:6543", "REMOTE_ADDR": "192.0.2.7"}
        self.app = TestApp(app.app, extra_environ=environ)
        if operator:
            self.app.extra_environ["mypi.operator"] = True
        self.headers = {"User-Agent": "api-test/1", **(headers or {})}
        self.document: dict[str, Any] = self.app.get(f"{ROOT}/openapi.json").json

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        """The JSON of a page."""
        return self.ask("GET", path, None, status, **query).json

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        """The JSON of the answer to a POST."""
        return self.ask("POST", path, body, status).json

    def put(self, path: str, body: Any = None, status: int = 200) -> Any:
        """The JSON of the answer to a PUT."""
        return self.ask("PUT", path, body, status).json

    def patch(self, path: str, body: Any, status: int = 200) -> Any:
        """The JSON of the answer to a PATCH."""
        return self.ask("PATCH", path, body, status).json

    def delete(self, path: str, status: int = 200, **query: Any) -> Any:
        """The JSON of the answer to a DELETE."""
        return self.ask("DELETE", path, None, status, **query).json

    def ask(
        self, method: str, path: str, body: Any = None, status: int = 200, **query: Any
    ) -> TestResponse:
        """Any request; fails unless the answer has that status and is as declared."""
        send = self.app.get if method == "GET" else getattr(self.app, f"{method.lower()}_json")
        values: dict[str, Any] = {"headers": self.headers, "expect_errors": True}
        address = ROOT + path
        if method != "GET" and body is None:
            values["params"] = b""
            send = getattr(self.app, method.lower())
        elif body is not None:
            values["params"] = body
        if query:
            address += "?" + "&".join(f"{key}={value}" for key, value in query.items())
        answer = send(address, **values)
        assert answer.status_int == status, answer.text
        self.check(method, path, answer, body)
        return answer

    def check(self, method: str, path: str, answer: TestResponse, body: Any = None) -> None:
        """Hold an answer, and the body of the request if it was taken, against the description."""
        said = operation(self.document, method, path)
        responses = said["responses"] if said is not None else {}
        declared = responses.get(str(answer.status_int))
        if declared is None:
            declared = self.document["components"]["responses"]["Problem"]
            assert answer.status_int >= 400
            assert answer.json["status"] == answer.status_int
            assert answer.json["detail"]
        elif said is not None and body is not None:
            validate(self.document, said["requestBody"], "application/json", body)
        validate(self.document, declared, answer.content_type, answer.json)


def operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    """The description of what is asked for; None if there is no such thing."""
    for template, methods in document["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            said: dict[str, Any] | None = methods.get(method.lower())
            return said
    return None


def validate(document: dict[str, Any], content: Any, media_type: str, value: Any) -> None:
    """Fail unless ``value`` is what the description says of that media type."""
    schema = content["content"][media_type]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(value)
