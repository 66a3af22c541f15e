"""Every answer has an id, which the log has as well; slow requests are told."""

import logging
import re

import pytest
from webtest import TestApp

from mypi import make_app
from mypi.logs import REQUEST
from mypi.server.proxies import FROM_PROXY
from tests.factories import wheel
from tests.reading import BROWSER, publish

ID = re.compile(r"[0-9a-f]{16}")
OURS = "from-the-proxy.1"


@pytest.mark.parametrize(
    ("page", "status"), [("/", 200), ("/simple/", 200), ("/none/", 404), ("/+health/live", 200)]
)
def test_every_answer_has_an_id_of_its_own(app, page, status):
    first, second = (app.get(page, status=status).headers["X-Request-ID"] for _ in range(2))

    assert ID.fullmatch(first)
    assert first != second


def test_a_trusted_proxy_gives_the_id(app):
    said = {"HTTP_X_REQUEST_ID": OURS, FROM_PROXY: True}

    assert app.get("/simple/", extra_environ=said).headers["X-Request-ID"] == OURS


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_X_REQUEST_ID": OURS},
        {"HTTP_X_REQUEST_ID": "short", FROM_PROXY: True},
        {"HTTP_X_REQUEST_ID": "x" * 65, FROM_PROXY: True},
        {"HTTP_X_REQUEST_ID": "two\r\nlines-of-it", FROM_PROXY: True},
    ],
    ids=["of a stranger", "short", "long", "two lines"],
)
def test_no_other_id_is_taken(app, environ):
    assert ID.fullmatch(app.get("/simple/", extra_environ=environ).headers["X-Request-ID"])


class Seen(logging.Handler):
    """What was logged, with the request that it belongs to."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.getMessage(), REQUEST.get()))


@pytest.fixture
def seen():
    handler = Seen()
    logger = logging.getLogger("mypi")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler.lines
    logger.removeHandler(handler)
    logger.setLevel(before)


def test_lines_of_the_log_belong_to_a_request(app, seen):
    publish(app, wheel("six", "1.0"))

    (_line, number), *_rest = [it for it in seen if it[0].startswith("published")]
    assert ID.fullmatch(number)
    assert REQUEST.get() == ""


def test_a_defect_is_told_with_the_number_that_the_log_has(app, wsgi, seen):
    del wsgi.registry.bodies  # so it breaks

    answer = app.get("/simple/", headers={"Accept": BROWSER}, status=500)

    number = answer.headers["X-Request-ID"]
    assert number in answer.text
    assert [of for line, of in seen if line.startswith("error at")] == [number]


def slow(settings, seconds: str) -> TestApp:
    return TestApp(make_app({**settings, "mypi.slow": seconds}))


def test_a_slow_request_is_told_with_its_cost_and_without_its_query(settings, seen):
    app = slow(settings, "0.000001")
    app.get("/simple/", params={"token": "secret"})
    app.app.registry.database.close()

    (line,) = [line for line, _of in seen if line.startswith("slow:")]
    assert re.fullmatch(
        r"slow: GET '/simple/' 200 took \d+\.\d{4} s, \d+ objects loaded, 0 retries", line
    )
    assert app.app.registry.meters.slow == 1


def test_while_developing_each_request_is_told_with_its_cost(app, seen):
    logging.getLogger("mypi").setLevel(logging.DEBUG)
    app.get("/simple/")

    costs = [line for line, _of in seen if re.match(r"GET '/simple/' 200 took .* objects", line)]
    assert len(costs) == 1


def test_what_takes_long_on_purpose_is_not_told(settings, seen):
    app = slow(settings, "0.000001")
    app.post("/+api/v1/pack", b"", extra_environ={"mypi.operator": True})
    app.app.registry.database.close()

    assert [line for line, _of in seen if line.startswith("slow:")] == []


def test_none_is_slow_when_nobody_wants_to_know(settings, seen):
    app = slow(settings, "0")
    app.get("/simple/")
    app.app.registry.database.close()

    assert [line for line, _of in seen if line.startswith("slow:")] == []
