"""Run a client's programs as a person with an empty home who can reach our server alone."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

# Nobody listens at the discard port: whoever asks another host than this one fails at once.
DEAD_END = "http://127.0.0.1:9"
SECONDS = 120


@dataclass(frozen=True)
class Sandbox:
    """A home folder and an environment with nothing of the machine's own settings in it."""

    home: Path

    @property
    def variables(self) -> dict[str, str]:
        """All that a client's process gets to see: built anew, so nothing of ours slips in."""
        return {
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.home),
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            **dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"), DEAD_END),
            # pip reads the machine's own pip.conf unless it is told of another one.
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_RETRIES": "0",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "PYTHONWARNINGS": "ignore",
            "UV_PYTHON_DOWNLOADS": "never",
            "PDM_CHECK_UPDATE": "false",
        }

    def write(self, name: str, text: str) -> Path:
        """A settings file of this person, ``.pypirc`` say."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


@dataclass(frozen=True)
class Client:
    """The programs of one environment, in a sandbox."""

    bin: Path
    sandbox: Sandbox

    def run(
        self,
        program: str,
        *arguments: str | Path,
        cwd: Path | None = None,
        stdin: str = "",
        **variables: str,
    ) -> str:
        """All that ``program`` printed; its failure is the test's failure."""
        done = self._call(program, arguments, cwd, stdin, variables)
        assert done.returncode == 0, f"{program} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def fail(
        self,
        program: str,
        *arguments: str | Path,
        cwd: Path | None = None,
        stdin: str = "",
        **variables: str,
    ) -> str:
        """All that ``program`` printed; its success is the test's failure."""
        done = self._call(program, arguments, cwd, stdin, variables)
        assert done.returncode != 0, f"{program} should have failed:\n{done.stdout}"
        return done.stdout

    def version(self, module: str, *where: Path) -> str:
        """What the installed ``module`` says of itself when the client's Python imports it."""
        ask = f"import {module}; print({module}.__version__)"
        return self.run("python", "-c", ask, PYTHONPATH=os.pathsep.join(map(str, where))).strip()

    def _call(self, program, arguments, cwd, stdin, variables) -> subprocess.CompletedProcess:
        return subprocess.run(
            [self.bin / program, *arguments],
            cwd=cwd or self.sandbox.home,
            env={
                **self.sandbox.variables,
                "PATH": f"{self.bin}{os.pathsep}{os.defpath}",
                **variables,
            },
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
            start_new_session=True,  # without a terminal, questions for a password read stdin
        )
