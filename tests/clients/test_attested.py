"""uv and twine send the attestations that lie beside a real archive; the server verifies them."""

import json
import shutil
import urllib.request
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "functional" / "attested"
GITHUB = "pypi_attestations-0.0.19.tar.gz"
GITLAB = "gitlab_oidc_project-0.0.3.tar.gz"
LOGIN = ("--username", "anyone", "--password", "anything")


@pytest.fixture
def dist(tmp_path):
    """A folder of one's own: tools look for what lies beside the archive."""
    return Path(shutil.copytree(FOLDER, tmp_path / "dist"))


def kinds(server, project, version, filename):
    """Who published it, and of which kinds the attestations are that the server gives."""
    address = f"{server.url}/integrity/{project}/{version}/{filename}/provenance"
    with urllib.request.urlopen(address) as answer:
        (bundle,) = json.load(answer)["attestation_bundles"]
    return bundle["publisher"]["kind"], len(bundle["attestations"])


def test_uv_sends_what_lies_in_dist_with_the_archive(client, server, dist):
    for other in dist.glob(f"{GITLAB}*"):
        other.unlink()

    client("uv").run("uv", "publish", "--publish-url", server.url, *LOGIN, cwd=dist.parent)

    assert kinds(server, "pypi-attestations", "0.0.19", GITHUB) == ("GitHub", 2)


def test_twine_sends_what_it_is_told_to(client, server, dist):
    options = ("--repository-url", server.url, "-u", "", "-p", "", "--disable-progress-bar")
    files = sorted(dist.glob(f"{GITLAB}*"))

    client("twine").run("twine", "upload", "--attestations", *options, *files)

    assert kinds(server, "gitlab-oidc-project", "0.0.3", GITLAB) == ("GitLab", 1)
