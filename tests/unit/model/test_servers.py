"""How a database behind a server is named; more: tests/storage/test_servers.py."""

import pytest

from mypi.model.servers import name_of


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("zeo://127.0.0.1:8100?blob_dir=/srv", "zeo://127.0.0.1:8100"),
        ("postgres://ada:sec:re@t@db.example/mypi?a=b", "postgres://ada@db.example/mypi"),
        ("postgres://ada@db.example/mypi", "postgres://ada@db.example/mypi"),
        ("postgres://db.example/mypi", "postgres://db.example/mypi"),
    ],
)
def test_where_it_is_may_be_shown(uri, name):
    assert name_of(uri) == name
