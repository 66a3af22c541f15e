"""One line says where the database is; what it leaves out is filled in."""

import pytest
import zodburi

from mypi.model.storage import file_uri
from mypi.model.uris import complete, describe


def test_no_line_is_a_file_storage_in_the_data_folder(tmp_path):
    assert complete(None, str(tmp_path)) == complete("", str(tmp_path)) == file_uri(str(tmp_path))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_keeps_archives_and_history_in_the_database(scheme):
    uri = complete(f"{scheme}://mypi:secret@db.example:5433/index", "/srv/mypi")

    assert uri == (
        "postgres://mypi:secret@db.example:5433/index?blob_dir=/srv/mypi/blob-cache"
        "&shared_blob_dir=false&keep_history=true"
        "&connection_pool_size=8&connection_cache_size=20000"
    )


def test_what_is_given_wins():
    uri = complete("postgres://db/index?keep_history=false&blob_dir=/cache", "/srv/mypi")

    assert uri.startswith("postgres://db/index?keep_history=false&blob_dir=/cache&shared_blob_dir=")
    assert "keep_history=true" not in uri
    assert uri.count("blob_dir=") == 2  # one of them that of shared_blob_dir=


def test_a_zeo_server_shares_its_archives():
    factory, options = zodburi.resolve_uri(complete("zeo://127.0.0.1:8100", "/srv/mypi"))

    assert callable(factory)
    assert (options["pool_size"], options["cache_size"]) == (8, 20000)


def test_other_schemes_stay_as_they_are():
    assert complete("memory://", "var") == "memory://"


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("postgres://ann:pa:ss@word@db:1/x?password=2", "postgres://ann@db:1/x"),
        ("postgres://db/x?blob_dir=/a", "postgres://db/x"),
        ("zeo:///run/zeo.sock?username=a&password=b", "zeo:///run/zeo.sock"),
        ("file:///srv/Data.fs?blobstorage_dir=/b", "/srv/Data.fs"),
    ],
)
def test_what_is_shown_has_no_password(uri, shown):
    assert describe(uri) == shown
