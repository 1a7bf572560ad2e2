"""The functions on a capacity provider, counted while the app is built."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import aws_cdk as cdk

from durable_mi.checks import vcpu_budget as checks
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from constructs import Construct, IConstruct

    from durable_mi.checks.vcpu_budget import Reservation

__all__ = ["Reservations"]

_shared: WeakKeyDictionary[IConstruct, dict[str, list[Reservation]]] = WeakKeyDictionary()


class Reservations:
    """What the functions on one capacity provider reserve, over all stacks of an app.

    Args:
        capacity: The capacity, for messages and warnings.
        max_vcpus: Its upper bound; ``None`` or an unresolved token where it is not known, which leaves the sum
            unchecked.
        shared_as: Name under which the capacities of one app count together, such as an imported ARN. Left out: alone.
    """

    def __init__(self, capacity: Construct, max_vcpus: int | None, *, shared_as: str | None = None) -> None:
        self._capacity = capacity
        self._max_vcpus = max_vcpus
        self._entries: list[Reservation] = (
            [] if shared_as is None else _shared.setdefault(capacity.node.root, {}).setdefault(shared_as, [])
        )
        self._warned = False
        self._path = capacity.node.path

    @property
    def entries(self) -> list[Reservation]:
        """One for each function that is attached so far."""
        return list(self._entries)

    def add(self, reservation: Reservation) -> None:
        """Count a function.

        Args:
            reservation: What it reserves.

        Raises:
            ValueError: With it the vCPUs do not fit, or it is one function too many. It is not counted then.
        """
        entries = [*self._entries, reservation]
        path = self._path
        checks.versions(len(entries), path)
        if self._max_vcpus is not None and not is_unresolved(self._max_vcpus):
            checks.room(entries, self._max_vcpus, path)
            self._look_ahead(entries, self._max_vcpus)
        self._entries.append(reservation)

    def _look_ahead(self, entries: list[Reservation], max_vcpus: int) -> None:
        caution = checks.room_for_next_versions(entries, max_vcpus)
        if caution is not None and not self._warned:
            self._warned = True
            cdk.Annotations.of(self._capacity).add_warning_v2(caution.id, caution.message)
