"""``mypi config gen``: files that hold what the ini file says."""

import pytest

from tests.commandline import INI, Keeper
from tests.serving import Server


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "var")


@pytest.mark.parametrize("kind", ["nginx", "apache", "systemd", "docker", "cron", "wsgi"])
def test_every_kind_is_printed(mypi, kind):
    said = mypi(f"config gen {kind}")

    assert "6543" in said.out or str(INI) in said.out
    assert not mypi.data.exists()


def test_the_address_is_that_of_the_ini_file_or_the_one_that_is_given(mypi):
    unset = mypi("config gen nginx")
    said = mypi("config gen nginx", MYPI_URL="https://pypi.example/mypi")
    given = mypi("config gen nginx --url https://other.example/")

    assert "mypi.url is not set" in unset.err
    assert "server_name pypi.example;" in said.out
    assert "location /mypi/ {" in said.out
    assert "server_name other.example;" in given.out
    assert said.err == given.err == ""


def test_port_data_and_limit_are_those_of_the_ini_file(mypi):
    said = mypi("--set http_port=7000 config gen nginx", MYPI_MAX_UPLOAD="2 MiB").out

    assert "server 127.0.0.1:7000 max_fails=0;" in said
    assert f"alias {mypi.data}/blobs/;" in said
    assert f"client_max_body_size {3 * 2**20};" in said


def test_several_processes_are_named_by_their_ports(mypi):
    said = mypi("config gen nginx --port 7000 --port 7001").out

    assert said.count("max_fails=0;") == 2


def test_archives_are_where_the_database_has_them(mypi, tmp_path):
    ini = tmp_path / "production.ini"
    uri = "zodbconn.uri = postgresql://mypi@db.example/mypi"
    ini.write_text(INI.read_text().replace("[app:main]", f"[app:main]\n{uri}"))

    said = Keeper(tmp_path, options=f"-c {ini}")("config gen nginx").out

    assert f"alias {tmp_path}/var/blob-cache/;" in said


def test_programs_get_one_document(mypi):
    assert set(mypi("--json config gen docker").json) == {"Dockerfile", "compose.yaml"}


def test_files_are_written_and_never_overwritten(mypi, tmp_path):
    said = mypi(f"config gen systemd --as ada --into {tmp_path}/units")
    written = (tmp_path / "units/mypi.service").read_text()
    again = mypi.refused(5, f"config gen systemd --as bob --into {tmp_path}/units")

    assert said.out == ""
    assert "wrote" in said.err
    assert "User=ada\n" in written
    assert "mypi.service, mypi.socket, mypi@.service. Nothing was written." in again
    assert (tmp_path / "units/mypi.service").read_text() == written


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("config gen iis", 2, "'nginx', 'apache'"),
        ("config gen nginx --port 70000", 2, "70000"),
        ("config gen nginx --url pypi", 2, "no address such as https://pypi.example"),
        ("config gen nginx --url 'https://a b/'", 2, "characters that such files do not take"),
        ("--set http_port=http config gen nginx", 3, "port = http: a number is wanted"),
        ("-c none.ini config gen nginx", 3, "There is no none.ini"),
        ("config gen nginx --into /proc/nothing", 3, "/proc/nothing cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(mypi, line, code, words):
    assert words in mypi.refused(code, line)


# Files for the tools of who uses the index


@pytest.mark.parametrize(
    ("kind", "filename", "words"),
    [
        ("pip", "pip.conf", "[global]\nindex-url = http://127.0.0.1:9/+incubator/\n"),
        ("pypirc", ".pypirc", "repository = http://127.0.0.1:9/+incubator/\n"),
        ("uv", "uv.toml", 'url = "http://127.0.0.1:9/+incubator/"\ndefault = true\n'),
        ("poetry", "pyproject.toml", '[[tool.poetry.source]]\nname = "mypi-incubator"\n'),
    ],
)
def test_a_tool_is_told_of_an_index_far_away(tmp_path, kind, filename, words):
    far = Keeper(tmp_path, options="-s http://127.0.0.1:9")

    said = far(f"config gen {kind} -i +incubator")

    assert words in said.out
    assert filename in said.err
    assert "an index incubator was not checked: http://127.0.0.1:9 does not answer" in said.err
    assert far(f"--json config gen {kind} -i incubator").json == {
        filename: said.out.removesuffix("\n")
    }


def test_here_a_tool_is_told_what_the_ini_file_says(mypi):
    said = mypi("config gen pip -i stable", MYPI_URL="https://pypi.example/mypi")

    assert "index-url = https://pypi.example/mypi\n" in said.out
    assert "not checked" not in said.err
    assert not mypi.data.exists()


@pytest.mark.parametrize("kind", ["pip", "pypirc", "uv", "poetry"])
def test_an_index_that_is_not_there_is_refused(mypi, kind):
    mypi("index list")

    said = mypi.refused(4, f"config gen {kind} -i nope --url https://pypi.example")

    assert "There is no index nope here.\n  try: mypi index list\n" in said
    assert "+incubator/" in mypi(f"config gen {kind} -i incubator --url https://pypi.example").out


def test_a_server_is_asked_for_the_index(tmp_path):
    with Server(tmp_path / "var") as server:
        far = Keeper(tmp_path, options=f"-s {server.url}")

        assert "There is no index nope here." in far.refused(4, "config gen pip -i nope")
        assert "not checked" not in far("config gen pip -i incubator").err


def test_no_database_is_made_to_look_for_an_index(mypi):
    said = mypi("config gen pip -i incubator --url https://pypi.example")

    assert "whether there is an index incubator was not checked" in said.err
    assert "is not made yet." in said.err
    assert not mypi.data.exists()


def test_a_login_is_left_open(mypi):
    said = mypi("config gen uv --login --url https://pypi.example")

    assert "https://__token__:YOUR-TOKEN@pypi.example" in said.out


@pytest.mark.parametrize("line", ["-i 'a b'", "--url pypi", "--url 'https://a/\" b'"])
def test_what_is_no_address_and_no_index_is_refused(mypi, line):
    assert "is n" in mypi.refused(2, f"config gen pip {line}")
