"""The program beside a running server, and from elsewhere."""

import os
import stat
import subprocess
import sys

import pytest

from tests.commandline import Keeper
from tests.factories import wheel
from tests.serving import Server

PASSWORD = "correct horse"


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path / "var") as server:
        yield server


@pytest.fixture
def mypi(server):
    return Keeper(server.data)


def remote(server):
    return Keeper(server.data, options=f"-s {server.url}")


def test_a_command_asks_the_server_that_has_the_database_and_says_so(server, mypi):
    said = mypi("index list")

    assert said.err == f"mypi: the server at {server.url} has the database open; asking it\n"
    assert "stable" in said.out
    assert mypi("-q whoami").out.split()[:2] == ["name", "operator"]


def test_the_key_is_its_owners_and_lives_as_long_as_the_server(server, mypi):
    file = server.data / "server.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    server.stop()

    assert not file.exists()
    assert mypi("index list").err == ""


def test_after_a_kill_the_command_opens_the_database_itself(server, mypi):
    server.kill()
    assert (server.data / "server.json").exists()

    assert mypi("index list").err == ""


def test_a_key_of_another_start_is_not_taken(server, mypi, monkeypatch):
    monkeypatch.setattr("mypi.cli.local.PATIENCE", 0)
    file = server.data / "server.json"
    file.write_text(f'{{"url": "{server.url}", "key": "of another start"}}')

    said = mypi.refused(3, "index list")

    assert "does not answer to the key" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_asks_the_server_of_another_user(server, mypi):
    os.chown(server.data / "Data.fs", 65534, -1)

    assert "asking it" in mypi("index list").err


def test_what_the_command_does_is_there_for_everybody(server, mypi):
    mypi("-q index create team")

    assert b"team" in server.get("/+api/v1/indexes")


def test_from_elsewhere_a_token_says_who_one_is(server, mypi):
    far = remote(server)
    mypi("-q user add ada --no-password")
    token = mypi("-q token create --label ci --for ada").out.strip()
    assert "MYPI_TOKEN" in far.refused(5, "user list")

    assert far("--json whoami", MYPI_TOKEN=token).json["name"] == "ada"
    far("index create team", MYPI_TOKEN=token)
    assert far.refused(5, "index list", MYPI_TOKEN="mypi-wrong-token")


def test_from_elsewhere_one_logs_in_with_a_password(server, mypi):
    mypi("-q user add ada", MYPI_NEW_PASSWORD=PASSWORD)
    far = remote(server)

    assert far("--json -u ada whoami", MYPI_PASSWORD=PASSWORD).json["admin"]
    assert "try: " in far.refused(5, "-u ada whoami", MYPI_PASSWORD="wrong horse")


@pytest.mark.parametrize("path", ["/+incubator", "/simple", "/away"])
def test_an_address_below_that_of_the_server_is_told(server, path):
    far = Keeper(server.data, options=f"-s {server.url}{path}")

    assert "try: check the address: -s URL is" in far.refused(4, "index list")


def test_a_token_may_do_what_it_is_for_and_no_more(server, mypi):
    mypi("-q user add ada --no-password")
    far = remote(server)
    limited = mypi("-q token create --label ci --for ada --index incubator --may read").out.strip()

    said = far("whoami", MYPI_TOKEN=limited).out.splitlines()
    assert "limits       in incubator; may read" in said
    assert "limits" not in mypi("-q whoami").out
    far.refused(5, "index create team", MYPI_TOKEN=limited)
    far.refused(5, "token create --label ci", MYPI_TOKEN=limited)
    far("list -i incubator", MYPI_TOKEN=limited)


def test_promotion_works_from_elsewhere(server, mypi):
    server.stop()
    mypi.publish("incubator", wheel("six", "1.0"))
    server.start()
    far = remote(server)

    far("promote six==1.0 incubator stable")

    assert far("list").out == "six\n"


@pytest.mark.parametrize(
    "keys", ["unix_socket = {folder}/mypi.sock", "listen = 127.0.0.1:0\nurl_prefix = /pypi"]
)
def test_the_server_is_found_wherever_it_listens(tmp_path, keys):
    ini = tmp_path / "server.ini"
    ini.write_text(
        f"[app:main]\nuse = egg:mypi\nmypi.data = {tmp_path}/var\n"
        f"[server:main]\nuse = egg:mypi\n{keys.format(folder=tmp_path)}\n"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "pyramid.scripts.pserve", str(ini)],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert any("Ctrl-C stops" in line for line in process.stderr)

        said = Keeper(tmp_path / "var", options=f"-c {ini}")("index list")

        process.terminate()
        process.stderr.read()
    assert "asking it" in said.err
    assert "stable" in said.out
