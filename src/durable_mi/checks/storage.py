"""How much of ``/tmp`` a function gets."""

from __future__ import annotations

from durable_mi import limits

__all__ = ["ephemeral_storage"]


def ephemeral_storage(mebibytes: float) -> None:
    """Check the size of ``/tmp``.

    Args:
        mebibytes: Size of ``/tmp`` of one execution environment; all of its processes share it.

    Raises:
        ValueError: It is not whole MiB from 512 MiB to 10,240 MiB.
    """
    smallest, largest = limits.MIN_EPHEMERAL_STORAGE_MIB, limits.MAX_EPHEMERAL_STORAGE_MIB
    if mebibytes != int(mebibytes) or not smallest <= mebibytes <= largest:
        msg = (
            f"ephemeral_storage_size must be whole MiB from {smallest} to {largest}, got {mebibytes:g} MiB: keep what "
            "needs more room, or must outlive an invocation, in S3"
        )
        raise ValueError(msg)
