"""Payments without an idempotency key: a step that is retried pays twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.functions import Instance
from durable_mi.lint.code.libraries import is_idempotent_key, is_payment
from durable_mi.lint.code.values import Collection, Constant, Made, Text, Value, alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_mi.lint.code.call import Call
    from durable_mi.lint.reading.run import Run

__all__ = ["require_key"]

_PROVIDERS: Final = ("stripe.", "braintree.", "adyen.", "paypal", "square.", "mollie.")


def require_key(run: Run, path: str, call: Call) -> None:
    """Report a call in a step that moves money and names no idempotency key."""
    pays = path.startswith(_PROVIDERS) and not path.startswith("stripe.Customer.")
    if not pays and path.startswith(("requests.", "httpx.")) and call.arguments:
        pays = any(is_payment(text) for text in _texts(call.arguments[0]))
    if pays and not any(is_idempotent_key(name) for name in _names(call.keywords)):
        run.report(
            "DMC203",
            call.frame,
            call.node,
            f"{path}() moves money and must have an idempotency key: a step runs at least once, so that a crash after "
            "the call "
            "repeats it; pass a key that is made from the event",
        )


def _texts(value: Value) -> Iterator[str]:
    for each in alternatives(value):
        match each:
            case Constant(value=str(text)):
                yield text
            case Text(parts=parts):
                yield "".join(part or "" for part in parts)


def _names(keywords: Mapping[str, Value], depth: int = 3) -> Iterator[str]:
    for name, value in keywords.items():
        yield name
        for each in alternatives(value):
            match each:
                case Collection(items=items) if depth:
                    yield from _names({str(key): inner for key, inner in items.items()}, depth - 1)
                case Made() | Instance():
                    yield "idempotency unknown"  # What is in it is not known.
                case Value() if type(each) is Value:
                    yield "idempotency unknown" if name in {"headers", "json", "data", "options"} else name
