"""Somebody who types ``mypi`` on the machine of an index: the real program, a real database."""

import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner
from webtest import TestApp

from mypi.cli import cli
from tests.applications import application
from tests.inside import send
from tests.wire import fields_of, requests_upload

INI = Path(__file__).parents[1] / "production.ini"
VARIABLES = "SERVER TOKEN USER PASSWORD NEW_PASSWORD CONFIG DATA URL OPEN INDEXES".split()


def hear_ctrl_c() -> None:
    """For ``preexec_fn``: who starts in the background ignores Ctrl-C, as do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


MYPI = str(Path(sys.executable).with_name("mypi"))


class Said(NamedTuple):
    """Exit code, stdout and stderr of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.out)


def typed(data: Path, *words: str, ini: Path = INI) -> "subprocess.Popen[str]":
    """The program in a process of its own, beside the index in ``data``; it hears Ctrl-C."""
    return subprocess.Popen(
        [MYPI, "-c", str(ini), "--set", f"data={data}", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,
    )


def ended(process: "subprocess.Popen[str]", stdin: str = "") -> Said:
    """What a program said, at its end."""
    out, err = process.communicate(stdin, timeout=300)
    return Said(process.returncode, out, err)


class Keeper:
    """The keeper of the index whose data is in ``data``; call it with what is typed after mypi.

    ``options`` stand before every command; the usual ones name the ini file and the data.
    """

    def __init__(self, data: Path, more: str = "", options: str | None = None) -> None:
        self.data = data
        self.options = f"-c {INI} --set data={data} {more}" if options is None else options
        self.settings = {"mypi.data": str(data), "mypi.min_free": "0"}

    def __call__(self, line: str, typed: str = "", **env: str) -> Said:
        """What the command said; it succeeds."""
        said = self.run(line, typed, **env)
        assert said.code == 0, f"mypi {line}\n{said.out}{said.err}"
        return said

    def refused(self, code: int, line: str, typed: str = "", **env: str) -> str:
        """What the command said on stderr; it ends with ``code``, and prints no data."""
        said = self.run(line, typed, **env)
        assert (said.code, said.out) == (code, ""), f"mypi {line}\n{said.out}{said.err}"
        assert "Traceback" not in said.err
        return said.err

    def run(self, line: str, typed: str = "", **env: str) -> Said:
        """What the command said, however it ended."""
        variables = {**dict.fromkeys((f"MYPI_{name}" for name in VARIABLES), None), **env}
        words = shlex.split(f"{self.options} {line}")
        result = CliRunner(env=variables).invoke(cli, words, input=typed, prog_name="mypi")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def publish(self, index: str, *archives: tuple[str, bytes]) -> None:
        """Upload archives, as the operator."""
        wsgi = application(dict(self.settings))
        app = TestApp(wsgi, extra_environ={"mypi.operator": True})
        try:
            for filename, content in archives:
                answer = send(app, requests_upload(fields_of(filename, content)), f"/+{index}/")
                assert answer.status_int == 200, answer.status
        finally:
            wsgi.registry.database.close()
