"""The public names that Python source defines."""

import ast
import re
from collections.abc import Iterable, Iterator

_NO_PART = frozenset(
    "tests test testing docs doc examples example benchmarks bench tools scripts setup.py"
    " conftest.py noxfile.py tasks.py".split()
)
_MODULE = re.compile(r"(?:[A-Za-z]\w*/)*(?:__init__|[A-Za-z]\w*)\.py", re.ASCII)


def module_of(name: str) -> str:
    """The dotted name of the public module that a member is; else nothing."""
    path = name.removeprefix("src/")
    if not _MODULE.fullmatch(path) or not _NO_PART.isdisjoint(path.split("/")):
        return ""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def names_in(source: str, module: str, *, is_package: bool) -> set[str]:
    """The names that a module defines for others; raises what ast.parse raises."""
    found = _defined(_flat(ast.parse(source).body), is_package)
    return {f"{module}.{name}" for name in found}


def _flat(nodes: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements, with those that only some machines run."""
    for node in nodes:
        if isinstance(node, ast.If | ast.Try):
            inner = [*node.body, *node.orelse]
            for handler in getattr(node, "handlers", ()):
                inner += handler.body
            yield from (it for it in inner if not isinstance(it, ast.If | ast.Try))
        else:
            yield node


def _defined(nodes: Iterable[ast.stmt], is_package: bool) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= _of_class(node)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.ImportFrom) and is_package and node.level:
            found |= {alias.asname or alias.name for alias in node.names}
    return {name for name in found if not name.startswith("_") and name != "*"}


def _of_class(node: ast.ClassDef) -> set[str]:
    if node.name.startswith("_"):
        return set()
    methods = [
        it.name for it in node.body if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {node.name, *(f"{node.name}.{name}" for name in methods if not name.startswith("_"))}
