"""``mypi import simple`` brings attestations along, and says so when it cannot."""

import base64
import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.commandline import Keeper
from tests.factories import wheel
from tests.functional.test_attestations import SIGNER
from tests.inside import index
from tests.reading import served

NAME, CONTENT = wheel("six", "1.0")
ATTESTATION = SIGNER.attestation(NAME, CONTENT)
PROVENANCE = {
    "version": 1,
    "attestation_bundles": [{"publisher": {"kind": "any"}, "attestations": [ATTESTATION]}],
}
NONE = '{"attestation_bundles": []}'
HTML = f'<a href="/files/{NAME}" data-provenance="/provenance">{NAME}</a>'


class Elsewhere(BaseHTTPRequestHandler):
    """An index of one file, for who logs in; its addresses are whole ones, without the login."""

    form = "json"
    provenance: object = PROVENANCE

    def do_GET(self):
        login = "Basic " + base64.b64encode(b"ada:horse").decode()
        root = f"http://{self.headers['Host']}"
        file = {"filename": NAME, "url": f"{root}/files/{NAME}", "provenance": f"{root}/provenance"}
        kind = "application/vnd.pypi.simple.v1+json"
        if self.headers["Authorization"] != login:
            self.send_error(401)
            return
        if self.path == f"/files/{NAME}":
            body = CONTENT
        elif self.path == "/provenance":
            body = json.dumps(self.provenance).encode()
        elif self.form == "html":
            kind, body = "text/html", HTML.encode()
        else:
            body = json.dumps({"files": [file]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Say nothing."""


@contextlib.contextmanager
def elsewhere(**what):
    """The address of that index, with the login."""
    with ThreadingHTTPServer(("127.0.0.1", 0), type("It", (Elsewhere,), what)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://ada:horse@127.0.0.1:{server.server_port}/simple/"
        server.shutdown()
        thread.join()


def attested(data):
    """The attestations that the files of six have here."""
    with served(data) as wsgi, index(wsgi) as stable:
        (release,) = stable.project("six").releases.values()
        return [
            [each for it in bundles["attestation_bundles"] for each in it["attestations"]]
            for file in release.files.values()
            for bundles in [json.loads(file.provenance.raw if file.provenance else NONE)]
        ]


@pytest.mark.parametrize("form", ["json", "html"])
def test_attestations_come_along(tmp_path, form):
    mypi = Keeper(tmp_path / "var", "--set mypi.attestations=any")

    with elsewhere(form=form) as url:
        said = mypi(f"import simple {url} --project six")

    assert "1 file imported" in said.err
    assert attested(mypi.data) == [[ATTESTATION]]


@pytest.mark.parametrize(
    ("which", "provenance", "why"),
    [
        ("verified", PROVENANCE, "without its attestations: attestations: the signer cannot be"),
        ("any", ["?"], "attestations cannot be read: http://127.0.0.1"),
        ("any", {"attestation_bundles": [{"attestations": [1]}]}, "array of objects is wanted"),
    ],
)
def test_a_file_whose_attestations_are_not_taken_comes_without(tmp_path, which, provenance, why):
    mypi = Keeper(tmp_path / "var", f"--set mypi.attestations={which}")

    with elsewhere(provenance=provenance) as url:
        said = mypi(f"import simple {url} --project six")

    assert "1 file imported" in said.err
    assert f"{NAME}: " in said.err
    assert why in said.err
    assert "horse" not in said.err
    assert attested(mypi.data) == [[]]
