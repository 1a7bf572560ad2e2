"""The versions that the page shows, as the commands of ``durable-mi release`` see and change them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.errors import ServiceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from durable_mi.cli.options.where import Where
    from durable_mi.cli.release.scope import Scope
    from durable_mi.cli.release.version_status import FunctionStatus, VersionStatus
    from durable_mi.operate.connection import Connection

__all__ = ["ReleasedVersions"]

_ALIAS: Final = "live"
_ROLLBACK_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class ReleasedVersions:
    """The dashboard's :class:`~durable_mi.dashboard.source.VersionSource`.

    Attributes:
        where: Which functions are meant, and where they are; with neither stack nor function all of the local runtime.
        limit: Called with the connection before it is used, to delay its calls. Defaults to none.
    """

    where: Where
    limit: Callable[[Connection], None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _scopes: list[Scope] = field(default_factory=list)

    @classmethod
    def of_endpoint(cls, endpoint_url: str) -> ReleasedVersions:
        """Return the versions of the local runtime's functions."""
        from durable_mi.cli.options.where import Where  # noqa: PLC0415 - as below

        endpoint = Endpoint.parse(endpoint_url)
        return cls(Where(stack=None, function=None, endpoint=endpoint, profile=None, region=None))

    def versions(self) -> Sequence[Mapping[str, Any]]:
        """Return each function with its versions.

        Raises:
            OperatorError: They cannot be read.
        """
        # Imported here, since most sessions look at no versions, and boto3 takes long to load.
        from durable_mi.cli.release.version_status import read_status  # noqa: PLC0415

        with self._lock:
            scope = self._scope()
            return [_function(read_status(scope, name)) for name in self._functions(scope)]

    def change(self, action: str, function: str, version: str) -> str:
        """Park, wake or roll back to a version; return what was done.

        Raises:
            OperatorError: It was not done.
        """
        from durable_mi.cli.release.changes import Changes  # noqa: PLC0415
        from durable_mi.release import on_demand  # noqa: PLC0415
        from durable_mi.release.run_pass import look  # noqa: PLC0415

        with self._lock:
            scope = self._scope()
            if function not in self._functions(scope):
                msg = f"the function must be one that the page shows, got {function}"
                raise UsageError(msg)
            changes = Changes(is_json=True, dry_run=False, yes=True)
            if action == "rollback":
                self._roll_back(scope, changes, function, version)
            else:
                seen = look(scope.client, scope.store(function), function)
                plan = {"park": on_demand.park, "wake": on_demand.wake}[action]
                changes.run(scope, seen, plan(seen.observed, seen.stored.record, seen.now, version))
        if changes.undone:
            raise ServiceError(changes.lines[-1])
        return changes.lines[-1]

    def _roll_back(self, scope: Scope, changes: Any, function: str, version: str) -> None:  # noqa: ANN401 - Changes
        from dataclasses import replace  # noqa: PLC0415

        from durable_mi.cli.release.alias_move import AliasMove  # noqa: PLC0415

        one = replace(scope, where=replace(scope.where, stack=None, function=function))
        move = AliasMove.read(one, changes, _ALIAS)
        if move.alias.version == version and not move.alias.weights:
            changes.say(f"{function}: alias {_ALIAS} names version {version} already")
            return
        what = f"move alias {_ALIAS} from version {move.alias.version} to version {version}"
        move.run(warm=version, version=version, weights={}, what=what, timeout_s=_ROLLBACK_S)

    def _scope(self) -> Scope:
        # One for all looks: the records of a local runtime are in it.
        if not self._scopes:
            from durable_mi.cli.release.scope import Scope  # noqa: PLC0415
            from durable_mi.operate.connection import Connection  # noqa: PLC0415
            from durable_mi.release.client import ReleaseClient  # noqa: PLC0415

            where = self.where
            connection = Connection.open(endpoint=where.endpoint, profile=where.profile, region=where.region)
            if self.limit is not None:
                self.limit(connection)
            self._scopes.append(Scope(where, connection, ReleaseClient(connection)))
        return self._scopes[0]

    def _functions(self, scope: Scope) -> Sequence[str]:
        if self.where.stack is not None or self.where.function is not None:
            return scope.functions()
        names = [each.name for each in scope.history_client().every_function()]
        return [name for name in names if scope.client.configuration(name).provider is not None]


def _function(status: FunctionStatus) -> dict[str, Any]:
    observed = status.seen.observed
    return {
        "function": observed.name,
        "monthlyUsd": status.costs.total,
        "versions": [_version(status, each) for each in reversed(status.versions)],
        "unknown": list(status.unknown),
    }


def _version(status: FunctionStatus, version: VersionStatus) -> dict[str, Any]:
    observed, ends = version.observed, version.known_ends
    aliases = [
        each.name
        for each in status.seen.observed.aliases or ()
        if observed.number == each.version or observed.number in each.weights
    ]
    scaling = observed.scaling
    is_parked = scaling is not None and scaling.maximum == 0
    known = status.seen.observed.aliases is not None and not aliases
    return {
        "version": observed.number,
        "state": str(version.decision.state),
        "aliases": aliases,
        "open": None if observed.open_executions is None else sum(observed.open_executions.values()),
        "environments": None if scaling is None else f"{scaling.minimum} to {scaling.maximum}",
        "isParked": is_parked,
        "monthlyUsd": status.costs.saved.get(observed.number),
        "knownUntil": None if ends is None or ends.latest is None else ends.latest.timestamp() * 1000,
        "next": version.problem or f"{version.next}: {version.decision.reason}",
        "actions": [*(["wake" if is_parked else "park", "rollback"] if known and scaling is not None else [])],
    }
