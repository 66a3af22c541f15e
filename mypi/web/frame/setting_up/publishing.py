"""Tools that publish: one row each."""

from collections.abc import Iterator

from mypi.web.frame import snippets
from mypi.web.frame.setting_up.row import Row, Setting
from mypi.web.frame.snippets import Snippet, short_name


def rows(it: Setting) -> Iterator[Row]:
    """Tools that publish."""
    here, name = it.here, short_name(it.here)
    by_tool = {one.tool: one for one in snippets.publish(here, is_open=it.is_open)}
    yield Row(
        "twine",
        "Publishes what is in dist/.",
        (
            by_tool["twine"]._replace(tool="Once"),
            Snippet(
                ".pypirc",
                snippets.pypirc(here, *it.login),
                f"In your home directory, readable by you alone. Then twine upload -r {name} "
                f"dist/*, flit publish --repository {name}, or setup.py.",
                ".pypirc",
            ),
            Snippet(
                "For a job",
                f"export TWINE_REPOSITORY_URL={here.url} TWINE_USERNAME={it.login[0]} "
                f"TWINE_PASSWORD={it.login[1]}\ntwine upload dist/*",
            ),
        ),
    )
    yield Row(
        "setup.py upload",
        "For projects and Pythons that nothing else builds any more.",
        (
            Snippet(
                "With the .pypirc above",
                f"python setup.py sdist bdist_wheel upload -r {name}",
                "register and upload_docs take the same -r.",
            ),
        ),
    )
    yield Row(
        "hatch",
        "Builds and publishes.",
        (
            by_tool["hatch"]._replace(tool="Once"),
            Snippet(
                "For good",
                f'[publish.index]\nrepo = "{name}"\n\n[publish.index.repos.{name}]\n'
                f'url = "{here.url}"',
                "In hatch's config.toml; hatch config find says where that is.",
            ),
        ),
    )
    yield Row(
        "uv, poetry and pdm",
        "Publish, too.",
        tuple(by_tool[tool] for tool in ("uv", "poetry", "pdm")),
    )
