"""Faults on demand: what goes wrong on AWS now and then goes wrong here when asked."""

from __future__ import annotations

import random
from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Fault", "Faults"]


class Fault(Enum):
    """What can go wrong: at a checkpoint of a running invocation, or at the start of an execution environment."""

    KILL_WORKER = "kill-worker"
    """The worker process is killed before its checkpoint is kept: the step under way runs again."""

    KILL_ENVIRONMENT = "kill-environment"
    """All processes of its execution environment are killed, with whatever they run."""

    DROP_ANSWER = "drop-answer"
    """The checkpoint is kept, but its answer is lost: the SDK sends it again."""

    REPEAT_CHECKPOINT = "repeat-checkpoint"
    """The checkpoint arrives twice, as after a time-out on the way: it must count once."""

    SLOW = "slow"
    """The service takes two seconds longer to answer."""

    THROTTLE = "throttle"
    """The service rejects the checkpoint with TooManyRequestsException: the SDK sends it again."""

    FAIL_START = "fail-start"
    """The processes of an execution environment that replaces another are killed while they start."""

    @property
    def is_at_start(self) -> bool:
        """Return whether it is the start of an execution environment that meets it, not a checkpoint."""
        return self is Fault.FAIL_START


class Faults:
    """Decides which checkpoint, and which start of an execution environment, meets a fault.

    Args:
        rates: The chance of each fault at each checkpoint, or each start, 0 to 1.
        seed: Makes the choice repeatable for the same order of checkpoints and the same order of starts. Defaults
            to a choice that differs from run to run.
    """

    def __init__(self, rates: Mapping[Fault, float] | None = None, seed: int | None = None) -> None:
        self._rates = dict(rates or {})
        # One for each, since nobody knows how checkpoints and starts interleave.
        self._at_checkpoint = random.Random(seed)  # noqa: S311 - no secret
        self._at_start = random.Random(seed)  # noqa: S311 - no secret
        self._armed: Counter[Fault] = Counter()
        self.injected: Counter[Fault] = Counter()

    def arm(self, fault: Fault, count: int = 1) -> None:
        """Let the next checkpoints, or starts, meet a fault, so many of them."""
        self._armed[fault] += count

    def draw(self) -> Fault | None:
        """Choose the fault that the checkpoint at hand meets, if any."""
        return self._draw(at_start=False)

    def fails_start(self) -> bool:
        """Choose whether the start of an execution environment at hand fails."""
        return self._draw(at_start=True) is Fault.FAIL_START

    def _draw(self, *, at_start: bool) -> Fault | None:
        fault = self._next_armed(at_start=at_start) or self._by_chance(at_start=at_start)
        if fault is not None:
            self.injected[fault] += 1
        return fault

    def _next_armed(self, *, at_start: bool) -> Fault | None:
        for fault in self._armed:
            if fault.is_at_start is not at_start:
                continue
            self._armed[fault] -= 1
            if not self._armed[fault]:
                del self._armed[fault]
            return fault
        return None

    def _by_chance(self, *, at_start: bool) -> Fault | None:
        chance = self._at_start if at_start else self._at_checkpoint
        for fault, rate in self._rates.items():
            if fault.is_at_start is at_start and chance.random() < rate:
                return fault
        return None
