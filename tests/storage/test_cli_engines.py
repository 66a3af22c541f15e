"""The commands that look at the database itself, on a ZEO server and on PostgreSQL."""

import pytest

from tests.commandline import Keeper
from tests.engines import postgresql, zeo
from tests.factories import wheel
from tests.serving import Server


@pytest.fixture(params=[zeo, postgresql], ids=["zeo", "postgresql"])
def server(request, tmp_path):
    with request.param(tmp_path / "var") as engine, Server(tmp_path / "var", uri=engine.uri) as it:
        yield it


@pytest.fixture
def mypi(server):
    options = f"-c {server.ini} --set data={server.data} --set http_port={server.port}"
    keeper = Keeper(server.data, options=options)
    keeper("import folder " + str(archive(server.data.parent)))
    return keeper


def archive(folder):
    name, content = wheel("six", "1.0")
    (folder / "archives").mkdir()
    (folder / "archives" / name).write_bytes(content)
    return folder / "archives"


def test_all_is_well_beside_a_server(mypi, server):
    found = {
        it["subject"]: it["state"]
        for it in mypi("--json doctor --try", MYPI_URL=server.url).json["findings"]
    }
    disk = mypi("--json stats --disk").json

    assert set(found.values()) == {"good"}
    assert {"database", "archives", "server", "installing"} <= found.keys()
    assert mypi("evolve").err.endswith("up to date\n")
    assert mypi("shell -e 'print(*indexes[\"stable\"].projects)'").out == "six\n"
    assert disk["database"] > 0
    assert [it["projects"] for it in disk["indexes"]] == [0, 1]


def test_looking_changes_nothing_there_either(mypi):
    with pytest.raises(Exception, match="doomed"):
        mypi.run("shell -e 'site.note = 1; connection.transaction_manager.commit()'")

    mypi("--yes shell --write -e 'assert not hasattr(site, \"note\"); site.note = 2; commit()'")

    assert mypi("shell -e 'print(site.note)'").out == "2\n"
