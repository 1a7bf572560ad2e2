"""What ``durable-mi local`` prints."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from durable_mi.operate.logs import LogLine
from durable_mi.operate.report.plain_console import plain_console

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.app.stacks import AppStack
    from durable_mi.local.logs.store import LogEvent

__all__ = ["LocalReport"]


class LocalReport:
    """Prints to the terminal."""

    def __init__(self) -> None:
        self._console = plain_console(soft_wrap=True)

    def line(self, text: str) -> None:
        """Print one line."""
        self._console.print(text)

    def cautions(self, cautions: Iterable[str]) -> None:
        """Print how a run on this machine differs from Lambda's."""
        for caution in cautions:
            self._console.print(caution, style="yellow" if caution.startswith("Warning") else None)

    def starting(self, functions: Sequence[AppFunction]) -> None:
        """Print how many processes are started."""
        workers = sum(each.environments * each.concurrency for each in functions if not each.starts_on_demand)
        self._console.print(f"Starting {_count(workers, 'worker process', 'es')} ...")

    def ready(
        self,
        functions: Sequence[AppFunction],
        stacks: Sequence[AppStack],
        *,
        endpoint_url: str,
        region: str,
        resumed: int,
    ) -> None:
        """Print the functions, the app's outputs and the endpoint.

        Args:
            functions: The functions that are served.
            stacks: The app's stacks, of which the outputs are printed, but for those of nested stacks.
            endpoint_url: The endpoint.
            region: Region of the functions.
            resumed: Number of executions of the previous run that were resumed.
        """
        for function in functions:
            self._function(function)
        outputs = [
            f"  {stack.name}.{output.name} = {output.value}"
            for stack in stacks
            if stack.parent is None
            for output in stack.outputs
        ]
        if outputs:
            self._console.print("\nOutputs")
            for output in outputs:
                self._console.print(output)
        if resumed:
            self._console.print(f"\nResumed {_count(resumed, 'execution')} from the previous run.")
        self._console.print(f"\nEndpoint {endpoint_url} is ready, region {region}. Press Ctrl-C to stop.")
        self._console.print("Open it in a browser to watch the executions.")

    def notice(self, text: str) -> None:
        """Print what somebody must know at once."""
        self._console.print(f"{datetime.now().astimezone():%H:%M:%S}  {text}", style="red")

    def _function(self, function: AppFunction) -> None:
        kind = "durable" if function.durable else "plain"
        self._console.print(f"\n{function.name}", style="bold")
        self._console.print(f"  {kind}, {function.runtime}, {_processes(function)}, {_qualifiers(function)}")
        self._console.print(f"  logs in {function.log_group}")
        for name, what in function.made_up.items():
            value = function.environment[name]
            placeholder = f"placeholder for {what}, known only after deployment; override with --env {name}=..."
            self._console.print(f"  {name}={value} ({placeholder})")

    def published(self, function: AppFunction) -> None:
        """Print a function's new version."""
        self._console.print(f"{function.name}: {_qualifiers(function)}")

    def not_published(self, function: AppFunction, error: Exception) -> None:
        """Print why a function's new version could not be published."""
        self._console.print(f"{function.name} cannot be loaded, the previous version stays: {error}")

    def stopping(self) -> None:
        """Print that the run ends."""
        self._console.print("Stopping ...")

    def event(self, event: LogEvent) -> None:
        """Print a log line of a function."""
        line = LogLine.parse(event.message, timestamp_ms=event.timestamp)
        time = line.timestamp.astimezone().strftime("%H:%M:%S")
        message = f"{line.message}: {line.error}" if line.error else line.message
        self._console.out(
            f"{time}  {event.stream.rpartition('/')[2]:>7}  {line.level or '':<8}{message}", highlight=False
        )


def _processes(function: AppFunction) -> str:
    if function.starts_on_demand:
        return "starts when it is invoked"
    environments = _count(function.environments, "execution environment")
    return f"{environments} of {_count(function.concurrency, 'process', 'es')}"


def _qualifiers(function: AppFunction) -> str:
    aliases = [f"alias {name} of version {version}" for name, version in function.aliases.items()]
    return ", ".join(aliases) or f"version {function.version}"


def _count(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}{'' if number == 1 else plural}"
