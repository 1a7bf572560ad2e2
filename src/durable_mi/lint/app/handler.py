"""The handler that a template names: that its package has it, and that it is a durable function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.checks.check_error import CheckError
from durable_mi.lint.finding import Finding
from durable_mi.packaging import PackageModules, check_handler_in_package
from durable_mi.packaging.definition import Kind, definition_of
from durable_mi.preflight.rejection import CLOUDFORMATION_NAMES
from durable_mi.preflight.report import position_in

if TYPE_CHECKING:
    from pathlib import Path

    from durable_mi.lint.app.functions import FunctionCode

__all__ = ["handler_files", "handler_finding"]


def handler_files(code: FunctionCode) -> tuple[Path, ...]:
    """Return the file that a template names with a handler, and the one that defines it; none if the asset has none.

    Args:
        code: The function's code.
    """
    modules = _modules(code)
    module = modules.find(_module_name(code))
    if module is None:
        return ()
    definition = definition_of(modules, module, code.handler.rpartition(".")[2])
    return tuple(dict.fromkeys(code.directory / file for file in (module.file, definition.file) if file))


def handler_finding(code: FunctionCode) -> Finding | None:
    """Return why the handler of a function cannot run, at the handler or, without one, where the template names it.

    Args:
        code: The function's code.
    """
    modules = _modules(code)
    try:
        check_handler_in_package(code.handler, modules, code.python, durable=code.is_durable)
    except CheckError as error:
        message = error.render(CLOUDFORMATION_NAMES)
    else:
        return None
    module = modules.find(_module_name(code))
    if module is None:
        position = position_in(code.template, code.logical_id, ("Handler",))
        return Finding(code.template.file.absolute(), position.line, position.column, "DMC603", message)
    definition = definition_of(modules, module, code.handler.rpartition(".")[2])
    rule = "DMC604" if definition.kind is Kind.ASYNC else "DMC603"
    return Finding(code.directory / (definition.file or module.file), definition.line or 1, 1, rule, message)


def _modules(code: FunctionCode) -> PackageModules:
    return PackageModules(files={}, directories=(code.directory,), complete=code.is_complete)


def _module_name(code: FunctionCode) -> str:
    return code.handler.replace("/", ".").rpartition(".")[0]
