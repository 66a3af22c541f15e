"""Fixtures of the tests on a real disk and over real sockets."""

import pytest

from tests.storage.program import Program


@pytest.fixture
def program(tmp_path):
    """Start pserve: ``program(**keys_of_server_main)``."""
    started = []

    def start(**keys):
        started.append(Program(tmp_path, **keys))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait()
        each.process.stderr.close()
