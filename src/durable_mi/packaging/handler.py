"""The handler of a package: that its module and function exist, and that it is a durable function."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import Option
from durable_mi.packaging.definition import Definition, Kind, definition_of

if TYPE_CHECKING:
    from durable_mi.packaging.modules import Module, PackageModules

__all__ = ["check_handler_in_package"]

_WRAP_IT: Final = "put @durable_execution of aws_durable_execution_sdk_python above it"
_SHOWN: Final = 5


def check_handler_in_package(handler: str, modules: PackageModules, python: str, *, durable: bool = True) -> None:
    """Check a handler against the package's syntax trees; nothing is imported.

    What the syntax does not show is not judged: a decorator of another package, a name that is bound in branches, a
    module that a layer can have.

    Args:
        handler: Module and function, ``module.function``; packages are separated by dots or slashes.
        modules: The package.
        python: The function's Python version, such as ``3.13``. A module that this interpreter cannot read is an error
            only if this interpreter is not older.
        durable: Whether the function must be wrapped in ``durable_execution``.

    Raises:
        CheckError: The module or the function does not exist, or is no function, is ``async``, or is not wrapped.
    """
    module_name, _, function = handler.replace("/", ".").rpartition(".")
    module = modules.find(module_name)
    if module is None:
        if not modules.may_have(module_name):
            raise _no_module(handler, module_name, function, modules)
        return
    _check_syntax(handler, module, python)
    definition = definition_of(modules, module, function)
    where = f"{definition.file} line {definition.line}"
    match definition.kind:
        case Kind.MISSING:
            raise _no_function(handler, module, modules)
        case Kind.VALUE | Kind.DECORATOR:
            raise CheckError(
                Option.HANDLER,
                requirement="must name a function",
                got=f"{handler!r}, which is none ({where})",
                fix="name the function that is wrapped in @durable_execution",
            )
        case Kind.ASYNC:
            raise CheckError(
                Option.HANDLER,
                requirement="must name a function that is not async",
                got=f"{handler!r}, an async def ({where})",
                fix="write def: the SDK runs handlers synchronously, and a step can call asyncio.run",
            )
        case Kind.PLAIN if durable:
            raise CheckError(
                Option.HANDLER,
                requirement="must name a function that is wrapped in @durable_execution",
                got=f"{handler!r}, which is not ({where})",
                fix=_WRAP_IT,
            )


def _check_syntax(handler: str, module: Module, python: str) -> None:
    if sys.version_info[:2] < tuple(int(part) for part in python.split(".")):
        return
    try:
        module.names()
    except SyntaxError as error:
        raise CheckError(
            Option.HANDLER,
            requirement="must name a module that Python can read",
            got=f"{handler!r}, and {module.file} line {error.lineno}: {error.msg}",
            fix="correct the syntax",
        ) from error
    except (RecursionError, OSError):
        return


def _no_module(handler: str, module_name: str, function: str, modules: PackageModules) -> CheckError:
    own = modules.top_modules()
    last = module_name.rpartition(".")[2]
    alike = [name for name in own if name.rpartition(".")[2] == last] or get_close_matches(module_name, own)
    defining = [name for name in alike or own if _is_durable(modules, name, function)]
    if defining:
        fix = f"write {' or '.join(repr(f'{name}.{function}') for name in defining[:_SHOWN])}"
    else:
        fix = f"the package has {', '.join((alike or own)[:_SHOWN]) or 'no module'}"
    return CheckError(
        Option.HANDLER,
        requirement="must name a module in the package",
        got=f"{handler!r} and no {module_name.replace('.', '/')}.py",
        fix=fix,
    )


def _no_function(handler: str, module: Module, modules: PackageModules) -> CheckError:
    names = modules.names(module)
    function = handler.rpartition(".")[2]
    bound = sorted(names.bound) if names else []
    durable = [name for name in bound if _is_durable(modules, module.name, name)]
    near = durable or get_close_matches(function, bound)
    fix = f"write {' or '.join(repr(f'{module.name}.{name}') for name in near[:_SHOWN])}" if near else _define(function)
    return CheckError(
        Option.HANDLER,
        requirement="must name a function of its module",
        got=f"{handler!r} and no {function} in {module.file}",
        fix=fix,
    )


def _define(function: str) -> str:
    return f"define {function} there, or name another function"


def _is_durable(modules: PackageModules, module_name: str, function: str) -> bool:
    module = modules.find(module_name)
    found = definition_of(modules, module, function) if module else Definition(Kind.UNKNOWN)
    return found.kind is Kind.DURABLE
