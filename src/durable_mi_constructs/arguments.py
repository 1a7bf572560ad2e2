"""Checks that arguments are of the right kind, before the callable that takes them runs.

CDK's own checks report an object of a wrong kind late, from inside of CDK or not at all. :func:`takes` is a table with
the kind of each argument. A check costs microseconds, as it asks Python's classes and never CDK.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache, wraps
from itertools import chain
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from jsii import JSIIMeta

from durable_mi.checks import choice
from durable_mi.checks.check_error import CheckError
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Kind", "Kinds", "is_instance", "shown", "takes", "takes_fields"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_T = TypeVar("_T")


class Kinds(Protocol):
    """What an argument may be: a :class:`Kind`, or a collection of one."""

    def check(self, name: str, value: Any) -> None:  # noqa: ANN401 - anything can be passed
        """Check a value.

        Args:
            name: The argument's name.
            value: What was passed.

        Raises:
            CheckError: The value is of another kind.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """The kind of one object.

    Attributes:
        wanted: What it is, to be read after "must be".
        accepts: Whether a value is of the kind.
        fix: What to pass.
    """

    wanted: str
    accepts: Callable[[Any], bool]
    fix: str

    def check(self, name: str, value: Any) -> None:  # noqa: ANN401 - anything can be passed
        """Check a value, as :class:`Kinds` does.

        Args:
            name: The argument's name.
            value: What was passed.

        Raises:
            CheckError: The value is of another kind.
        """
        if not self.accepts(value):
            raise CheckError(name, requirement=f"must be {self.wanted}", got=shown(value), fix=self.fix)

    def check_each(self, name: str, value: Any, place: str = "") -> None:  # noqa: ANN401 - anything can be passed
        """Check an entry of a collection.

        Args:
            name: The argument's name.
            value: The entry.
            place: Which entry it is. Defaults to none.

        Raises:
            CheckError: The entry is of another kind.
        """
        if not self.accepts(value):
            raise CheckError(
                name,
                subject=("each of ", name),
                requirement=f"must be {self.wanted}",
                got=f"{shown(value)}{place}",
                fix=self.fix,
            )


def takes(**kinds: Kinds) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Check the arguments of a function, in the order in which they are passed.

    ``None`` is accepted where the annotation has it. Arguments that are left out are not checked.

    Args:
        kinds: The kind of each argument, by its name.
    """

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        parameters = inspect.signature(function).parameters
        names = tuple(parameters)
        # Those that are not in the signature come with **options, each of which is optional.
        optional = {
            name for name in kinds if name not in parameters or str(parameters[name].annotation).endswith("None")
        }

        @wraps(function)
        def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            for name, value in chain(zip(names, args, strict=False), kwargs.items()):
                if name in kinds and not (value is None and name in optional):
                    kinds[name].check(name, value)
            return function(*args, **kwargs)

        return checked

    return decorate


def takes_fields(**kinds: Kinds) -> Callable[[type[_T]], type[_T]]:
    """Check the fields of a dataclass, as :func:`takes` checks arguments.

    Args:
        kinds: The kind of each field, by its name.
    """

    def decorate(cls: type[_T]) -> type[_T]:
        type.__setattr__(cls, "__init__", takes(**kinds)(cls.__init__))
        return cls

    return decorate


def is_instance(value: object, *kinds: type) -> bool:
    """Return whether a value is an object of one of the classes, or implements one of the interfaces of CDK.

    Args:
        value: Anything.
        kinds: Classes and interfaces.
    """
    return any(_class_is((cls, kind)) for cls in choice.classes_of(value) for kind in kinds)


def shown(value: object) -> str:
    """Return a value in one line, as :func:`durable_mi.checks.choice.shown` does, and a token as one.

    Args:
        value: Anything.
    """
    if isinstance(value, (str, float)) and is_unresolved(value):
        return "a token"
    return choice.shown(value)


@cache
def _class_is(pair: tuple[type, type]) -> bool:
    cls, wanted = pair
    if wanted in cls.__mro__:
        return True
    # Only interfaces are looked for by their type of jsii: a subclass of a class of CDK has its parent's.
    jsii_type = None if isinstance(wanted, JSIIMeta) else vars(wanted).get("__jsii_type__")
    if jsii_type is None:
        return False
    declared = chain.from_iterable(
        (base, *chain.from_iterable(interface.__mro__ for interface in vars(base).get("__jsii_ifaces__", ())))
        for base in cls.__mro__
    )
    return any(vars(base).get("__jsii_type__") == jsii_type for base in declared)
