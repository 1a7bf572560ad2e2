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
    """What can go wrong, each at a checkpoint of a running invocation."""

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
    """The service refuses the checkpoint with TooManyRequestsException: the SDK sends it again."""


class Faults:
    """Decides which checkpoint meets a fault.

    Args:
        rates: the chance of each fault at each checkpoint, 0 to 1.
        seed: makes the choice repeatable for the same order of checkpoints; left out, it differs from run to run.
    """

    def __init__(self, rates: Mapping[Fault, float] | None = None, seed: int | None = None) -> None:
        self._rates = dict(rates or {})
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._armed: Counter[Fault] = Counter()
        self.injected: Counter[Fault] = Counter()

    def arm(self, fault: Fault, count: int = 1) -> None:
        """Let the next checkpoints meet a fault, so many of them."""
        self._armed[fault] += count

    def draw(self) -> Fault | None:
        """The fault that the checkpoint at hand meets, if any."""
        fault = self._next_armed() or self._by_chance()
        if fault is not None:
            self.injected[fault] += 1
        return fault

    def _next_armed(self) -> Fault | None:
        for fault in self._armed:
            self._armed[fault] -= 1
            if not self._armed[fault]:
                del self._armed[fault]
            return fault
        return None

    def _by_chance(self) -> Fault | None:
        for fault, rate in self._rates.items():
            if self._random.random() < rate:
                return fault
        return None
