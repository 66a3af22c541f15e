"""How the program gets at the index: an ini file and its database, or a server somewhere."""

import http.server
import os
import subprocess
import sys
import threading

import pytest

from mypi.cli import local
from mypi.model.storage import file_uri, open_database
from tests.commandline import INI, Keeper
from tests.serving import free_port

NOBODY = 65534


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "var")


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """The program without options, in an empty folder."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    return Keeper(tmp_path / "empty" / "var", options="")


def ini(data, more=""):
    return f"[app:main]\nuse = egg:mypi\nmypi.data = {data}\n{more}"


def test_the_first_command_makes_the_database_and_says_so(mypi):
    first = mypi("index list")
    second = mypi("index list")

    assert first.err == f"mypi: made a new database, {mypi.data}/Data.fs\n"
    assert second.err == ""
    assert second.out.split()[:2] == ["index", "projects"]
    assert {"stable", "incubator"} <= set(second.out.split())


@pytest.mark.parametrize("name", ["production.ini", "development.ini"])
def test_the_ini_file_of_the_folder_is_taken(bare, name):
    (bare.data.parent / name).write_text(ini(bare.data))

    assert [it["name"] for it in bare("--json index list").json["indexes"]] == [
        "incubator",
        "stable",
    ]
    assert (bare.data / "Data.fs").exists()


def test_the_ini_file_and_the_data_may_be_named_by_the_environment(bare, tmp_path):
    bare("index list", MYPI_CONFIG=str(INI), MYPI_DATA=str(tmp_path / "elsewhere"))

    assert (tmp_path / "elsewhere" / "Data.fs").exists()


def test_options_may_stand_behind_the_command(bare, tmp_path):
    said = bare(f"index list --json -c {INI} --set data={tmp_path}/elsewhere")

    assert len(said.json["indexes"]) == 2


def test_without_an_ini_file_the_ways_to_an_index_are_told(bare):
    said = bare.refused(3, "index list")

    assert "neither production.ini nor development.ini" in said
    assert "\n  try: mypi -c " in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mypi", "cannot be read: File contains no section headers"),
        ("[app:other]\nuse = egg:mypi\n", "cannot be read: No section 'main'"),
        ("[app:main]\nuse = egg:nosuch\n", "cannot be read: No package"),
        (ini("var", "mypi.max_uploads = 1\n"), "nearest known one is mypi.max_upload"),
        (ini("var", "mypi.max_upload = huge\n"), "a size such as 512 MiB"),
        (ini("/dev/null/var"), "cannot be used"),
    ],
)
def test_an_ini_file_that_no_server_could_use_is_told_in_a_sentence(bare, text, words):
    (bare.data.parent / "bad.ini").write_text(text)

    said = bare.refused(3, "-c bad.ini index list")

    assert words in said
    assert said.startswith("mypi: ")
    assert len(said.splitlines()) == 1


def test_a_file_of_another_kind_is_said_to_be_no_ini_file(bare):
    (bare.data.parent / "some.toml").write_text("")

    assert "some.toml is no ini file." in bare.refused(3, "-c some.toml index list")


def test_an_ini_file_that_is_not_there_is_named(bare):
    assert "There is no away.ini." in bare.refused(3, "-c away.ini index list")


def test_a_database_that_another_program_keeps_is_not_waited_for_for_ever(mypi, monkeypatch):
    monkeypatch.setattr(local, "PATIENCE", 0)
    db = open_database(file_uri(str(mypi.data)), "", {})

    said = mypi.refused(3, "index list")

    assert f"in use by another program (process {os.getpid()})" in said
    assert "no server.json" in said
    assert "try: mypi -s URL" in said
    db.close()


def test_a_command_waits_until_another_one_is_through(mypi):
    mypi("index list")
    db = open_database(file_uri(str(mypi.data)), "", {})
    line = ["-c", str(INI), "--set", f"data={mypi.data}", "index", "list"]

    with subprocess.Popen(
        [sys.executable, "-c", "from mypi.cli import main; main()", *line],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as waiting:
        told = waiting.stderr.readline()
        db.close()
        out, err = waiting.communicate(timeout=60)

    assert "waiting for" in told
    assert (waiting.returncode, err) == (0, "")
    assert "stable" in out


def test_what_a_killed_server_left_misleads_nobody(mypi):
    mypi("index list")
    (mypi.data / "server.json").write_text('{"url": "http://127.0.0.1:9", "key": "old"}')

    assert mypi("index list").err == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_leaves_the_database_of_another_user_alone(mypi):
    mypi("index list")
    os.chown(mypi.data / "Data.fs", NOBODY, -1)

    said = mypi.refused(3, "index list")

    assert "not root's" in said
    assert "try: sudo -u nobody " in said


def test_two_indexes_at_once_are_one_too_many(mypi):
    assert "exclude each other" in mypi.refused(2, "-s http://localhost:1 index list")


@pytest.mark.parametrize("url", ["pypi.example", "ftp://pypi.example", "http://", "http:///x"])
def test_an_address_must_be_one(bare, url):
    assert "-s https://pypi.example" in bare.refused(2, f"-s '{url}' index list")


def test_a_password_in_the_address_is_not_taken_nor_repeated(bare):
    said = bare.refused(2, "-s http://ada:secret@localhost:1 index list")

    assert "try: -u NAME" in said
    assert "secret" not in said


def test_a_login_without_a_terminal_wants_the_password_in_the_environment(bare):
    assert "MYPI_PASSWORD" in bare.refused(2, "-s http://localhost:1 -u ada index list")


def test_a_server_that_is_down_is_told_from_one_that_refuses(bare):
    url = f"http://127.0.0.1:{free_port()}"

    said = bare.refused(6, "index list", MYPI_SERVER=url)

    assert said.startswith(f"mypi: {url} does not answer: ")


@pytest.fixture
def stranger():
    """The address of a web server that is not mypi."""

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path.startswith("/moved"):
                self.send_response(301)
                self.send_header("Location", "https://pypi.example/")
                self.end_headers()
                return
            self.send_response(200 if self.path.startswith("/page") else 404)
            self.end_headers()
            self.wfile.write(b"<h1>Welcome</h1>")

        def log_message(self, *args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "answered 404, not as a mypi server does"),
        ("/page", "answered 200, not as a mypi server does"),
        ("/moved", "sends us to https://pypi.example/"),
    ],
)
def test_a_server_that_is_not_mypi_is_found_out(bare, stranger, path, words):
    said = bare.refused(6, f"-s {stranger}{path} index list")

    assert words in said
    assert "try: " in said


def test_a_command_line_outranks_the_environment(mypi):
    said = mypi("index list", MYPI_SERVER="http://localhost:1", MYPI_CONFIG="/nowhere.ini")

    assert "stable" in said.out


def test_verbose_says_where_the_index_is(mypi):
    mypi("index list")

    assert f"speaking to {mypi.data}/Data.fs" in mypi("-v index list").err


def test_quiet_says_nothing_but_errors(mypi):
    assert mypi("-q index list").err == ""
    assert "away" in mypi.refused(4, "-q index show away")
