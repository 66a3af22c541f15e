"""Spellings of one licence are one licence; what is not sure stays as it is."""

import pytest

from mypi.services.search.licences import folded


@pytest.mark.parametrize(
    ("spellings", "licence"),
    [
        (["MIT", "mit", "MIT License", "MIT Licence", "The MIT License (MIT)"], "MIT"),
        (["Apache 2.0", "Apache License, Version 2.0", "Apache Software License"], "Apache-2.0"),
        (["BSD", "BSD License", "BSD license"], "BSD"),
        (["BSD-3-Clause", "3-Clause BSD License", "New BSD", "BSD 3-Clause"], "BSD-3-Clause"),
        (["GPLv3", "GPL-3.0-only", "GNU General Public License v3 (GPLv3)"], "GPL-3.0-only"),
        (
            ["GPLv3+", "GPL-3.0-or-later", "GNU General Public License v3 or later (GPLv3+)"],
            "GPL-3.0-or-later",
        ),
        (["ISC License (ISCL)", "ISC"], "ISC"),
        (["Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"], "MPL-2.0"),
        (["The Unlicense (Unlicense)"], "Unlicense"),
        (["ZPL 2.1", "Zope Public License 2.1"], "ZPL-2.1"),
    ],
)
def test_spellings_become_one(spellings, licence):
    assert {folded(it) for it in spellings} == {licence}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MIT OR Apache-2.0",
        "MIT AND BSD",
        "Ours",
        "GPL",
        "BSD-3-Clause-Clear",
        "\ud800",
        "+" * 200,
    ],
)
def test_what_is_not_known_stays(text):
    assert folded(text) == text
