"""What a name of a package is: a durable handler, a plain function, or something that the syntax does not show.

Nothing is imported. Whatever cannot be followed with certainty is :attr:`Kind.UNKNOWN`, since an error about code that
works costs more than one that is missed.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.packaging.module_names import Binding
    from durable_mi.packaging.modules import Module, PackageModules

__all__ = ["SDK_MODULE", "Definition", "Kind", "definition_of"]

SDK_MODULE: Final = "aws_durable_execution_sdk_python"
"""The import package of the durable execution SDK."""

_DECORATOR_NAME: Final = "durable_execution"


class Kind(Enum):
    """What a name is bound to."""

    DURABLE = auto()
    """A function that is wrapped in ``durable_execution``."""
    DECORATOR = auto()
    """``durable_execution`` itself, or with its options."""
    PLAIN = auto()
    """A function that is not wrapped, and passes its context to none that can be."""
    ASYNC = auto()
    """A coroutine function, wrapped in nothing but ``durable_execution``."""
    VALUE = auto()
    """A constant, list or mapping."""
    MISSING = auto()
    """Nothing."""
    UNKNOWN = auto()
    """Not certain."""


_WRONG: Final = frozenset({Kind.PLAIN, Kind.ASYNC, Kind.VALUE})

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Definition:
    """What a name is, and where.

    Attributes:
        kind: What it is.
        file: The path in the package of the file that defines it, if that is certain.
        line: The line there.
    """

    kind: Kind
    file: str = ""
    line: int = 0


_UNKNOWN: Final = Definition(Kind.UNKNOWN)


def definition_of(modules: PackageModules, module: Module, name: str) -> Definition:
    """Follow a name of a module to its definition.

    Args:
        modules: The package.
        module: The module.
        name: The name in it.
    """
    return _Follower(modules, frozenset()).name(module, name)


@dataclass(frozen=True, slots=True)
class _Follower:
    """Follows names through the package; ``seen`` are those on the way, which end a circle."""

    modules: PackageModules
    seen: frozenset[tuple[str, str]]

    def name(self, module: Module, name: str) -> Definition:
        key = (module.name, name)
        names = self.modules.names(module)
        if names is None or key in self.seen:
            return _UNKNOWN
        inner = _Follower(self.modules, self.seen | {key})
        bindings = names.bound.get(name, [])
        if not bindings:
            found = inner._star(module, names.stars, name)
            return _UNKNOWN if found.kind is Kind.MISSING and names.dynamic else found
        all_of_them = [inner.binding(module, binding) for binding in bindings]
        kinds = {definition.kind for definition in all_of_them}
        if (len(kinds) > 1 and not kinds <= _WRONG) or (names.dynamic and kinds <= _WRONG):
            return _UNKNOWN
        return all_of_them[-1]

    def binding(self, module: Module, binding: Binding) -> Definition:
        match binding:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self._function(module, binding)
            case ast.alias():
                return self._imported(module, binding)
            case ast.expr():
                return self.value(module, binding)
        return _UNKNOWN

    def value(self, module: Module, value: ast.expr) -> Definition:
        match value:
            case ast.Constant() | ast.JoinedStr() | ast.List() | ast.Tuple() | ast.Dict() | ast.Set():
                return Definition(Kind.VALUE, module.file, value.lineno)
            case ast.Lambda() if not self._delegates(module, value.args, [value.body]):
                return Definition(Kind.PLAIN, module.file, value.lineno)
            case ast.Name(id=name):
                return self.name(module, name)
            case ast.Attribute():
                return self._attribute(module, value)
            case ast.Call(func=function, args=arguments) if self.value(module, function).kind is Kind.DECORATOR:
                return self._wrapped(module, value, arguments)
        return _UNKNOWN

    def _wrapped(self, module: Module, call: ast.Call, arguments: list[ast.expr]) -> Definition:
        """Judge a call of ``durable_execution``: with a function, or with its options only."""
        unpacked = any(isinstance(argument, ast.Starred) for argument in arguments)
        if unpacked or any(keyword.arg is None for keyword in call.keywords):
            return _UNKNOWN
        wrapped = [*arguments, *(keyword.value for keyword in call.keywords if keyword.arg == "func")]
        if not wrapped:
            return Definition(Kind.DECORATOR, module.file, call.lineno)
        inner = self.value(module, wrapped[0])
        return inner if inner.kind is Kind.ASYNC else Definition(Kind.DURABLE, module.file, call.lineno)

    def _function(self, module: Module, function: _Function) -> Definition:
        decorators = [self.value(module, decorator).kind for decorator in function.decorator_list]
        durable = [kind is Kind.DECORATOR for kind in decorators]
        is_async = isinstance(function, ast.AsyncFunctionDef)
        if is_async and all(durable):
            kind = Kind.ASYNC
        elif not is_async and any(durable):
            kind = Kind.DURABLE
        elif not decorators and not self._delegates(module, function.args, function.body):
            kind = Kind.PLAIN
        else:
            return _UNKNOWN
        return Definition(kind, module.file, function.lineno)

    def _imported(self, module: Module, alias: ast.alias) -> Definition:
        names = self.modules.names(module)
        statement = names.imports[alias] if names else None
        if not isinstance(statement, ast.ImportFrom):
            return _UNKNOWN
        return self._dotted(f"{_absolute(module, statement)}.{alias.name}")

    def _attribute(self, module: Module, value: ast.Attribute) -> Definition:
        parts: list[str] = []
        node: ast.expr = value
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        names = self.modules.names(module)
        bindings = names.bound.get(node.id, []) if names and isinstance(node, ast.Name) else []
        if names is None or not bindings or not all(isinstance(binding, ast.alias) for binding in bindings):
            return _UNKNOWN
        roots = {
            _root(module, binding, names.imports[binding]) for binding in bindings if isinstance(binding, ast.alias)
        }
        return self._dotted(".".join([roots.pop(), *parts])) if len(roots) == 1 else _UNKNOWN

    def _dotted(self, dotted: str) -> Definition:
        """Follow ``package.module.name``."""
        module_name, _, name = dotted.rpartition(".")
        if module_name == SDK_MODULE or module_name.startswith(f"{SDK_MODULE}."):
            return Definition(Kind.DECORATOR) if name == _DECORATOR_NAME else _UNKNOWN
        module = self.modules.find(module_name)
        found = self.name(module, name) if module else _UNKNOWN
        return _UNKNOWN if found.kind is Kind.MISSING else found  # it can be a module below

    def _star(self, module: Module, stars: list[ast.ImportFrom], name: str) -> Definition:
        for star in reversed(stars):
            source = _absolute(module, star)
            if source == SDK_MODULE and name == _DECORATOR_NAME:
                return Definition(Kind.DECORATOR)
            found = self.modules.find(source)
            definition = self.name(found, name) if found else _UNKNOWN
            if definition.kind is not Kind.MISSING:
                return definition
        return Definition(Kind.MISSING, module.file)

    def _delegates(self, module: Module, arguments: ast.arguments, body: list[ast.stmt] | list[ast.expr]) -> bool:
        """Return whether a function can hand its execution to one that is wrapped."""
        positional = [*arguments.posonlyargs, *arguments.args]
        context = {each.arg for each in (*positional[1:], *arguments.kwonlyargs)}
        context |= {each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None}
        return any(self._hands_over(module, node, context) for node in body)

    def _hands_over(self, module: Module, node: ast.AST, context: set[str]) -> bool:
        match node:
            case ast.Attribute(value=ast.Name(id=name)) if name in context:
                return False
            case ast.Name(id=name, ctx=ast.Load()):
                return name in context or self.name(module, name).kind in (Kind.DURABLE, Kind.DECORATOR)
            case ast.Attribute() if self._attribute(module, node).kind in (Kind.DURABLE, Kind.DECORATOR):
                return True
            case ast.Call(func=function) if self.value(module, function).kind is Kind.PLAIN:
                rest = [argument for argument in _arguments(node) if not _is_name(argument, context)]
                return any(self._hands_over(module, argument, context) for argument in rest)
        return any(self._hands_over(module, child, context) for child in ast.iter_child_nodes(node))


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _is_name(node: ast.expr, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _absolute(module: Module, statement: ast.ImportFrom) -> str:
    if not statement.level:
        return statement.module or ""
    parts = module.parent.split(".") if module.parent else []
    base = parts[: len(parts) - (statement.level - 1)]
    return ".".join([*base, *([statement.module] if statement.module else [])])


def _root(module: Module, alias: ast.alias, statement: ast.Import | ast.ImportFrom) -> str:
    """Return the dotted name of what an import binds."""
    if isinstance(statement, ast.ImportFrom):
        return f"{_absolute(module, statement)}.{alias.name}"
    return alias.name if alias.asname else alias.name.split(".")[0]
