"""Settings of the documentation: no network, no extensions, parts of the reference generated."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import generate  # noqa: E402 - needs the path above

generate.write_all(HERE / "reference" / "generated")

project = "mypi"
author = "the mypi developers"
project_copyright = author
version = release = version_of("mypi")

exclude_patterns = ["_build", "changes.d", "reference/generated"]
language = "en_GB"
smartquotes = False
highlight_language = "none"
nitpicky = True

html_theme = "furo"
html_title = f"mypi {version}"
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
