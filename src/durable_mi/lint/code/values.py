"""What a name or an expression can be, as far as the syntax shows it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.taints import NONE

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Mapping

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.code.module import Module
    from durable_mi.lint.code.taints import Taints
    from durable_mi.lint.code.zone import Zone

__all__ = [
    "MOST_ELEMENTS",
    "NOTHING",
    "Awaitable",
    "Callback",
    "Class",
    "Collection",
    "Constant",
    "Context",
    "DurableCall",
    "Either",
    "Function",
    "Instance",
    "Kind",
    "Library",
    "Made",
    "Method",
    "Namespace",
    "Operation",
    "Partial",
    "StepContext",
    "Text",
    "Value",
    "alternatives",
    "deep_taints",
    "join",
    "taints_of",
]

_MOST_ALTERNATIVES: Final = 6
MOST_ELEMENTS: Final = 200
"""More elements of a collection say nothing new."""


@dataclass(frozen=True, eq=False, slots=True)
class Value:
    """Anything; by itself, something that is not known."""

    taints: Taints = field(default=NONE, kw_only=True)

    def with_taints(self, taints: Taints) -> Value:
        """Return the same value that can differ for further reasons."""
        return self if taints <= self.taints else replace(self, taints=self.taints | taints)


NOTHING: Final = Value()
"""What is not known."""


@dataclass(frozen=True, eq=False, slots=True)
class Constant(Value):
    """A literal."""

    value: object


@dataclass(frozen=True, eq=False, slots=True)
class Text(Value):
    """A text of which only parts are known.

    Attributes:
        parts: The literal parts; ``None`` for what is put between them.
    """

    parts: tuple[str | None, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Library(Value):
    """A name of a library or of Python itself: ``uuid.uuid4``, or ``boto3.client().put_item`` of what a call made.

    Attributes:
        path: Its dotted path.
        owner: What a call made, if it is a member of that.
    """

    path: str
    owner: Made | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Made(Value):
    """What a call of a library made.

    Attributes:
        path: The path of the called name and ``()``.
        arguments: Its positional arguments.
        keywords: Its keyword arguments.
        complete: Whether these are all: no ``*`` and no ``**``.
    """

    path: str
    arguments: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict)
    complete: bool = True


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


@dataclass(frozen=True, eq=False, slots=True)
class Namespace(Value):
    """A module of the project."""

    module: Module


@dataclass(frozen=True, eq=False, slots=True)
class Context(Value):
    """A ``DurableContext``; each branch has its own."""

    name: str


@dataclass(frozen=True, eq=False, slots=True)
class Operation(Value):
    """An operation of a context that is not called yet, such as ``context.step``."""

    context: Context
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class Method(Value):
    """A method of a collection, a text or a callback that is not called yet."""

    owner: Value
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class StepContext(Value):
    """What a step gets: it has a logger, and no operations."""


@dataclass(frozen=True, eq=False, slots=True)
class Callback(Value):
    """What ``create_callback`` returned."""


@dataclass(frozen=True, eq=False, slots=True)
class Collection(Value):
    """A list, tuple, set or mapping.

    Attributes:
        type: ``list``, ``tuple``, ``set`` or ``dict``.
        elements: What is in it; of a mapping, its values. It grows.
        items: The values of a mapping by constant keys, or of a list by positions, as long as that is certain.
        born: The zone that it was made in.
        changes: Where other zones than its own changed it: each zone, module and node.
    """

    type: str
    elements: list[Value]
    items: dict[object, Value]
    born: Zone
    changes: list[tuple[Zone, Module, ast.AST]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Leave out what says nothing new: code that doubles a list many times has no end otherwise."""
        del self.elements[MOST_ELEMENTS:]

    def grow(self, taints: Taints) -> None:
        """Note that how much is in it can differ, everywhere that the collection is known."""
        object.__setattr__(self, "taints", self.taints | taints)


@dataclass(frozen=True, eq=False, slots=True)
class Either(Value):
    """One of several values, depending on the way that the code took."""

    values: tuple[Value, ...]

    def with_taints(self, taints: Taints) -> Value:
        """Return the same values, each of which can differ for further reasons."""
        if taints <= self.taints:
            return self
        return Either(tuple(each.with_taints(taints) for each in self.values), taints=self.taints | taints)


def alternatives(value: Value) -> tuple[Value, ...]:
    """Return what a value can be."""
    return value.values if isinstance(value, Either) else (value,)


def join(*values: Value) -> Value:
    """Return a value that is one of several."""
    found: list[Value] = []
    for value in values:
        for each in alternatives(value):
            if all(each is not other for other in found):
                found.append(each)
    if len(found) > _MOST_ALTERNATIVES:
        return Value(taints=taints_of(found))
    if len(found) == 1:
        return found[0]
    return Either(tuple(found), taints=taints_of(found)) if found else NOTHING


def deep_taints(value: Value, depth: int = 4) -> Taints:
    """Return why a value, or what is in it, can differ."""
    found = value.taints
    if depth:
        inner: Iterable[Value] = ()
        match value:
            case Collection(elements=elements):
                inner = elements
            case Instance(attributes=attributes):
                inner = attributes.values()
            case Either(values=values):
                inner = values
            case Made(arguments=arguments, keywords=keywords):
                inner = (*arguments, *keywords.values())
        for each in inner:
            found |= deep_taints(each, depth - 1)
    return found


def taints_of(values: Iterable[Value]) -> Taints:
    """Return why any of several values can differ."""
    found = NONE
    for value in values:
        if value.taints:
            found |= value.taints
    return found
