"""Attestations of real builds are verified against sigstore's trust root, without any network."""

import json
import socket
from pathlib import Path

import pytest

from mypi.services import attestations, signers
from tests.functional.test_attestations import changed
from tests.inside import check_wording, index, refused, send
from tests.reading import BROWSER
from tests.wire import fields_of, requests_upload

pytestmark = pytest.mark.on_files
"""A ZEO server is reached by a connection, and none is allowed here."""

FOLDER = Path(__file__).parent / "attested"
GITHUB = "pypi_attestations-0.0.19.tar.gz"
GITLAB = "gitlab_oidc_project-0.0.3.tar.gz"
LOG = ("verification_material", "transparency_entries", 0)


def signed(filename, *kinds):
    return [json.loads((FOLDER / f"{filename}.{kind}.attestation").read_text()) for kind in kinds]


def body(filename, sent):
    content = (FOLDER / filename).read_bytes()
    return requests_upload([*fields_of(filename, content), ("attestations", json.dumps(sent))])


def served(app, project, version, filename):
    return app.get(f"/integrity/{project}/{version}/{filename}/provenance").json


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No network, and a home without room for caches."""

    def refuse(*args, **options):
        raise AssertionError("a connection is tried")

    signers._verifier.cache_clear()
    home = tmp_path / "home"
    home.write_text("not a folder")
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_a_build_on_github_is_vouched_for(app, wsgi):
    sent = signed(GITHUB, "publish", "slsa")
    assert send(app, body(GITHUB, sent)).status_int == 200

    (bundle,) = served(app, "pypi-attestations", "0.0.19", GITHUB)["attestation_bundles"]
    assert bundle["attestations"] == sent
    publisher = bundle["publisher"]
    assert (publisher["kind"], publisher["repository"], publisher["workflow"]) == (
        "GitHub",
        "trailofbits/pypi-attestations",
        "release.yml",
    )
    assert publisher["claims"]["source-repository-ref"] == "refs/tags/v0.0.19"
    with index(wsgi) as stable:
        told = attestations.told(stable.project("pypi-attestations").file(GITHUB))
    assert [it.doubt for it in told] == ["", ""]
    assert {it.predicate for it in told} == set(attestations.PREDICATES.values())


def test_a_build_on_gitlab_is_vouched_for(app):
    assert send(app, body(GITLAB, signed(GITLAB, "publish"))).status_int == 200

    (bundle,) = served(app, "gitlab-oidc-project", "0.0.3", GITLAB)["attestation_bundles"]
    assert bundle["publisher"]["kind"] == "GitLab"
    assert bundle["publisher"]["repository"] == "facutuesca/gitlab-oidc-project"
    assert bundle["publisher"]["workflow_filepath"] == ".gitlab-ci.yml"


def test_pages_and_installers_are_told(app):
    send(app, body(GITLAB, signed(GITLAB, "publish")))
    where = f"/integrity/gitlab-oidc-project/0.0.3/{GITLAB}/provenance"

    page = app.get(f"/gitlab-oidc-project/0.0.3/{GITLAB}", headers={"Accept": BROWSER})
    assert "published by: GitLab facutuesca/gitlab-oidc-project, verified" in page.text
    links = app.get("/simple/gitlab-oidc-project/", headers={"Accept": "text/html"})
    assert links.html.a["data-provenance"] == f"http://localhost:6543{where}"


def test_the_library_of_the_public_index_reads_what_is_served(app):
    from pypi_attestations import Provenance

    send(app, body(GITHUB, signed(GITHUB, "publish", "slsa")))

    read = Provenance.model_validate(served(app, "pypi-attestations", "0.0.19", GITHUB))

    (bundle,) = read.attestation_bundles
    assert bundle.publisher.repository == "trailofbits/pypi-attestations"
    assert len(bundle.attestations) == 2


def test_those_of_another_file_are_refused(app, wsgi, data):
    answer = refused(app, wsgi, data, body(GITHUB, signed(GITLAB, "publish")))

    check_wording(answer, 400, "one is of the file 'gitlab_oidc_project-0.0.3.tar.gz'")


def at(path, value):
    def change(sent):
        for step in path[:-1]:
            sent = sent[step]
        sent[path[-1]] = value

    return change


FORGED = {
    "a log entry of another": at(LOG, signed(GITLAB, "publish")[0][LOG[0]][LOG[1]][0]),
    "another time": at((*LOG, "integratedTime"), "1733339999"),
    "another place in the log": at((*LOG, "inclusionProof", "logIndex"), "1"),
    "no proof": at((*LOG, "inclusionProof"), None),
    "no promise": at((*LOG, "inclusionPromise"), None),
    "an unknown log": at((*LOG, "logId", "keyId"), "AAAA"),
    "a body of nothing": at((*LOG, "canonicalizedBody"), ""),
    "an entry of nothing": at(LOG, {}),
    "numbers for texts": at((*LOG, "kindVersion"), 7),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_an_entry_in_the_log_that_is_not_its_own_is_refused(app, wsgi, data, forgery):
    sent = changed(FORGED[forgery], signed(GITHUB, "publish")[0])

    answer = refused(app, wsgi, data, body(GITHUB, sent))

    check_wording(answer, 400, "the signer cannot be verified")


def test_without_a_trust_root_nobody_is_vouched_for(app, wsgi, data, monkeypatch):
    monkeypatch.setattr(signers, "_ROOT", ("absent.json",))

    answer = refused(app, wsgi, data, body(GITLAB, signed(GITLAB, "publish")))

    check_wording(answer, 400, "trust root cannot be used on this server")


def test_nothing_is_written_beside_the_data(app, tmp_path):
    send(app, body(GITLAB, signed(GITLAB, "publish")))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "var"]
