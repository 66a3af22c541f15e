"""Files for what runs mypi: what they say, and what they cannot say."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mypi.cli.generating import KINDS, Place, files, made
from mypi.errors import Refused
from mypi.server import options

ROOT = Path(__file__).parents[3]
NAMES = [name for names in KINDS.values() for name in names]


def place(**more):
    given = {"url": "https://pypi.example/mypi", "prefix": "/mypi", "data": Path("/srv/mypi/var")}
    return Place(Path("/srv/mypi/production.ini"), **{**given, **more})


def text(name, **more):
    (kind,) = (kind for kind, names in KINDS.items() if name in names)
    return made(kind, place(**more))[name]


def test_all_files_of_an_installation_are_made():
    found = files(
        Path("/srv/mypi/production.ini"),
        url="https://pypi.example",
        prefix="",
        data=Path("/srv/mypi/var"),
        user="mypi",
    )

    assert list(found) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_no_word_is_left_open_and_the_file_ends_with_its_line(name):
    said = text(name)

    assert "{{" not in said
    assert said.endswith("\n")
    assert not said.endswith("\n\n")


@pytest.mark.parametrize("name", ["nginx.conf", "apache.conf", "mypi.service", "mypi.cron"])
def test_a_file_names_the_ini_file(name):
    assert "/srv/mypi/production.ini" in text(name)


@pytest.mark.parametrize(("prefix", "seen"), [("", "location / {"), ("mypi", "location /mypi/ {")])
def test_nginx_passes_on_what_is_below_the_prefix(prefix, seen):
    assert seen in text("nginx.conf", prefix=prefix)


def test_each_process_has_its_line():
    ports = (6543, 6544)

    assert text("nginx.conf", ports=ports).count("max_fails=0;") == 2
    assert text("apache.conf", ports=ports).count("BalancerMember") == 2
    assert "enable --now mypi@6543 mypi@6544" in text("mypi@.service", ports=ports)
    assert "\nworkers = 2\n" in text("gunicorn.conf.py", ports=ports)


@pytest.mark.parametrize("name", ["nginx.conf", "apache.conf", "apache-wsgi.conf"])
def test_a_form_fits_around_the_largest_upload(name):
    assert str(1000 + options.FORM_ALLOWANCE) in text(name, max_upload=1000)


@pytest.mark.parametrize("name", ["nginx.conf", "apache.conf"])
def test_an_idle_connection_is_closed_by_the_front_server_first(name):
    (seconds,) = re.findall(r"(?:keepalive_timeout |ttl=)(\d+)", text(name))

    assert int(seconds) < options.IDLE_OF_PROXIES < options.DEFAULTS["channel_timeout"]


@pytest.mark.parametrize("name", ["nginx.conf", "apache.conf"])
def test_each_header_that_is_believed_is_set(name):
    said = text(name)
    (believed,) = re.findall(r"#   trusted_proxy_headers = (.+)", said)

    for header in believed.split():
        assert re.search(rf"^ +(proxy_set_header|RequestHeader set) {header} ", said, re.I | re.M)


def test_what_nginx_sends_by_itself_is_below_that_very_prefix():
    said = text("nginx.conf", prefix="/my.pi", front=Path("/srv/mypi/var/front"))
    patterns = re.findall(r'location ~ "(.+)"', said)

    for path in ("/six/", "/+stable/six/", "/packages/stable/six/six-1.0.zip"):
        matching = [re.search(each.replace("(?<", "(?P<"), "/my.pi" + path) for each in patterns]
        assert any(matching), path
        assert not any(re.search(it.replace("(?<", "(?P<"), "/myxpi" + path) for it in patterns)


@pytest.mark.parametrize("name", ["mypi.service", "mypi.socket", "mypi@.service"])
def test_a_unit_is_one_in_systemds_eyes(name, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    (tmp_path / "production.ini").touch()
    for other in KINDS["systemd"]:
        unit = text(other, data=tmp_path, user="root", programs=Path(shutil.which("true")).parent)
        (tmp_path / other).write_text(unit.replace("/pserve ", "/true "))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / name.replace("@.", "@6543.")],
        capture_output=True,
        text=True,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
    )

    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line] == []


def test_the_service_may_do_little(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    (tmp_path / "mypi.service").write_text(text("mypi.service"))

    done = subprocess.run(
        f"systemd-analyze security --offline=true --threshold=15 {tmp_path}/mypi.service".split(),
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout


def test_an_installation_at_somebodys_home_is_not_hidden_from_the_service():
    assert "ProtectHome=true\n" in text("mypi.service", programs=Path("/opt/mypi/bin"))
    assert "ProtectHome=read-only\n" in text("mypi.service", data=Path("/home/ada/var"))


def test_values_that_are_given_with_each_command_are_given_by_the_service_too():
    given = {"data": "/srv/mypi/var"}

    assert "/production.ini data=/srv/mypi/var\n" in text("mypi.service", given=given)
    assert "/mypi --set data=/srv/mypi/var -q backup" in text("mypi.cron", given=given)


@pytest.mark.parametrize("name", ["gunicorn.conf.py", "mypi.wsgi"])
def test_what_is_python_is_python(name):
    ast.parse(text(name))


def test_the_image_is_built_of_what_is_there():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text("Dockerfile"), re.M)

    assert copied
    for name in " ".join(copied).split():
        assert (ROOT / name).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "pypi.example"},
        {"url": "https://pypi.example/;}"},
        {"data": Path("/srv/my data")},
        {"user": "ada\nroot"},
        {"prefix": '/"'},
        {"given": {"data": "$(reboot)"}},
    ],
)
def test_what_would_mean_something_else_in_a_file_is_refused(wrong):
    with pytest.raises(Refused):
        place(**wrong)
