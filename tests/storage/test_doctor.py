"""``mypi doctor`` at a mypi behind nginx: what the front server does wrong is found."""

import pytest

from tests.commandline import Keeper
from tests.fronts import Behind, nginx
from tests.serving import free_port


@pytest.fixture
def behind(tmp_path):
    """Start nginx, its file changed as said, and a mypi behind it; what the doctor finds."""

    def examine(prefix: str = "", mypi_conf: str | None = None, **changed: str):
        port = free_port()
        data = tmp_path / "var"
        data.mkdir(mode=0o700)
        words = {old.replace("__", " "): new for old, new in changed.items()}
        with nginx(tmp_path, data, prefix=prefix, ports=(port,), changed=words) as front:
            conf = front.conf if mypi_conf is None else mypi_conf
            with Behind(data, port, conf) as server:
                options = f"-c {server.ini} --set http_port={port} --set data={data}"
                said = Keeper(data, options=options).run(
                    "--json doctor --try", MYPI_URL=front.url, SSL_CERT_FILE=str(front.pem),
                    PIP_CERT=str(front.pem),
                )  # fmt: skip
        assert said.out, said.err
        return {it["subject"]: it for it in said.json["findings"]}

    return examine


@pytest.mark.parametrize("prefix", ["", "/mypi"])
def test_all_is_well_with_the_files_that_mypi_makes(behind, prefix):
    found = behind(prefix)

    assert {subject for subject, it in found.items() if it["state"] != "good"} == set()
    assert found["uploads"]["what"] == "1 GiB may pass"
    assert {"address", "publishing", "installing"} <= found.keys()


def test_a_front_server_that_refuses_large_uploads_is_found(behind):
    found = behind(client_max_body_size__1074790400="client_max_body_size 1m")

    assert found["uploads"]["state"] == "bad"
    assert "client_max_body_size in nginx" in found["uploads"]["remedy"]
    assert found["publishing"]["state"] == "good"


def test_a_front_server_that_is_not_believed_is_found(behind):
    found = behind(mypi_conf="")

    assert found["front server"]["state"] == "warning"
    assert "trusted_proxy" in found["front server"]["remedy"]


def test_a_prefix_of_which_mypi_knows_nothing_is_found(behind):
    found = behind(
        "/mypi", mypi_conf="", **{"proxy_pass__http://mypi;": "proxy_pass http://mypi/;"}
    )

    assert (found["address"]["state"], found["prefix"]["state"]) == ("good", "bad")
    assert found["prefix"]["remedy"] == "url_prefix = /mypi in [server:main]"
