"""``mypi doctor``: what is wrong is found, and comes with something to do."""

import http.server
import os
import resource
import tarfile
import threading

import pytest

from mypi.cli.doctor.finding import Patient
from mypi.cli.doctor.machine import open_files
from mypi.settings import Settings
from tests.commandline import Keeper
from tests.factories import wheel
from tests.serving import Server, free_port
from tests.storage.test_schema_3 import SCHEMA_3


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "var").mkdir(mode=0o700)
    Keeper(folder / "var").publish("stable", *(wheel("six", f"1.{it}") for it in range(3)))
    with Server(folder / "var") as server:
        yield server


@pytest.fixture
def mypi(server):
    """The keeper of a server that runs."""
    return Keeper(server.data, f"--set http_port={server.port}")


@pytest.fixture
def alone(tmp_path):
    """The keeper of an index that is not served."""
    (tmp_path / "var").mkdir(mode=0o700)
    keeper = Keeper(tmp_path / "var", f"--set http_port={free_port()}")
    keeper.publish("stable", wheel("six", "1.0"), wheel("demo", "0.1"))
    return keeper


def found(said):
    """Subject -> state, and what may be done."""
    return {it["subject"]: (it["state"], it["remedy"]) for it in said.json["findings"]}


def test_all_is_well(mypi):
    said = mypi("doctor")
    told = found(mypi("--json doctor"))

    assert "0 bad, 0 warnings, " in said.err
    assert "good     archives: 2 indexes, 1 project; 3 files looked at" in said.out
    assert list(told) == [
        "Python", "settings", "folder", "disk", "open files", "database", "schema", "archives",
        "server", "health", "access",
    ]  # fmt: skip
    assert {state for state, _remedy in told.values()} == {"good"}
    assert mypi("-q doctor").out == ""


def test_a_package_is_published_and_installed_for_a_trial(mypi, server):
    said = found(mypi("--json doctor --try", MYPI_URL=server.url))

    assert said["address"] == said["uploads"] == ("good", "")
    assert said["publishing"] == said["installing"] == ("good", "")
    assert "doctor-" not in mypi("index list").out


def test_without_a_server_the_rest_is_looked_at(alone):
    said = found(alone.run("--json doctor --try"))

    assert said["database"][0] == said["archives"][0] == "good"
    assert said["server"][0] == said["trial"][0] == "bad"
    assert " serve" in said["server"][1]


def test_nothing_is_made_where_nothing_is(tmp_path):
    mypi = Keeper(tmp_path / "var", f"--set http_port={free_port()}")

    said = mypi.run("--json doctor")

    assert said.code == 1
    assert found(said)["database"] == ("warning", "mypi serve")
    assert not mypi.data.exists()


@pytest.mark.parametrize("lose", ["unlink", "empty"])
def test_archives_without_their_database_are_an_error_as_at_a_start(alone, lose):
    database = alone.data / "Data.fs"
    database.unlink()
    if lose == "empty":
        database.touch()

    said = alone.run("--json doctor")

    (it,) = (it for it in said.json["findings"] if it["subject"] == "database")
    assert it["state"] == "bad"
    assert "no database that knows them" in it["what"]
    assert "recover" in it["remedy"]
    assert it["what"] in alone.refused(3, "list").replace("\n", " ")


def test_settings_that_are_wrong_come_before_all_else(alone):
    said = alone.run("--json doctor", MYPI_MAX_UPLOAD="huge")

    assert said.code == 1
    assert found(said)["settings"][0] == "bad"
    assert "database" not in found(said)


def test_archives_that_are_gone_are_missed(alone):
    next(alone.data.rglob("*.blob")).unlink()

    said = alone.run("doctor")

    assert "bad      archives: stable/" in said.out
    assert "try: mypi check\n" in said.out


def test_an_older_database_is_a_warning_or_what_keeps_it_from_starting(tmp_path):
    with tarfile.open(SCHEMA_3) as packed:
        packed.extractall(tmp_path / "var", filter="data")
    mypi = Keeper(tmp_path / "var")
    remedy = "mypi evolve --backup FOLDER"

    assert found(mypi.run("--json doctor"))["schema"] == ("warning", remedy)
    assert found(mypi.run("--json doctor", MYPI_EVOLVE="manual"))["schema"] == ("bad", remedy)


def test_a_database_that_is_none_is_bad(alone):
    (alone.data / "Data.fs.index").unlink()
    (alone.data / "Data.fs").write_bytes(b"<html>")

    assert found(alone.run("--json doctor"))["database"][0] == "bad"


def test_what_others_may_read_is_a_warning(alone):
    alone.data.chmod(0o755)
    (alone.data / "Data.fs").chmod(0o644)

    said = found(alone.run("--json doctor"))

    assert said["folder"] == ("warning", f"chmod o-rwx {alone.data}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_another_owner_is_a_warning(alone):
    os.chown(alone.data, 65534, -1)

    assert "sudo -u nobody" in alone.run("doctor").out


def test_a_disk_that_is_almost_full_is_bad(alone):
    said = found(alone.run("--json doctor", MYPI_MIN_FREE="1000 TiB"))
    tight = found(alone.run("--json doctor", MYPI_MAX_UPLOAD="1000 TiB"))

    assert said["disk"] == ("bad", "mypi stats --disk shows what takes the room")
    assert tight["disk"][0] == "warning"


def test_too_few_open_files_are_a_warning():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    patient = Patient("", Settings(), "", server={"connection_limit": str(hard)})

    (it,) = open_files(patient)

    assert (it.state, it.remedy[:12]) == ("warning", "LimitNOFILE=")


def test_a_default_index_that_is_not_there_is_bad(alone):
    said = alone.run("--json doctor", MYPI_INDEXES="one", MYPI_DEFAULT_INDEX="one")

    assert found(said)["indexes"] == ("bad", "mypi index list")


def test_an_open_index_that_others_can_reach_is_a_warning(mypi):
    said = found(mypi.run("--json doctor", MYPI_LISTEN="0.0.0.0:6543"))

    assert said["access"][0] == "warning"
    assert "user add" in said["access"][1]


def test_an_address_that_leads_nowhere_is_bad(mypi):
    said = found(mypi.run("--json doctor", MYPI_URL=f"http://127.0.0.1:{free_port()}"))

    assert said["address"][0] == "bad"
    assert "uploads" not in said


def test_a_prefix_that_the_server_does_not_know_is_bad(mypi, server):
    # Whatever is in front of /one/ is not cut off here, so nobody answers as mypi does.
    said = found(mypi.run("--json doctor", MYPI_URL=f"{server.url}/one"))

    assert said["address"][0] == "bad"


class Stranger(http.server.BaseHTTPRequestHandler):
    """Another program's server; everything is one page to it."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>It works!")

    def log_message(self, *what):
        """Say nothing."""


def test_who_answers_and_is_not_mypi_is_found_out(alone):
    with http.server.HTTPServer(("127.0.0.1", 0), Stranger) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        said = alone.run(f"--set http_port={other.server_port} doctor")
        other.shutdown()
        thread.join()

    assert "it answers 200, and not as mypi does." in said.out


def test_the_doctor_comes_to_the_machine_of_the_index(mypi, server):
    assert "comes to the machine" in mypi.refused(2, f"-s {server.url} doctor")
