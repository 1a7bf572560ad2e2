"""What the value checks reject, in the words of a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.checks import capacity, code, environments, size, timing
from durable_mi.checks.option import Option
from durable_mi.preflight.rejection import CLOUDFORMATION_NAMES, rejection

if TYPE_CHECKING:
    from collections.abc import Callable


def test_every_option_has_its_name_in_a_template() -> None:
    """No message falls back to the name of an argument."""
    assert set(Option) == CLOUDFORMATION_NAMES.keys()


@pytest.mark.parametrize(
    ("check", "values", "message"),
    [
        (
            size.check_memory,
            (6144, 4),
            (
                "MemorySize must be a multiple of 4096 MB (whole vCPUs of 4 GiB each), got 6144 MB: set 4096 MB or "
                "8192 MB, or another ExecutionEnvironmentMemoryGiBPerVCpu"
            ),
        ),
        (
            size.check_memory,
            (128.5, 4),
            "MemorySize must be from 2048 MB to 32768 MB on managed instances, got 128.5 MB: set 2048 MB or more",
        ),
        (
            size.check_memory_per_vcpu,
            (3,),
            (
                "ExecutionEnvironmentMemoryGiBPerVCpu must be 2, 4 or 8, got 3: take 2 for work bound by CPU, 4 for "
                "most Python functions, 8 where each process holds much memory"
            ),
        ),
        (
            size.check_concurrency,
            (65, 1),
            (
                "PerExecutionEnvironmentMaxConcurrency must be a whole number from 1 to 64 (64 for each of 1 vCPU), "
                "got 65: set it within, or give the function more memory and so more vCPUs"
            ),
        ),
        (
            environments.check_execution_environments,
            (0, None),
            (
                "MinExecutionEnvironments may be 0 only together with MaxExecutionEnvironments=0, which switches the "
                "version off, got 0 and none: keep at least 1, since traffic wakes no version that has "
                "none"
            ),
        ),
        (
            environments.check_execution_environments,
            (4, 3),
            (
                "MinExecutionEnvironments must not be above MaxExecutionEnvironments, got 4 and 3: lower the minimum "
                "to 3, or raise the maximum"
            ),
        ),
        (
            capacity.check_instance_types,
            (["*"], ["*"]),
            (
                "AllowedInstanceTypes and ExcludedInstanceTypes must not be given together, got both: keep the one "
                "that says it in fewer words, or neither, which is what AWS recommends"
            ),
        ),
        (
            timing.check_invocation_timeout,
            (61, 60),
            (
                "Timeout must not be longer than DurableConfig.ExecutionTimeout, got 61 seconds for one invocation and "
                "60 for the whole execution: shorten Timeout or lengthen DurableConfig.ExecutionTimeout"
            ),
        ),
        (
            timing.check_retention,
            (91,),
            (
                "DurableConfig.RetentionPeriodInDays must be whole days from 1 to 90, got 91 days: set it within, and "
                "copy what must be kept longer elsewhere when the execution ends"
            ),
        ),
        # A value that looks like the name of an argument.
        (
            code.check_handler,
            ("timeout",),
            (
                "Handler must be a module and a function in it, 'module.function', at most 128 characters without "
                "spaces, got 'timeout': for def handler(...) in order.py write 'order.handler'"
            ),
        ),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_cloudformation_names_in_the_whole_message(check: Callable[..., Any], values: Any, message: str) -> None:
    """The option, and every other one that the message names; values stay as they came."""
    assert message == rejection(check, *values)


def test_values_that_a_check_takes() -> None:
    """Right, or worth a warning only."""
    assert rejection(size.check_concurrency, 16, 1) is None
    assert rejection(size.check_concurrency, 17, 1) is None
