"""The house read from its source: every module, and every name it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCES = ("worker", "tools", "offline", "frontend", "worker.py")


@dataclass(frozen=True, slots=True)
class Import:
    """One name in an import statement."""

    name: str
    runs: bool
    """Whether it is for more than the type checker."""


@dataclass(frozen=True, slots=True)
class Module:
    """One module: its dotted name and its source, as a tree."""

    name: str
    tree: ast.Module
    is_package: bool

    def imports(self) -> Iterator[Import]:
        """Everything it imports, at the top or later, `from a import b` as `a` and `a.b`."""
        for_types = {
            id(inner)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
            for branch in node.body
            for inner in ast.walk(branch)
        }
        for node in ast.walk(self.tree):
            yield from (Import(name, id(node) not in for_types) for name in self._names(node))

    def _names(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = self._origin(node)
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in node.names)

    def _origin(self, node: ast.ImportFrom) -> str:
        parts = self.name.split(".")[: None if self.is_package else -1]
        above = parts[: len(parts) - node.level + 1] if node.level else []
        return ".".join([*above, *filter(None, [node.module])])


def modules(root: Path) -> list[Module]:
    paths = [path for source in SOURCES for path in _files(root / source)]
    return [_module(root, path) for path in sorted(paths)]


def _files(source: Path) -> Iterator[Path]:
    found = source.rglob("*.py") if source.is_dir() else iter([source] * source.is_file())
    return (path for path in found if not {"node_modules", ".node"} & set(path.parts))


def _module(root: Path, path: Path) -> Module:
    parts = path.relative_to(root).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    # The script beside the package of the same name is a module of its own.
    name = "worker.py" if path == root / "worker.py" else name
    return Module(name, ast.parse(path.read_text(encoding="utf-8")), is_package)
