"""Changing what an alias names: the version is woken first, and the alias moves last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.operate.errors import UsageError
from durable_mi.release.calls.wait import wait_for_state
from durable_mi.release.errors import RefusedError
from durable_mi.release.guards import ACTIVE
from durable_mi.release.on_demand import changeable, version_of, wake, warm_numbers
from durable_mi.release.run_pass import look
from durable_mi.release.scaling import PARKED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.cli.release.changes import Changes
    from durable_mi.cli.release.scope import Scope
    from durable_mi.release.observed import ObservedAlias
    from durable_mi.release.run_pass import Pass

__all__ = ["AliasMove"]


@dataclass(frozen=True, kw_only=True, slots=True)
class AliasMove:
    """An alias before it is changed.

    Attributes:
        scope: The function, and the calls.
        changes: Asks and reports.
        function: The function's name.
        alias: The alias as it was read. It moves only if nobody has changed it since.
        seen: The function.
    """

    scope: Scope
    changes: Changes
    function: str
    alias: ObservedAlias
    seen: Pass

    @classmethod
    def read(cls, scope: Scope, changes: Changes, name: str) -> AliasMove:
        """Read the function and its alias.

        Raises:
            OperatorError: There is no such alias, or the aliases cannot be read.
        """
        function = scope.function()
        seen = look(scope.client, scope.store(function), function)
        if seen.observed.aliases is None:
            msg = f"the aliases of {function} are unknown: {seen.observed.problem}"
            raise RefusedError(msg)
        for alias in seen.observed.aliases:
            if alias.name == name:
                return cls(scope=scope, changes=changes, function=function, alias=alias, seen=seen)
        known = ", ".join(each.name for each in seen.observed.aliases) or "none"
        msg = f"--alias must be one of the aliases of {function}, which are {known}; got {name}"
        raise UsageError(msg)

    def run(self, *, warm: str | None, version: str, weights: Mapping[str, float], what: str, timeout_s: float) -> None:
        """Wake a version, wait until it is active, and change the alias.

        Args:
            warm: The version that gets executions from now on; ``None`` if none does.
            version: The version that the alias names.
            weights: The other versions that it names.
            what: All that in words.
            timeout_s: How long to wait for the version to become active.

        Raises:
            OperatorError: It must not be done, or failed; the alias names what it named.
        """
        self._check_stack()
        if warm is not None:
            version_of(self.seen.observed, warm)
        is_low = warm is not None and self._is_low(warm)
        if is_low:
            waking = wake(self.seen.observed, self.seen.stored.record, self.seen.now, str(warm))
            self.changes.proposed(self.function, waking)
        self.changes.announce(self.function, self.alias.name, what)
        if not self.changes.confirm("Do this?"):
            return
        if is_low and not self.changes.carry_out(self.scope, self.seen, waking):
            msg = f"the alias is not moved: version {warm} did not get its environments, see above"
            raise RefusedError(msg)
        if warm is not None:
            client, poll_s = self.scope.client, self.scope.poll_s
            wait_for_state(client, self.function, warm, ACTIVE, timeout_s=timeout_s, poll_s=poll_s)
        self.scope.client.point_alias(self.function, self.alias, version=version, weights=weights)
        self.changes.done(self.function, self.alias.name, what)

    def _check_stack(self) -> None:
        """Check that no deployment is under way. A function need not be marked for a person to move its alias."""
        if self.seen.observed.policy is not None:
            changeable(self.seen.observed)
        stack = self.seen.observed.stack
        if stack is not None and (stack.status is None or stack.status.endswith("_IN_PROGRESS")):
            msg = f"the alias is not moved: stack {stack.name} is in {stack.status or 'an unknown state'}"
            raise RefusedError(msg)

    def _is_low(self, number: str) -> bool:
        """Return whether a version must get environments first.

        Raises:
            RefusedError: It must, and is not marked as one whose numbers may be changed.
        """
        scaling = version_of(self.seen.observed, number).scaling
        if scaling is None:
            msg = f"the numbers of version {number} are unknown: {version_of(self.seen.observed, number).problem}"
            raise RefusedError(msg)
        if self.seen.observed.policy is None:
            if scaling == PARKED:
                msg = f"version {number} is parked, and the function is not marked as ours: wake it yourself first"
                raise RefusedError(msg)
            return False
        numbers = self.seen.plan.record.versions.get(number)
        if scaling != PARKED and (numbers is None or numbers.before is None):
            return False
        return scaling.minimum < warm_numbers(self.seen.observed, self.seen.plan.record, number).minimum
