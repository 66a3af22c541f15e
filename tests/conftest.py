"""Options of the whole suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--storage",
        choices=["file", "zeo", "postgresql"],
        default="file",
        help="what the applications under test keep their data in",
    )
