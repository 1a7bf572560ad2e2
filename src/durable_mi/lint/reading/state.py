"""Variables and what they hold: who sets them, who changes them, and who sees that later."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from durable_mi.lint.code.functions import Class, Instance
from durable_mi.lint.code.taints import NONE, Taint, TaintKind
from durable_mi.lint.code.values import (
    NOTHING,
    Collection,
    Constant,
    Value,
    alternatives,
    deep_taints,
    join,
)
from durable_mi.lint.code.zone import ZoneKind
from durable_mi.lint.mistakes.steering import require_recorded

if TYPE_CHECKING:
    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.code.module import Module
    from durable_mi.lint.code.taints import Taints
    from durable_mi.lint.code.zone import Zone
    from durable_mi.lint.reading.run import Run

__all__ = [
    "assign",
    "change",
    "element_of",
    "peek",
    "read_variable",
    "see",
    "store",
    "truth",
    "unordered",
    "without_order",
]


def read_variable(run: Run, node: ast.Name, frame: Frame, owner: Frame, value: Value) -> None:
    """Look at a variable that is read, for what another body changed or what differs each time."""
    zone = frame.zone
    if zone.kind is ZoneKind.IMPORT:
        return
    if node.id in owner.changes and owner.zone.kind is not ZoneKind.IMPORT:
        _lost(run, node.id, zone, owner.changes[node.id])
    if owner.parent is None:
        run.globals.read(node.id, frame, run)
    elif owner.zone is not zone and zone.kind is ZoneKind.STEP and (taints := deep_taints(value)):
        require_recorded(run, taints, frame, "a step uses it")
    see(run, value, node.id, zone)


def see(run: Run, value: Value, name: str, zone: Zone) -> None:
    """Report what was changed in a body that is not repeated on replay, where something else reads it."""
    for each in alternatives(value):
        if isinstance(each, Collection) and each.changes and each.born.kind is not ZoneKind.IMPORT:
            for change_ in each.changes:
                _lost(run, name, zone, change_)


def _lost(run: Run, name: str, zone: Zone, changed: tuple[Zone, Module, ast.AST]) -> None:
    by, module, node = changed
    if by.body is zone.body or by.includes(zone):
        return
    what = "a step" if by.kind is ZoneKind.STEP else "a branch"
    run.report_at(
        "DMC105",
        module,
        node,
        f"{name} must not be changed inside {what}: on replay the recorded result is used, {what} does not run again, "
        "and "
        f"the change is lost; return the value and use the result",
    )


def peek(run: Run, node: ast.AST, frame: Frame) -> Value:
    """Evaluate what is about to be changed, which is not a use of it."""
    if isinstance(node, ast.Name):
        found = frame.find(node.id)
        return NOTHING if found is None else found[0]
    return run.evaluate(node, frame)


def change(run: Run, target: ast.AST, value: Value, frame: Frame, node: ast.AST) -> None:
    """Note that the content of a value is changed.

    Args:
        run: The run.
        target: The expression that is changed.
        value: What it is.
        frame: Where.
        node: The statement or call that changes it.
    """
    if isinstance(target, ast.Name) and (found := frame.find(target.id)) and found[1].parent is None:
        run.globals.write(target.id, frame, node, run)
    elif isinstance(target, ast.Attribute):
        for owner in alternatives(peek(run, target.value, frame)):
            run.globals.write_attribute(owner, target.attr, frame, node, run)
    zone = frame.zone
    for each in alternatives(value):
        if isinstance(each, Collection) and _is_other(zone, each.born):
            each.changes.append((zone, frame.module, node))


def _is_other(zone: Zone, born: Zone) -> bool:
    """Return whether a zone is a body that is not repeated with the one that made a value."""
    return (
        zone is not born
        and born.kind is not ZoneKind.IMPORT
        and zone.kind is not ZoneKind.IMPORT
        and born.includes(zone)
    )


def assign(run: Run, target: ast.AST, value: Value, frame: Frame, node: ast.AST) -> None:
    """Bind a target of an assignment, a loop or a ``with``."""
    match target:
        case ast.Name(id=name):
            owner = frame.owner(name)
            if owner.parent is None and frame is not owner:
                run.globals.write(name, frame, node, run)
            elif owner is not frame and _is_other(frame.zone, owner.zone):
                owner.changes[name] = (frame.zone, frame.module, node)
            else:
                owner.changes.pop(name, None)
            owner.variables[name] = value
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for index, element in enumerate(elements):
                assign(run, element, _part(value, index), frame, node)
        case ast.Starred(value=inner):
            assign(run, inner, NOTHING, frame, node)
        case ast.Attribute() | ast.Subscript():
            store(run, target, value, frame, node)


def store(run: Run, target: ast.Attribute | ast.Subscript, value: Value, frame: Frame, node: ast.AST) -> None:
    """Set an attribute or an item."""
    base = peek(run, target.value, frame)
    if isinstance(target, ast.Subscript):
        key = run.evaluate(target.slice, frame)
        change(run, target.value, base, frame, node)
        for each in alternatives(base):
            if isinstance(each, Collection):
                each.elements.append(value)
                each.grow(run.decided)
                if isinstance(key, Constant) and isinstance(key.value, (str, int)):
                    each.items[key.value] = value
        return
    for each in alternatives(base):
        run.globals.write_attribute(each, target.attr, frame, node, run)
        if isinstance(each, Class) and frame.zone.kind is not ZoneKind.IMPORT:
            each.attributes[target.attr] = value
        if isinstance(each, Instance):
            each.attributes[target.attr] = value
            if _is_other(frame.zone, each.born):
                each.changes[target.attr] = (frame.zone, frame.module, node)
            else:
                each.changes.pop(target.attr, None)


def _part(value: Value, index: int) -> Value:
    found = []
    for each in alternatives(value):
        match each:
            case Collection(items=items) if index in items:
                found.append(items[index])
            case Collection(elements=elements):
                found.append(join(*elements).with_taints(each.taints) if elements else NOTHING)
            case _:
                found.append(Value(taints=each.taints) if each.taints else NOTHING)
    return join(*found)


def element_of(value: Value) -> Value:
    """Return what a loop over a value binds."""
    found = []
    for each in alternatives(value):
        match each:
            case Collection(type="dict"):
                found.append(Value(taints=each.taints))
            case Collection(elements=elements) if elements:
                found.append(join(*elements).with_taints(each.taints))
            case _:
                found.append(Value(taints=each.taints) if each.taints else NOTHING)
    return join(*found)


def unordered(run: Run, frame: Frame, node: ast.AST, what: str = "a set") -> Taints:
    """Return the taint of something without an order."""
    module, place = frame.site or (frame.module, node)
    imported = frame.zone.kind is ZoneKind.IMPORT
    return frozenset((Taint(TaintKind.UNORDERED, what, module, place, run.operations, imported),))


def truth(value: Value) -> Taints:
    """Return why a condition on a value can differ. Whether something is empty does not depend on its order."""
    found = NONE
    for each in alternatives(value):
        taints = deep_taints(each)
        found |= without_order(taints) if isinstance(each, Collection) else taints
    return found


def without_order(taints: Taints) -> Taints:
    """Return what is left of the reasons when the order does not matter any more."""
    return frozenset(taint for taint in taints if taint.kind is not TaintKind.UNORDERED) if taints else NONE
