"""Who may import whom, as docs/why/architecture says; the tree is parsed, nothing is imported."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = {
    "names",
    "errors",
    "settings",
    "filenames",
    "metadata",
    "permissions",
    "sizes",
    "staging",
    "archives",
    "logs",
}
WEB_SHARED = {
    "negotiate",
    "caching",
    "express",
    "watching",
    "doorways",
    "filedoors",
    "formerdoors",
    "resources",
    "errors",
    "redirects",
    "execution",
    "security",
    "cookies",
    "state",
    "readmes",
    "frame",
}

FORBIDDEN = {
    "rules": {"ZODB", "BTrees", "persistent", "transaction", "pyramid", "webob", "multipart"},
    "model": {"pyramid", "webob", "waitress", "multipart"},
    "services": {"pyramid", "webob", "waitress", "multipart", "pyramid_tm", "pyramid_zodbconn"},
    "server": {"ZODB", "BTrees", "persistent"},
}
OURS = {
    "rules": RULES,
    "model": RULES | {"model"},
    "services": RULES | {"model", "services"},
    "server": RULES | {"server"},
}


def modules() -> list[Path]:
    return sorted((ROOT / "mypi").rglob("*.py"))


def layer(path: Path) -> str:
    first = path.relative_to(ROOT / "mypi").parts[0].removesuffix(".py")
    return "rules" if first in RULES else first


def imported(path: Path) -> set[str]:
    """Dotted names that a module imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_module_imports_only_what_its_layer_may(path):
    here = layer(path)
    for name in imported(path):
        top, *rest = name.split(".")
        assert top not in FORBIDDEN.get(here, ()), f"{here} imports {name}"
        if top == "mypi" and here in OURS:
            assert rest[0] in OURS[here], f"{here} imports {name}"


def door(path: Path) -> str | None:
    """The door a module belongs to; None outside the doors."""
    parts = path.relative_to(ROOT / "mypi").parts
    if parts[0] != "web" or len(parts) < 2 or parts[1] == "__init__.py":
        return None
    name = parts[1].removesuffix(".py")
    return None if name in WEB_SHARED else name


@pytest.mark.parametrize("path", [p for p in modules() if door(p)], ids=lambda path: path.stem)
def test_no_door_imports_another_door(path):
    for name in imported(path):
        parts = name.split(".")
        if parts[:2] == ["mypi", "web"] and len(parts) > 2:
            assert parts[2] in WEB_SHARED | {door(path)}, f"{door(path)} imports {name}"


def test_no_module_has_grown_out_of_hand():
    sizes = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in modules()}
    assert {name: size for name, size in sizes.items() if size > 300} == {}
