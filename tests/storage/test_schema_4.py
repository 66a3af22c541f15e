"""A database of schema 4 with one of everything (``tests/furnished.py``): it stays whole."""

import json
import tarfile
from pathlib import Path

import pytest

from tests.commandline import Keeper

SCHEMA_4 = Path(__file__).parent / "schemas" / "schema-4.tar.gz"


@pytest.fixture
def mypi(tmp_path) -> Keeper:
    folder = tmp_path / "var"
    with tarfile.open(SCHEMA_4) as packed:
        packed.extractall(folder, filter="data")
    return Keeper(folder)


def test_everything_is_whole(mypi):
    assert mypi("--json check --deep").json["problems"] == []
    assert mypi("--json list").json["projects"] == [
        "demo",
        "pypi-attestations",
        "signed",
        "six",
        "two",
    ]
    assert [it["name"] for it in mypi("--json index list").json["indexes"]] == [
        "incubator",
        "private",
        "stable",
    ]


def test_all_of_it_can_be_taken_elsewhere(mypi, tmp_path):
    mypi(f"export folder {tmp_path}/export --with-secrets")
    other = Keeper(tmp_path / "other")
    other(f"import all {tmp_path}/export")

    assert mypi(f"export verify {tmp_path}/export").code == 0
    assert other("--json list").json == mypi("--json list").json
    assert json.loads(other("--json user list").out) == json.loads(mypi("--json user list").out)
