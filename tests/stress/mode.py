"""The ways in which the random workflows are run."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MODES", "Mode"]


@dataclass(frozen=True, kw_only=True)
class Mode:
    """One way to run them.

    Attributes:
        name: Its name in the test's id.
        options: Of ``durable-mi local``.
        unit: Seconds of the shortest wait.
        kills: How often the runtime is killed and started again; it then needs a state file.
        pauses: Whether executions are paused and resumed, and some stopped.
        interrupts: Whether handlers are killed, so that steps may run again and retries of the service take their time.
        late_s: Seconds for which nothing may happen in an execution for a reason that the mode brings along.
    """

    name: str
    options: tuple[str, ...] = ()
    unit: int = 1
    kills: int = 0
    pauses: bool = False
    interrupts: bool = False
    late_s: float = 0

    @property
    def is_calm(self) -> bool:
        """Whether each step's attempt runs exactly once."""
        return not (self.kills or self.pauses or self.interrupts)

    @property
    def skips_time(self) -> bool:
        """Whether the times of the history are not those of the clock."""
        return "--skip-time" in self.options


def _faults(**rates: float) -> tuple[str, ...]:
    return tuple(part for kind, rate in rates.items() for part in ("--fault", f"{kind.replace('_', '-')}={rate}"))


MODES = {
    mode.name: mode
    for mode in (
        Mode(name="real"),
        Mode(name="skip", options=("--skip-time",), unit=600),
        Mode(name="pauses", pauses=True, late_s=4),
        Mode(name="state", kills=2, late_s=30),
        Mode(name="skip-state", options=("--skip-time",), unit=600, kills=2, late_s=30),
        # The SDK waits a second or two before it sends a throttled or unanswered checkpoint again.
        Mode(
            name="faults", options=_faults(drop_answer=0.03, repeat_checkpoint=0.03, slow=0.02, throttle=0.03), late_s=8
        ),
        # The service waits five seconds before it invokes a handler again that died.
        Mode(name="deaths", options=_faults(kill_worker=0.02, kill_environment=0.005), interrupts=True, late_s=20),
    )
}
