"""What a function's owner wants to become of its old versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk

from durable_mi.checks.check_error import CheckError
from durable_mi.checks.warning import CheckWarning
from durable_mi.release.opening_hours import OpeningHours
from durable_mi.release.policy import DEFAULT_ROLLBACK_WINDOW, DrainPolicy
from durable_mi_constructs import kinds
from durable_mi_constructs.arguments import takes, takes_fields

if TYPE_CHECKING:
    from durable_mi_constructs.arguments import Kinds

__all__ = ["RELEASES", "Releases"]

_POLICY: Final[Kinds] = kinds.instance(DrainPolicy, fix="call Releases.drain(...), which makes it")
_SCHEDULE: Final[Kinds] = kinds.instance(
    str, OpeningHours, fix="write opening hours such as 'Mo-Fr 07:00-19:00 Europe/Berlin'"
)
_REPLACES: Final = CheckWarning(
    id="durable-mi:releases-replace",
    option="releases",
    got="releases is Releases.replace()",
    consequence="each deployment deletes the previous version, and executions that still run on it are lost",
    fix="Use Releases.drain() in every stage whose executions matter",
)


@takes_fields(policy=_POLICY, deletes_previous=kinds.BOOL)
@dataclass(frozen=True, kw_only=True, slots=True)
class Releases:
    """What becomes of a version after a deployment moved the alias to the next one.

    A running execution stays on the version that it started on, so a version must stay until its executions have ended.
    Until then it keeps execution environments running, which cost money.

    Created by :meth:`drain`, :meth:`keep_all` or :meth:`replace`.

    Attributes:
        policy: How old versions drain; ``None`` if nothing looks after them.
        deletes_previous: Whether CloudFormation deletes the previous version at each deployment.

    Raises:
        ValueError: A value is of the wrong kind, or both are given.
    """

    policy: DrainPolicy | None = None
    deletes_previous: bool = False

    def __post_init__(self) -> None:
        """Check that at most one is given."""
        if self.policy is not None and self.deletes_previous:
            msg = "policy and deletes_previous must not be given together, got both: a deleted version cannot drain"
            raise ValueError(msg)

    @classmethod
    @takes(
        rollback_window=kinds.DURATION,
        draining_min=kinds.WHOLE_NUMBER,
        grace=kinds.DURATION,
        keep=kinds.WHOLE_NUMBER,
        schedule=_SCHEDULE,
    )
    def drain(
        cls,
        *,
        rollback_window: cdk.Duration | None = None,
        draining_min: int = 1,
        grace: cdk.Duration | None = None,
        keep: int = 3,
        schedule: str | OpeningHours | None = None,
    ) -> Releases:
        """Step old versions down, turn them off once they are proven empty, and delete what has nothing to lose.

        The janitor of the stack, a small function of its own that runs every five minutes, does this: nothing is turned
        off or deleted while an execution of a version has not ended, or while that is not known. The values are tags of
        the function, so a change publishes no version.

        Args:
            rollback_window: How long a version keeps its environments after the alias has moved on, so that moving it
                back needs no start: whole seconds. Defaults to 30 minutes.
            draining_min: Execution environments that a version keeps while it still has executions, 1 to 15,000. A
                version that has fewer keeps those. Defaults to 1.
            grace: Least time between the move of the alias and turning a version off, in whole seconds. Defaults to the
                maximum age of asynchronous events, which is six hours if it is not configured: a waiting event can
                start an execution on the version that it was sent to.
            keep: How many versions that are turned off, the newest, are never deleted. Defaults to 3.
            schedule: Opening hours of a stage that closes at night or on weekends, such as
                ``Mo-Fr 07:00-19:00 Europe/Berlin``. In closed hours the live version is turned off, once it has no
                execution that has not ended, and each start of an execution fails until it opens: schedules, queues
                and callers get an error, and asynchronous events are retried until their maximum age. Defaults to a
                version that never closes.

        Raises:
            ValueError: A value is out of range or of the wrong kind, a duration is a token, or the opening hours are
                not of the form above.
        """
        if isinstance(schedule, str):
            schedule = OpeningHours.parse(schedule)
        window = DEFAULT_ROLLBACK_WINDOW if rollback_window is None else _known("rollback_window", rollback_window)
        return cls(
            policy=DrainPolicy(
                rollback_window=window,
                draining_min=draining_min,
                grace=None if grace is None else _known("grace", grace),
                keep=keep,
                opening_hours=schedule,
            )
        )

    @classmethod
    def keep_all(cls) -> Releases:
        """Keep every version as it was published, until somebody else deletes it.

        Each keeps its minimum of execution environments running, which is paid for, and counts toward the 100 versions
        of its capacity provider. ``durable-mi release`` shows them.
        """
        return cls()

    @classmethod
    def replace(cls) -> Releases:
        """Delete the previous version at each deployment: for stages that may lose executions.

        CloudFormation deletes it right after the alias has moved. What becomes of executions that still run on it is
        not documented: take them as lost. One set of execution environments is paid for. It raises the warning
        ``durable-mi:releases-replace``, and preflight reports DMI701 unless you ignore that rule.
        """
        return cls(deletes_previous=True)

    @property
    def removal_policy(self) -> cdk.RemovalPolicy:
        """What CloudFormation does with a version that is no longer in the template."""
        return cdk.RemovalPolicy.DESTROY if self.deletes_previous else cdk.RemovalPolicy.RETAIN

    @property
    def draining_environments(self) -> int | None:
        """Execution environments that an old version keeps until it is empty; ``None`` if it keeps its minimum."""
        return None if self.policy is None else self.policy.draining_min

    @property
    def warning(self) -> CheckWarning | None:
        """A warning about a choice that is allowed; ``None`` if there is none."""
        return _REPLACES if self.deletes_previous else None


RELEASES: Final = kinds.instance(Releases, fix="pass Releases.drain(...), .keep_all() or .replace()")
"""The kind of ``releases``."""


def _known(name: str, duration: cdk.Duration) -> timedelta:
    """Return a duration that a tag can hold."""
    if duration.is_unresolved():
        raise CheckError(
            name, requirement="must be known when the app is synthesized", got="a token", fix="pass a literal duration"
        )
    seconds = duration.to_seconds(integral=False)
    if seconds != int(seconds):
        raise CheckError(
            name, requirement="must be in whole seconds", got=f"{seconds} seconds", fix="round it to a second"
        )
    return timedelta(seconds=seconds)
