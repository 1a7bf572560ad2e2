"""How many execution environments a published version keeps."""

from __future__ import annotations

from durable_mi import limits
from durable_mi.checks.warning import Caution

__all__ = ["execution_environments"]


def execution_environments(minimum: float, maximum: float | None) -> Caution | None:
    """Check the bounds of a version's scaling.

    Args:
        minimum: Environments that are always warm.
        maximum: Environments at most; ``None`` sets no bound.

    Returns:
        A caution where the minimum is 1 or 2, too few for one environment in each of three zones.

    Raises:
        ValueError: Either is not a whole number from 0 to 15,000, the minimum is above the maximum, or the minimum is 0
            and the maximum is not.
    """
    _in_range("min_execution_environments", minimum)
    if maximum is not None:
        _in_range("max_execution_environments", maximum)
        if minimum > maximum:
            msg = (
                f"min_execution_environments must not be above max_execution_environments, got {minimum} and "
                f"{maximum}: lower the minimum to {maximum}, or raise the maximum"
            )
            raise ValueError(msg)
    if minimum == 0 and maximum != 0:
        came = "none" if maximum is None else f"{maximum}"
        msg = (
            "min_execution_environments may be 0 only together with max_execution_environments=0, which switches the "
            f"version off, got 0 and {came}: nothing wakes a version by traffic, so keep at least 1"
        )
        raise ValueError(msg)
    if 0 < minimum < limits.RESILIENT_ZONES:
        return Caution(
            id="durable-mi:few-execution-environments",
            message=(
                f"min_execution_environments is {minimum}, below {limits.RESILIENT_ZONES}: the function is not in "
                "every Availability Zone, and may stop with a zone. Set 3 or more where that matters."
            ),
        )
    return None


def _in_range(name: str, value: float) -> None:
    if value != int(value) or not limits.MIN_EXECUTION_ENVIRONMENTS <= value <= limits.MAX_EXECUTION_ENVIRONMENTS:
        msg = (
            f"{name} must be a whole number from {limits.MIN_EXECUTION_ENVIRONMENTS} to "
            f"{limits.MAX_EXECUTION_ENVIRONMENTS}, got {value}: set it within"
        )
        raise ValueError(msg)
