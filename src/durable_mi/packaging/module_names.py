"""What the names of a module are bound to, read from its syntax tree without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Binding", "ModuleNames"]

_DYNAMIC: Final = frozenset({"exec", "eval", "globals", "locals", "setattr", "vars", "__import__", "__getattr__"})
"""Names whose use can bind others where no syntax shows it."""

_SOMETHING: Final = ast.Pass()

Binding: TypeAlias = ast.stmt | ast.expr | ast.alias
"""A function or class definition, an assigned value, an imported name, or any other node that binds a name."""


@dataclass(slots=True)
class ModuleNames:
    """The bindings of a module's names.

    Attributes:
        bound: Each name with all that it is bound to, in order, branches included.
        imports: The statement of each imported name.
        stars: Its star imports.
        dynamic: Whether the module can have further names, or others, than its syntax shows.
    """

    bound: dict[str, list[Binding]] = field(default_factory=dict)
    imports: dict[ast.alias, ast.Import | ast.ImportFrom] = field(default_factory=dict)
    stars: list[ast.ImportFrom] = field(default_factory=list)
    dynamic: bool = False

    @classmethod
    def of(cls, tree: ast.Module) -> ModuleNames:
        """Read a module.

        Args:
            tree: Its syntax tree.
        """
        names = cls()
        names._read(tree.body)
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name) if name in _DYNAMIC:
                    names.dynamic = True
                case ast.Attribute(attr="modules" | "__dict__"):
                    names.dynamic = True
                case ast.Global(names=changed):
                    # another function binds it, at a time that nothing shows
                    for name in changed:
                        names._bind(name, node)
                case ast.NamedExpr(target=ast.Name(id=name)):
                    names._bind(name, node)
        return names

    def _bind(self, name: str, node: Binding) -> None:
        self.bound.setdefault(name, []).append(node)
        self.dynamic |= name in _DYNAMIC

    def _read(self, body: list[ast.stmt]) -> None:
        for statement in body:
            match statement:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    self._bind(name, statement)
                case ast.Import() | ast.ImportFrom():
                    self._read_import(statement)
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        self._read_target(target, value)
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    self._read_target(target, value)
                case ast.AnnAssign():
                    pass  # a type without a value binds nothing
                case _:
                    self._read_other(statement)

    def _read_import(self, statement: ast.Import | ast.ImportFrom) -> None:
        for alias in statement.names:
            if alias.name == "*" and isinstance(statement, ast.ImportFrom):
                self.stars.append(statement)
                continue
            self.imports[alias] = statement
            self._bind(alias.asname or alias.name.split(".")[0], alias)

    def _read_target(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, value)
        else:
            self._read_other(target)

    def _read_other(self, node: ast.AST) -> None:
        """Read the blocks of a statement, and bind what is stored or deleted beside them to nothing that is known."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self._read([child])
            elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
                if isinstance(child, ast.ExceptHandler) and child.name:
                    self._bind(child.name, _SOMETHING)
                self._read_other(child)
            else:
                for name in _stored(child):
                    self._bind(name, _SOMETHING)


def _stored(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name
