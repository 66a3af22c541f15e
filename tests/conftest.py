"""Options of the whole suite, and what its many servers share."""

import os

import pytest

from tests.serving import ROOT
from tests.waiting import PATIENCE

# Each of them would compile all templates again.
COMPILED = ROOT / ".pytest_cache" / "templates"
COMPILED.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("CHAMELEON_CACHE", str(COMPILED))


@pytest.fixture(autouse=True, scope="session")
def _slow_machine() -> None:
    """However long a README, colours or a comparison take, they are shown."""
    from mypi.services import colouring, comparing  # Chameleon looks at the environment once
    from mypi.web.readmes import rendering

    for child in (colouring.CHILD, comparing.CHILD, rendering.CHILD):
        child.seconds = PATIENCE
    colouring.SECONDS = PATIENCE


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--storage",
        choices=["file", "zeo", "postgresql"],
        default="file",
        help="what the applications under test keep their data in",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked ``on_files`` are of a file storage alone; see ``pyproject.toml``."""
    if config.getoption("--storage") != "file":
        other = [item for item in items if item.get_closest_marker("on_files")]
        config.hook.pytest_deselected(items=other)
        items[:] = [item for item in items if not item.get_closest_marker("on_files")]
