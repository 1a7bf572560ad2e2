"""The unzipped size of a package, which Lambda limits."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from durable_mi import limits

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["check_size"]

_LARGEST: Final = 5
_MIB: Final = 1024 * 1024


def check_size(files: Iterable[tuple[str, int]]) -> None:
    """Check the unzipped size of a package.

    Args:
        files: The path of each file in the package, with its size in bytes.

    Raises:
        ValueError: Together they are larger than :data:`durable_mi.limits.MAX_UNZIPPED_PACKAGE_BYTES`. The message
            names the largest parts: the directories and files at the package's top, of which ``numpy`` and
            ``numpy.libs`` are one.
    """
    parts: Counter[str] = Counter()
    for name, size in files:
        parts[_part(name)] += size
    total = parts.total()
    if total <= limits.MAX_UNZIPPED_PACKAGE_BYTES:
        return
    largest = ", ".join(f"{name} {_mib(size)}" for name, size in parts.most_common(_LARGEST))
    msg = (
        f"the package must be at most {_mib(limits.MAX_UNZIPPED_PACKAGE_BYTES)} unzipped, got {_mib(total)}; its "
        f"largest parts are {largest}: exclude what the handler does not need, or use a container image of up to 10 GB"
    )
    raise ValueError(msg)


def _part(name: str) -> str:
    return name.split("/", 1)[0].removesuffix(".libs")


def _mib(size: int) -> str:
    return f"{-(-size // _MIB)} MB"
