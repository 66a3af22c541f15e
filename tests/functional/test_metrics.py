"""``/+metrics``: what Prometheus reads is right, and only for whom it is meant."""

import re
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from webtest import TestApp

from mypi import make_app
from mypi.services.metering import BOUNDS
from mypi.web.metrics.figures import MEANINGS
from tests.factories import wheel
from tests.people import add_token, add_users, bearer
from tests.reading import JSON, publish

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.rst"
OPERATOR = {"mypi.operator": True}


@pytest.fixture
def settings(settings):
    return {**settings, "mypi.metrics": "open"}


def figures(app: TestApp) -> dict[tuple[str, ...], float]:
    """Name and labels -> value."""
    found = {}
    for family in text_string_to_metric_families(app.get("/+metrics").text):
        for sample in family.samples:
            found[(sample.name, *sorted(sample.labels.values()))] = sample.value
    return found


def test_requests_are_counted_by_door_and_status(app):
    publish(app, wheel("six", "1.0"))
    for _ in range(3):
        app.get("/simple/six/", headers={"Accept": JSON})
    app.get("/simple/none/", status=404)
    app.get("/+status")

    now = figures(app)

    assert now["mypi_requests_total", "200", "simple"] == 3
    assert now["mypi_requests_total", "404", "none"] == 1
    assert now["mypi_requests_total", "200", "upload"] == 1
    assert now["mypi_requests_total", "200", "status"] == 1
    assert now["mypi_request_seconds_count", "simple"] == 3
    assert now["mypi_request_seconds_bucket", "+Inf", "simple"] == 3
    steps = [now["mypi_request_seconds_bucket", str(bound), "simple"] for bound in BOUNDS]
    assert steps == sorted(steps)


def test_bytes_and_uploads_are_counted_when_they_are_true(app):
    name, content = wheel("six", "1.0")
    publish(app, (name, content))
    publish(app, (name, content))  # the same bytes again
    app.get(f"/packages/stable/six/{name}")

    now = figures(app)

    assert (now["mypi_uploads_total",], now["mypi_upload_bytes_total",]) == (1, len(content))
    assert now["mypi_received_bytes_total", "upload"] > 2 * len(content)
    assert now["mypi_sent_bytes_total", "files"] == len(content)


def test_pages_given_again_load_nothing(app):
    publish(app, wheel("six", "1.0"))
    app.get("/simple/six/")
    before = figures(app)
    app.get("/simple/six/")
    after = figures(app)

    assert after["mypi_pages_total", "again"] == before["mypi_pages_total", "again"] + 1
    assert after["mypi_object_loads_total", "simple"] == before["mypi_object_loads_total", "simple"]


def test_a_fresh_process_loads_objects_and_counts_them(app, settings):
    publish(app, wheel("six", "1.0"))
    app.app.registry.database.close()
    other = make_app(settings)
    try:
        fresh = TestApp(other)
        fresh.get("/simple/six/")
        assert figures(fresh)["mypi_object_loads_total", "simple"] > 0
    finally:
        other.registry.database.close()


def test_the_index_and_its_disk(app, operator):
    publish(app, wheel("six", "1.0"))
    began = time.time()
    operator.post("/pack")

    now = figures(app)

    assert now["mypi_projects", "stable"] == 1
    assert now["mypi_index_bytes", "stable"] == len(wheel("six", "1.0")[1])
    assert (now["mypi_ready",], now["mypi_read_only",]) == (1, 0)
    assert now["mypi_disk_free_bytes",] > 0
    assert now["mypi_search_lag",] > 0
    app.app.registry.background.run_once()
    assert figures(app)["mypi_search_lag",] == 0
    assert now["mypi_last_pack_timestamp_seconds",] >= int(began)
    assert ("mypi_last_backup_timestamp_seconds",) not in now


def test_a_backup_is_noted(app, operator, tmp_path):
    operator.post("/backup", {"folder": str(tmp_path / "backup")})

    assert figures(app)["mypi_last_backup_timestamp_seconds",] > 0


def test_each_figure_is_in_the_reference_and_none_else(app, operator, tmp_path):
    operator.post("/backup", {"folder": str(tmp_path / "backup")})
    operator.post("/pack")
    text = app.get("/+metrics").text
    told = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE mypi_")}
    told = {name.removesuffix("_total") for name in told}

    assert told == set(MEANINGS)
    described = set(re.findall(r"``(mypi_[a-z_]+)``", REFERENCE.read_text()))
    assert {name.removesuffix("_total") for name in described} == set(MEANINGS)


@pytest.fixture
def closed(wsgi, settings):
    """The index has users, and the setting is the usual one."""
    wsgi.registry.database.close()
    application = make_app({**settings, "mypi.metrics": "admins"})
    add_users(application, "ada")
    yield application
    application.registry.database.close()


def test_by_itself_only_administrators_read_them(closed):
    app = TestApp(closed)
    secret = add_token(closed, "ada")

    assert "mypi_requests" not in app.get("/+metrics", status=401).text
    assert "mypi_requests" in app.get("/+metrics", headers=bearer(secret)).text
    assert "mypi_requests" in app.get("/+metrics", extra_environ=OPERATOR).text
