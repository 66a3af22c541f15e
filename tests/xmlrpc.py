"""Call XML-RPC methods of an application under test as ``xmlrpc.client`` does."""

import xmlrpc.client
from typing import Any

from webtest import TestApp, TestResponse

XML = {"Content-Type": "text/xml", "User-Agent": "Python-xmlrpc/3.11"}


def post(app: TestApp, body: bytes, address: str = "/pypi", **headers: str) -> TestResponse:
    """Send ``body`` as a call; any answer will do."""
    return app.post(address, body, {**XML, **headers}, expect_errors=True)


def call(app: TestApp, method: str, *arguments: Any, address: str = "/pypi", **headers: str) -> Any:
    """What the method gives; raises ``xmlrpc.client.Fault``."""
    body = xmlrpc.client.dumps(arguments, method, allow_none=True).encode()
    answer = post(app, body, address, **headers)
    assert answer.status_int == 200, answer.text
    assert answer.content_type == "text/xml"
    (value,), _name = xmlrpc.client.loads(answer.body)
    return value
