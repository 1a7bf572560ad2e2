"""A warning of a check, for readers who know its options by other names."""

from __future__ import annotations

from durable_mi.checks.option import Option
from durable_mi.checks.warning import CheckWarning

WARNING = CheckWarning(
    id="durable-mi:timeout-above-15-minutes",
    option=Option.TIMEOUT,
    got=(Option.TIMEOUT, " is 901 seconds"),
    consequence=("others end before ", Option.EXECUTION_TIMEOUT),
    fix=("Lower ", Option.TIMEOUT),
)


def test_the_constructs_names() -> None:
    """What came, what follows, how to change it."""
    assert "timeout is 901 seconds: others end before execution_timeout. Lower timeout." == WARNING.message


def test_other_names() -> None:
    """Every option in the text changes its name."""
    names = {option: option.name for option in Option}

    assert "TIMEOUT is 901 seconds: others end before EXECUTION_TIMEOUT. Lower TIMEOUT." == WARNING.render(names)
