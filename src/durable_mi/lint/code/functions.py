"""Functions, classes, their objects and modules of the project, as values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from durable_mi.lint.code.values import Library, Value, alternatives

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Mapping

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.code.module import Module
    from durable_mi.lint.code.zone import Zone

__all__ = [
    "Awaitable",
    "Class",
    "DurableCall",
    "Function",
    "Instance",
    "Kind",
    "Namespace",
    "Partial",
    "Super",
]


class Kind(Enum):
    """What a decorator of the SDK makes of a function."""

    PLAIN = auto()
    HANDLER = auto()
    STEP = auto()
    CHILD = auto()
    BRANCH = auto()
    SUBMITTER = auto()


@dataclass(frozen=True, eq=False, slots=True)
class Function(Value):
    """A function or lambda of the project.

    Attributes:
        node: Its definition.
        module: Its module.
        frame: The frame that it was defined in.
        defaults: The values of its default arguments, by name.
        kind: What the SDK's decorators make of it.
        bound: The instance of a method.
        decorated: Whether something unknown wraps it.
        marks: Names of Python's own decorators on it, such as ``staticmethod``.
        loop: The loop that it was made in and uses variables of; ``None`` if it uses none.
        late: These variables.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: Module
    frame: Frame
    defaults: Mapping[str, Value]
    kind: Kind = Kind.PLAIN
    bound: Value | None = None
    decorated: bool = False
    marks: frozenset[str] = frozenset()
    loop: ast.AST | None = None
    late: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name."""
        return getattr(self.node, "name", "lambda")

    def bind(self, to: Value) -> Function:
        """Return the method of an instance or a class."""
        return replace(self, bound=to)


@dataclass(frozen=True, eq=False, slots=True)
class Partial(Value):
    """A function with its first arguments, as ``functools.partial`` makes it."""

    function: Value
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]


@dataclass(frozen=True, eq=False, slots=True)
class DurableCall(Value):
    """What a call of a ``@durable_step`` and the like returns: what the SDK runs later.

    Attributes:
        function: The decorated function.
        arguments: Its positional arguments after those that the SDK passes.
        keywords: Its keyword arguments.
        node: The call.
        module: Where the call is.
    """

    function: Function
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]
    node: ast.AST
    module: Module


@dataclass(frozen=True, eq=False, slots=True)
class Awaitable(Value):
    """What a call of an ``async def`` returns."""

    function: Function
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]


@dataclass(frozen=True, eq=False, slots=True)
class Class(Value):
    """A class of the project.

    Attributes:
        node: Its definition.
        module: Its module.
        bases: Its bases.
        attributes: Its methods and attributes.
    """

    node: ast.ClassDef
    module: Module
    bases: tuple[Value, ...]
    attributes: dict[str, Value]

    def find(self, name: str) -> Value | None:
        """Return an attribute of the class or of its bases, the nearest one."""
        if name in self.attributes:
            return self.attributes[name]
        for base in self.bases:
            if isinstance(base, Class) and (found := base.find(name)) is not None:
                return found
        return None

    def library_bases(self) -> Iterable[str]:
        """Yield the paths of all bases that are not of the project, and ``?`` for one that is not known."""
        for base in self.bases:
            for each in alternatives(base):
                match each:
                    case Class():
                        yield from each.library_bases()
                    case Library(path=path):
                        yield path
                    case _:
                        yield "?"


@dataclass(frozen=True, eq=False, slots=True)
class Instance(Value):
    """An object of a class of the project.

    Attributes:
        of: Its class.
        attributes: The attributes that were set.
        born: The zone that it was made in.
        changes: The attributes that other zones set: by name, the zone, module and node.
    """

    of: Class
    attributes: dict[str, Value]
    born: Zone
    changes: dict[str, tuple[Zone, Module, ast.AST]] = field(default_factory=dict)

    @property
    def inner(self) -> Iterable[Value]:
        """Its attributes."""
        return self.attributes.values()


@dataclass(frozen=True, eq=False, slots=True)
class Super(Value):
    """An object as the bases of a class see it: ``super()`` in a method.

    Attributes:
        above: The class, without what it defines itself.
        instance: The object.
    """

    above: Class
    instance: Instance


@dataclass(frozen=True, eq=False, slots=True)
class Namespace(Value):
    """A module of the project."""

    module: Module
