"""The limit of a package's unzipped size."""

from __future__ import annotations

import pytest

from durable_mi.packaging.package_size import check_size

MIB = 1024 * 1024


def test_takes_what_fits_exactly() -> None:
    """The limit itself is allowed."""
    check_size([("numpy/core.so", 249 * MIB), ("app.py", MIB)])


def test_rejects_a_large_package_by_its_largest_parts() -> None:
    """A part is what lies at the top, with the libraries beside it; the small ones are not named."""
    files = [("numpy/a.so", 90 * MIB), ("numpy.libs/b.so", 30 * MIB), ("pandas/c.so", 100 * MIB), ("app.py", 1)]
    files += [(f"part{number}/x", (9 - number) * MIB) for number in range(5)]

    with pytest.raises(
        ValueError,
        match=r"at most 250 MB unzipped, got 256 MB; its largest parts are numpy 120 MB, pandas 100 MB, part0 9 MB, "
        r"part1 8 MB, part2 7 MB: exclude",
    ):
        check_size(files)
