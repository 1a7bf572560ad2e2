"""What a name or an expression can be, as far as the syntax shows it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.taints import NONE

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Mapping

    from durable_mi.lint.code.module import Module
    from durable_mi.lint.code.taints import Taints
    from durable_mi.lint.code.zone import Zone

__all__ = [
    "MOST_ELEMENTS",
    "NOTHING",
    "Callback",
    "Collection",
    "Constant",
    "Context",
    "Either",
    "Library",
    "Made",
    "Method",
    "Operation",
    "StepContext",
    "Text",
    "Unread",
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

    @property
    def inner(self) -> Iterable[Value]:
        """What is in it."""
        return ()

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

    @property
    def inner(self) -> Iterable[Value]:
        """Its arguments."""
        return (*self.arguments, *self.keywords.values())


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

    @property
    def inner(self) -> Iterable[Value]:
        """Its elements."""
        return self.elements

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

    @property
    def inner(self) -> Iterable[Value]:
        """The alternatives."""
        return self.values

    def with_taints(self, taints: Taints) -> Value:
        """Return the same values, each of which can differ for further reasons."""
        if taints <= self.taints:
            return self
        return Either(tuple(each.with_taints(taints) for each in self.values), taints=self.taints | taints)


@dataclass(frozen=True, eq=False, slots=True)
class Unread(Value):
    """What a module imports, until something uses it: most of what modules import no workflow reaches.

    Attributes:
        read: Reads it.
    """

    read: Callable[[], Value]
    _found: list[Value] = field(default_factory=list)

    def value(self) -> Value:
        """Return what it is."""
        if not self._found:
            # Modules that import each other see what is there so far.
            self._found.append(NOTHING)
            self._found[0] = self.read()
        return self._found[0]

    def with_taints(self, taints: Taints) -> Value:
        """Return what it is, which can differ for further reasons."""
        return self.value().with_taints(taints)


def alternatives(value: Value) -> tuple[Value, ...]:
    """Return what a value can be."""
    if isinstance(value, Unread):
        value = value.value()
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
        for each in value.inner:
            found |= deep_taints(each, depth - 1)
    return found


def taints_of(values: Iterable[Value]) -> Taints:
    """Return why any of several values can differ."""
    found = NONE
    for value in values:
        if value.taints:
            found |= value.taints
    return found
