"""The option values of ``durable-mi local`` that need more than click's own types."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from durable_mi.local.app.functions import names_an_endpoint
from durable_mi.local.durable.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.machine.host import RuntimeClientName

__all__ = ["FunctionOverrides", "LocalArguments", "fault_rates", "variables"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalArguments:
    """The values of the options of ``durable-mi local``, which describe themselves in its help text."""

    app_path: Path
    names: tuple[str, ...]
    port: int
    environments: int | None
    concurrency: int | None
    state_path: Path | None
    faults: dict[Fault, float]
    fault_seed: int | None
    watch: bool
    variables: dict[str, str]
    python: str | None
    worker: RuntimeClientName | None
    skip_time: bool
    no_limits: bool
    quiet: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionOverrides:
    """What the command line changes of the template's functions.

    Attributes:
        environments: Execution environments of each function. ``None`` means the template's value, one at least.
        concurrency: Worker processes of each execution environment. ``None`` means the template's value.
        variables: Values of environment variables.
    """

    environments: int | None = None
    concurrency: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    def apply(self, function: AppFunction) -> AppFunction:
        """Return the function as it runs here."""
        return replace(
            function.with_variables(dict(self.variables)),
            # A version that the template turns off still runs here: the user wants to try it.
            environments=self.environments or max(1, function.environments),
            concurrency=(self.concurrency if function.capacity else None) or function.concurrency,
        )

    def check(self, functions: Iterable[AppFunction]) -> None:
        """Check that a function has each of the environment variables, or that it is the address of an AWS service.

        Raises:
            click.UsageError: None has it.
        """
        known = sorted({name for function in functions for name in function.environment})
        for name in self.variables:
            if name not in known and not names_an_endpoint(name):
                names = ", ".join(known) or "none"
                message = f"--env {name}: no function has this environment variable; they have {names}"
                raise click.UsageError(message)


def variables(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Parse NAME=VALUE options.

    Raises:
        click.BadParameter: One has another form.
    """
    found = {}
    for value in values:
        name, equals, content = value.partition("=")
        if not name or not equals:
            message = f"must be NAME=VALUE, got {value}"
            raise click.BadParameter(message)
        found[name] = content
    return found


def fault_rates(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[Fault, float]:
    """Parse KIND=RATE options.

    Raises:
        click.BadParameter: One has another form, an unknown kind, or a rate that is no probability.
    """
    rates = {}
    for value in values:
        kind, _, rate = value.partition("=")
        try:
            rates[Fault(kind)] = float(rate)
        except ValueError as error:
            kinds = ", ".join(fault.value for fault in Fault)
            message = f"must be KIND=RATE with a kind of {kinds} and a rate from 0 to 1, got {value}"
            raise click.BadParameter(message) from error
        if not 0 <= rates[Fault(kind)] <= 1:
            message = f"the rate must be from 0 to 1, got {rate}"
            raise click.BadParameter(message)
    return rates
