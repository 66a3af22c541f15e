"""Documentation that Sphinx built, old and new: uploaded by setup.py or a form, and read."""

import urllib.request
import uuid

import pytest

SPHINXES = ("sphinx-1-py2.7", "sphinx")
CONF = "project = 'demo'\nmaster_doc = 'index'\nextensions = [{}]\n"
PLAIN = CONF.format("")
INDEX = """
Manual
======

Elephants live here.

.. _herd:

The herd
--------

.. toctree::

   more/deep
"""
TYPES = {
    "index.html": "text/html; charset=utf-8",
    "more/deep.html": "text/html; charset=utf-8",
    "objects.inv": "application/octet-stream",
    "searchindex.js": "text/javascript; charset=utf-8",
    "_static/pygments.css": "text/css; charset=utf-8",
    "_static/file.png": "image/png",
    "_sources/index.rst.txt": "text/plain; charset=utf-8",
}


@pytest.fixture
def build(client, tmp_path):
    """``build("sphinx", "manual")``: a folder with the pages."""

    def build(environment, name, index=INDEX, conf=PLAIN):
        source = tmp_path / name
        (source / "more").mkdir(parents=True)
        (source / "conf.py").write_text(conf)
        (source / "index.rst").write_text(index)
        (source / "more" / "deep.rst").write_text("Deep\n====\n")
        html = tmp_path / f"{name}-html"
        client(environment).run("sphinx-build", "-q", "-b", "html", source, html)
        return html

    return build


def get(address):
    with urllib.request.urlopen(address) as answer:
        return answer.headers["Content-Type"], answer.read()


def check(root, html):
    """Every file is served as it was built; pages have mypi's line in front."""
    for path in html.rglob("*"):
        name = path.relative_to(html).as_posix()
        if path.is_file() and name != ".buildinfo":
            kind, content = get(root + name)
            assert content.endswith(path.read_bytes()), name
            assert kind == TYPES.get(name, kind), name
            assert kind.startswith("text/html") or content == path.read_bytes(), name
    assert get(root)[1] == get(f"{root}index.html")[1]
    assert set(TYPES) <= {path.relative_to(html).as_posix() for path in html.rglob("*")}


@pytest.mark.parametrize("sphinx", SPHINXES)
@pytest.mark.parametrize("setuptools", ["setuptools-44-py2.7", "setuptools-41-py3.11"])
def test_what_sphinx_builds_and_setup_py_uploads_is_served(
    sphinx, setuptools, build, client, pypirc, project, server
):
    pypirc("username = ada", "password = secret")
    html = build(sphinx, "manual")
    setup_py = ("python", "setup.py", "upload_docs", "-r", "mypi", "--upload-dir", html)
    server.publish(*project.build(client("builder"), "sdist"))

    answer = client(setuptools).run(*setup_py, cwd=project.folder)

    assert "Server response (200): OK" in answer
    root = f"{server.url}/docs/{project.name}/"
    check(f"{root}latest/", html)
    assert get(root)[1] == get(f"{root}latest/index.html")[1]


def test_what_another_projects_sphinx_refers_to_is_found(build, client, project, server, tmp_path):
    html = build("sphinx", "manual")
    client("sphinx").run(
        *("python", "-m", "zipfile", "-c", tmp_path / "docs.zip", f"{html}/."), cwd=html
    )
    server.publish(*project.build(client("builder"), "sdist"))
    fields = {":action": "doc_upload", "name": project.name, "version": "1.0"}
    urllib.request.urlopen(_form(server.url, fields, (tmp_path / "docs.zip").read_bytes())).close()
    root = f"{server.url}/docs/{project.name}/1.0/"
    check(root, html)

    mapping = f"intersphinx_mapping = {{'demo': ({root!r}, None)}}\n"
    conf = CONF.format("'sphinx.ext.intersphinx'") + mapping
    other = build("sphinx", "other", "Other\n=====\n\nSee :ref:`herd`.\n", conf)

    assert f'href="{root}index.html#herd"' in (other / "index.html").read_text()


def _form(url, fields, content):
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{{}}"'
    text = "".join(f"{head.format(name)}\r\n\r\n{value}\r\n" for name, value in fields.items())
    text += f'{head.format("content")}; filename="docs.zip"\r\n\r\n'
    body = text.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}"
    return urllib.request.Request(f"{url}/", body, {"Content-Type": kind})
