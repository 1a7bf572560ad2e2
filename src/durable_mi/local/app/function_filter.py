"""The functions of an app that one endpoint serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.local.app.functions import AppFunction

__all__ = ["FunctionFilter", "FunctionFilterError"]


class FunctionFilterError(Exception):
    """No function, an unknown one, or functions that cannot share an endpoint."""


@dataclass(frozen=True, slots=True)
class FunctionFilter:
    """Functions of one account and region.

    Attributes:
        functions: The functions, at least one.
        region: Their region.
        account: Their account.
    """

    functions: tuple[AppFunction, ...]
    region: str
    account: str

    @classmethod
    def of(cls, functions: Sequence[AppFunction], names: Sequence[str]) -> FunctionFilter:
        """Choose functions by what a user calls them.

        Args:
            functions: All functions of the app that can be served.
            names: What the user calls the wanted ones; all are taken where none is named.

        Raises:
            FunctionFilterError: Nothing to serve, a name that fits no function, two functions of one name, or functions
                of several accounts or regions.
        """
        if all(function.starts_on_demand for function in functions) and not names:
            msg = "the app has no function with a capacity provider or a durable configuration: there is nothing to run"
            raise FunctionFilterError(msg)
        for name in names:
            if not any(function.is_called(name) for function in functions):
                known = ", ".join(function.construct for function in functions)
                msg = f"no function is called {name}; the app has {known}"
                raise FunctionFilterError(msg)
        chosen = tuple(function for function in functions if not names or any(map(function.is_called, names)))
        wanted = [function for function in chosen if names or not function.starts_on_demand]
        places = {_place(function) for function in wanted}
        # A plain function is there for the others: elsewhere they cannot invoke it, so it is no reason to reject them.
        chosen = tuple(function for function in chosen if function in wanted or _place(function) in places)
        if len(places) > 1:
            listed = ", ".join(f"{region} in {account}" for region, account in sorted(places))
            msg = f"one endpoint serves one region of one account, got {listed}: choose functions with --function"
            raise FunctionFilterError(msg)
        if len({function.name for function in chosen}) < len(chosen):
            msg = "two functions have the same name: choose one with --function and its construct path"
            raise FunctionFilterError(msg)
        ((region, account),) = places
        return cls(functions=chosen, region=region, account=account)


def _place(function: AppFunction) -> tuple[str, str]:
    region, account = function.arn.split(":")[3:5]
    return region, account
