"""``mypi serve``: the same server as pserve's, and one to play with."""

import contextlib
import os
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from mypi.cli.sample import wheel
from tests.commandline import MYPI, VARIABLES, Keeper, hear_ctrl_c


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "new" / "var", options="")


@contextlib.contextmanager
def serving(line: str, folder: Path, **env: str):
    """``mypi serve`` with these words in ``folder``: its address, when it answers, and itself."""
    known = {k: v for k, v in os.environ.items() if k not in {f"MYPI_{it}" for it in VARIABLES}}
    with subprocess.Popen(
        [MYPI, "serve", *line.split()],
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**known, "TMPDIR": str(folder), **env},
        preexec_fn=hear_ctrl_c,
    ) as process:
        said = []
        for text in process.stderr:
            said.append(text)
            if "Ctrl-C stops" in text:
                break
        try:
            addresses = [text.split()[1] for text in said if text.startswith("  address ")]
            assert addresses, "".join(said)
            yield addresses[0], process
        finally:
            process.send_signal(signal.SIGINT)
            process.stderr.read()


def read(url):
    with urllib.request.urlopen(url, timeout=30) as response:
        return response.read().decode()


@pytest.mark.parametrize("place", ["", "{folder}", "{folder}/production.ini"])
def test_an_index_is_served_from_its_folder_or_its_ini_file(mypi, tmp_path, place):
    folder = tmp_path / "new"
    mypi(f"init {folder} --no-deploy")

    with serving(f"{place.format(folder=folder)} --port 0", folder) as (url, process):
        assert "Simple index" in read(url + "simple/")
        said = mypi(f"-c {folder}/production.ini index list")

    assert "asking it" in said.err
    assert process.returncode == 0
    assert not (folder / "var/server.json").exists()


def test_the_command_line_comes_before_the_environment(mypi, tmp_path):
    folder = tmp_path / "new"
    mypi(f"init {folder} --no-deploy")
    line = f"--port 0 --set data={tmp_path}/other --set mypi.title=Mine"

    with serving(line, folder, MYPI_DATA="/nowhere", MYPI_TITLE="Ours") as (url, _process):
        assert "Mine" in read(url + "+search")

    assert (tmp_path / "other" / "Data.fs").exists()


def test_a_demo_has_something_to_install_and_leaves_nothing(tmp_path):
    with serving("--demo --port 0", tmp_path, MYPI_DATA="/nowhere") as (url, process):
        assert "hello_mypi-1.1-py3-none-any.whl" in read(url + "simple/hello-mypi/")
        assert "2.0rc1" in read(url + "+incubator/simple/hello-mypi/")
        assert len(list(tmp_path.iterdir())) == 1

    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_two_demos_run_at_once(tmp_path):
    with serving("--demo", tmp_path) as (one, _), serving("--demo", tmp_path) as (two, _):
        assert one != two
        assert "hello-mypi" in read(one)
        assert "hello-mypi" in read(two)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("serve {folder}", 3, "try: mypi init {folder}"),
        ("serve {folder}/none", 3, "There is no {folder}/none."),
        ("serve {folder}/none.ini", 3, "There is no {folder}/none.ini."),
        ("serve --demo {folder}", 2, "A demo has settings of its own"),
        ("-c some.ini serve {folder}", 2, "name one ini file"),
        ("serve --port 70000", 2, "70000"),
    ],
)
def test_what_cannot_be_served_is_said(mypi, tmp_path, line, code, words):
    said = mypi.refused(code, line.format(folder=tmp_path))

    assert words.format(folder=tmp_path) in said


def test_what_cannot_start_ends_with_2_as_pserve_does(mypi, tmp_path):
    ini = tmp_path / "production.ini"
    mypi(f"init {tmp_path} --no-deploy")
    ini.write_text(ini.read_text().replace("# mypi.title = mypi", "mypi.tilte = mypi"))

    done = subprocess.run([MYPI, "serve", str(ini)], capture_output=True, text=True, timeout=60)

    assert done.returncode == 2
    assert "mypi cannot start: Unknown setting mypi.tilte" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_logging_section_that_is_wrong_is_a_failure(mypi, tmp_path):
    ini = tmp_path / "production.ini"
    mypi(f"init {tmp_path} --no-deploy")
    ini.write_text(ini.read_text().replace("keys = root, mypi", "keys = root, mypi, more"))

    done = subprocess.run([MYPI, "serve", str(ini)], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr.count("\n")) == (3, 2), done.stderr
    assert f"try: mypi -c {ini} config check" in done.stderr


def test_the_package_to_play_with_is_the_same_each_time_it_is_made():
    name, content = wheel("hello-mypi", "1.0")

    assert name == "hello_mypi-1.0-py3-none-any.whl"
    assert wheel("hello-mypi", "1.0") == (name, content)
