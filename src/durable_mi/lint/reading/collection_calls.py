"""Methods of lists, sets and mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.values import MOST_ELEMENTS, NOTHING, Collection, Constant, Method, Value, join

if TYPE_CHECKING:
    from durable_mi.lint.code.call import Call
    from durable_mi.lint.reading.run import Run

__all__ = ["call_collection"]

_ADDS: Final = {"append": 0, "add": 0, "appendleft": 0, "insert": 1, "extend": 0, "update": 0}


def call_collection(  # noqa: PLR0911 - one for each kind of method
    run: Run, collection: Collection, called: Method, call: Call
) -> Value:
    """Return what a method of a collection returns, and change the collection as it does."""
    name = called.name
    if name in _ADDS:
        _add(collection, name, call)
        collection.grow(run.decided)
        return Constant(None)
    if name in {"get", "pop", "setdefault"} and collection.type == "dict" and call.arguments:
        return _item(collection, call)
    taints = called.taints | call.taints()
    match name:
        case "values":
            return Collection("list", collection.elements, {}, call.frame.zone, taints=collection.taints)
        case "items":
            value = join(*collection.elements)
            pair = Collection("tuple", [NOTHING, value], {1: value}, call.frame.zone)
            return Collection("list", [pair], {}, call.frame.zone, taints=collection.taints)
        case "copy" | "union" | "intersection" | "difference" | "symmetric_difference":
            elements, items = list(collection.elements), dict(collection.items)
            return Collection(collection.type, elements, items, call.frame.zone, taints=taints)
        case "pop":
            return join(*collection.elements).with_taints(collection.taints) if collection.elements else NOTHING
    return Value(taints=taints)


def _add(collection: Collection, name: str, call: Call) -> None:
    for each in (*call.arguments[_ADDS[name] :], *call.keywords.values()):
        inner = [each]
        if name in {"extend", "update"}:
            collection.grow(each.taints)
            inner = each.elements if isinstance(each, Collection) else inner
        if len(collection.elements) < MOST_ELEMENTS:
            collection.elements.extend(inner)
    collection.items.update(call.keywords)


def _item(collection: Collection, call: Call) -> Value:
    key, default = call.arguments[0], call.arguments[1] if len(call.arguments) > 1 else Constant(None)
    if isinstance(key, Constant) and isinstance(key.value, (str, int)) and key.value in collection.items:
        return join(collection.items[key.value], default)
    return join(*collection.elements, default).with_taints(collection.taints) if collection.elements else NOTHING
