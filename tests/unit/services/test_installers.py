"""What User-Agents tell, real ones and made-up ones (client-traps)."""

import pytest

from mypi.services.installers import parse

PIP = (
    'pip/26.2 {"ci":null,"cpu":"x86_64","implementation":{"name":"CPython","version":"3.12.1"},'
    '"installer":{"name":"pip","version":"26.2"},"python":"3.12.1","system":{"name":"Linux"}}'
)
UV = (
    'uv/0.13.9 {"installer":{"name":"uv","version":"0.13.9"},"python":"3.13.0rc1",'
    '"system":{"name":"Darwin","release":"23"},"ci":true}'
)


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (PIP, ("pip", "3.12", "Linux")),
        (UV, ("uv", "3.13", "macOS")),
        ("setuptools/44.1.1 Python-urllib/2.7", ("setuptools", "2.7", "")),
        ("Python-urllib/2.7 setuptools/0.6c11", ("setuptools", "2.7", "")),
        ("poetry/2.5.1 CPython/3.11.2 Linux/6.1", ("poetry", "3.11", "Linux")),
        ("pdm/2.26.2 CPython/3.12.3 Darwin/23", ("pdm", "3.12", "macOS")),
        ("unearth/0.1 python-requests/2.31", ("pdm", "", "")),
        ("bandersnatch/6.8.0 (cpython 3.11.2-final0, Linux x86_64)", ("bandersnatch", "", "Linux")),
        ("pip/1.5.6 CPython/2.7.18 Linux/6.1", ("pip", "2.7", "Linux")),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", ("browser", "", "Windows")),
        ("curl/8.0", ("other", "", "")),
        ("", ("other", "", "")),
    ],
)
def test_real_ones(user_agent, expected):
    assert tuple(parse(user_agent)) == expected


@pytest.mark.parametrize(
    "user_agent",
    [
        "pip/1 {" + "[" * 100_000,
        'pip/1 {"installer":{"name":"evil<script>"},"python":"9.9.9"}',
        'pip/1 {"installer":["x"],"python":{"a":1},"system":7}',
        'pip/1 {"python":"3.99999999"}',
        "x" * 100_000,
        "\0\n\r/",
        'evil/3 {"installer":{"name":"evil-77"},"python":"3.x","system":{"name":"TempleOS"}}',
    ],
    ids=["nested", "markup", "shapes", "digits", "long", "control", "names"],
)
def test_made_up_ones_bring_no_words_of_their_own(user_agent):
    told = parse(user_agent)

    assert told.installer in ("pip", "other")
    assert told.python == ""
    assert told.system in ("", "other")
