"""How many execution environments a published version keeps."""

from __future__ import annotations

from durable_mi import limits
from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import Option
from durable_mi.checks.warning import CheckWarning

__all__ = ["check_execution_environments"]


def check_execution_environments(minimum: float, maximum: float | None) -> CheckWarning | None:
    """Check the bounds of a version's scaling.

    Args:
        minimum: Environments that are always warm.
        maximum: Environments at most; ``None`` sets no bound.

    Returns:
        A warning where the minimum is 1 or 2, too few for one environment in each of three zones.

    Raises:
        CheckError: Either is not a whole number from 0 to 15,000, the minimum is above the maximum, or the minimum is 0
            and the maximum is not.
    """
    _check_range(Option.MIN_EXECUTION_ENVIRONMENTS, minimum)
    if maximum is not None:
        _check_range(Option.MAX_EXECUTION_ENVIRONMENTS, maximum)
        if minimum > maximum:
            raise CheckError(
                Option.MIN_EXECUTION_ENVIRONMENTS,
                requirement=("must not be above ", Option.MAX_EXECUTION_ENVIRONMENTS),
                got=f"{minimum} and {maximum}",
                fix=f"lower the minimum to {maximum}, or raise the maximum",
            )
    if minimum == 0 and maximum != 0:
        raise CheckError(
            Option.MIN_EXECUTION_ENVIRONMENTS,
            requirement=(
                "may be 0 only together with ",
                Option.MAX_EXECUTION_ENVIRONMENTS,
                "=0, which switches the version off",
            ),
            got=f"0 and {'none' if maximum is None else maximum}",
            fix="keep at least 1, since traffic wakes no version that has none",
        )
    if 0 < minimum < limits.RESILIENT_ZONES:
        return CheckWarning(
            id="durable-mi:few-execution-environments",
            option=Option.MIN_EXECUTION_ENVIRONMENTS,
            got=(Option.MIN_EXECUTION_ENVIRONMENTS, f" is {minimum}, below {limits.RESILIENT_ZONES}"),
            consequence="the function is not in every Availability Zone, and may stop with a zone",
            fix="Set 3 or more where that matters",
        )
    return None


def _check_range(option: Option, value: float) -> None:
    if not limits.MIN_EXECUTION_ENVIRONMENTS <= value <= limits.MAX_EXECUTION_ENVIRONMENTS or value != int(value):
        raise CheckError(
            option,
            requirement=(
                f"must be a whole number from {limits.MIN_EXECUTION_ENVIRONMENTS} to "
                f"{limits.MAX_EXECUTION_ENVIRONMENTS}"
            ),
            got=f"{value}",
            fix="set it within",
        )
