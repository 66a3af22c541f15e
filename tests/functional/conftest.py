"""A real application on a real storage, one a test: that of ``--storage``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from webtest import TestApp

from mypi.web.pages import figures
from tests.api import Api
from tests.applications import application
from tests.engines import ENGINES


@pytest.fixture(autouse=True, scope="session")
def _one_slot() -> None:
    """No test sees home pages change because ten minutes are over."""
    figures.FETCHED_EVERY = 10**12


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The ini settings of the test's own server; change them before asking for ``app``."""
    with ENGINES[request.config.getoption("--storage")](tmp_path / "var") as engine:
        yield {
            "zodbconn.uri": engine.uri,
            "mypi.data": str(tmp_path / "var"),
            "mypi.min_free": "0",
        }


@pytest.fixture
def wsgi(settings: dict[str, str]) -> Iterator[Any]:
    """The WSGI application."""
    opened = application(settings)
    yield opened
    opened.registry.database.close()


@pytest.fixture
def app(wsgi: Any) -> TestApp:
    """A client of the application that speaks as a tool, not as a browser."""
    return TestApp(wsgi, extra_environ={"HTTP_HOST": "localhost:6543"})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder with the database and the blobs."""
    return tmp_path / "var"


@pytest.fixture
def operator(app: TestApp) -> Api:
    """The API, as the command line beside the data uses it: everything is allowed."""
    return Api(app, operator=True)
