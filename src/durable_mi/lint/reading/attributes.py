"""What an attribute of a value is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.lint.code.call import Call
from durable_mi.lint.code.functions import Class, Function, Instance, Namespace, Super
from durable_mi.lint.code.sdk import OPERATIONS
from durable_mi.lint.code.values import (
    NOTHING,
    Callback,
    Collection,
    Constant,
    Context,
    Library,
    Made,
    Method,
    Operation,
    StepContext,
    Text,
    Value,
    alternatives,
    join,
)
from durable_mi.lint.code.zone import ZoneKind
from durable_mi.lint.mistakes.steering import require_recorded
from durable_mi.lint.reading.state import see

if TYPE_CHECKING:
    import ast

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.reading.run import Run

__all__ = ["attribute", "member"]


def attribute(run: Run, base: Value, node: ast.Attribute, frame: Frame) -> Value:
    """Return an attribute that is read and not called here."""
    found = [member(run, each, node.attr, node, frame) for each in alternatives(base)]
    for each in found:
        if isinstance(each, Method) and isinstance(each.owner, Callback) and each.name == "result":
            run.unused_results[each] = frame, node
    return join(*found)


def member(run: Run, base: Value, name: str, node: ast.AST, frame: Frame) -> Value:  # noqa: C901, PLR0911 - one for each kind
    """Return the member of one value."""
    match base:
        case Library(path=path):
            return Library(f"{path}.{name}", taints=base.taints)
        case Made(path=path):
            return Library(f"{path}.{name}", base, taints=base.taints)
        case Context():
            return Operation(base, name) if name in OPERATIONS else Library(f"context.{name}")
        case StepContext():
            return Method(base, name)
        case Namespace(module=module):
            found = run.variable(module, name)
            if found is not None and frame.zone.kind is not ZoneKind.IMPORT:
                see(run, found, name, frame.zone)
                run.globals.read_attribute(base, name, found, frame, run)
            return NOTHING if found is None else found
        case Class():
            return _of_class(run, base, name, None, node, frame)
        case Instance(attributes=attributes) if name in attributes:
            if name in base.changes:
                run_lost(run, base, name, frame)
            see(run, attributes[name], name, frame.zone)
            run.globals.read_attribute(base, name, attributes[name], frame, run)
            return attributes[name]
        case Super(above=above, instance=instance):
            return _of_class(run, above, name, instance, node, frame)
        case Instance(of=of):
            return _of_class(run, of, name, base, node, frame)
        case Collection() | Constant() | Text() | Callback():
            return Method(base, name, taints=base.taints)
    return Value(taints=base.taints) if base.taints else NOTHING


def run_lost(run: Run, instance: Instance, name: str, frame: Frame) -> None:
    """Report an attribute that a step or a branch set, where something else reads it."""
    zone, module, node = instance.changes[name]
    if zone.body is frame.zone.body or zone.includes(frame.zone):
        return
    what = "a step" if zone.kind is ZoneKind.STEP else "a branch"
    run.report_at(
        "DMC105",
        module,
        node,
        f"the attribute {name} must not be set inside {what}: on replay the recorded result is used, {what} does not "
        "run "
        "again, and the change is lost; return the value and use the result",
    )


def _of_class(  # noqa: PLR0913, PLR0917 - what an attribute look-up needs
    run: Run, of: Class, name: str, instance: Instance | None, node: ast.AST, frame: Frame
) -> Value:
    found = of.find(name)
    if found is None:
        bases = [base for base in of.library_bases() if base != "?"]
        return Library(f"{bases[0]}.{name}") if bases else NOTHING
    run.globals.read_attribute(of, name, found, frame, run)
    results: list[Value] = []
    for each in alternatives(found):
        match each:
            case Function() if "property" in each.marks:
                results.append(run.call(each, Call(node, frame, (instance or NOTHING,))))
            case Function() if "staticmethod" in each.marks:
                results.append(each)
            case Function() if "classmethod" in each.marks:
                results.append(each.bind(of))
            case Function() if instance is not None:
                results.append(each.bind(instance))
            case _:
                if each.taints and frame.zone.kind is ZoneKind.STEP:
                    require_recorded(run, each.taints, frame, "a step uses it")
                results.append(each)
    return join(*results)
