"""The size of ``/tmp``: both sides of each limit."""

from __future__ import annotations

import pytest

from durable_mi.checks import storage


@pytest.mark.parametrize("mebibytes", [512, 513, 10_240])
def test_accepts_the_range(mebibytes: int) -> None:
    """The limits themselves are inside."""
    storage.check_ephemeral_storage(mebibytes)


@pytest.mark.parametrize(
    ("mebibytes", "came"), [(511, "511"), (10_241, "10241"), (600.5, "600.5"), (0, "0"), (float("nan"), "nan")]
)
def test_rejects_what_is_outside(mebibytes: float, came: str) -> None:
    """What the service refuses, or would round, is named."""
    with pytest.raises(ValueError, match=rf"whole MiB from 512 to 10240, got {came} MiB"):
        storage.check_ephemeral_storage(mebibytes)
