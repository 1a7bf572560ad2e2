"""An error of a check, for readers who know its options by other names."""

from __future__ import annotations

import copy

import pytest

from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import CONSTRUCT_NAMES, Option

NAMES = {option: option.name for option in Option}


def error(got: str | None = "timeout") -> CheckError:
    """Make an error that names two options, of a value that looks like one."""
    return CheckError(
        Option.TIMEOUT,
        requirement=("must not be longer than ", Option.EXECUTION_TIMEOUT),
        got=got,
        fix=("shorten ", Option.TIMEOUT),
    )


def test_the_constructs_names() -> None:
    """What must hold, what came, how to fix it."""
    assert "timeout must not be longer than execution_timeout, got timeout: shorten timeout" == str(error())


def test_other_names() -> None:
    """Options change their names, and values stay as they are."""
    assert "TIMEOUT must not be longer than EXECUTION_TIMEOUT, got timeout: shorten TIMEOUT" == error().render(NAMES)


def test_nothing_came() -> None:
    """Where the requirement names the value, the message does so once."""
    assert "timeout must not be longer than execution_timeout: shorten timeout" == str(error(got=None))


def test_subject() -> None:
    """What the requirement is about may be more than one option."""
    made = CheckError(
        Option.MAX_VCPUS,
        subject=("the sum under ", Option.MAX_VCPUS),
        requirement="must fit",
        got="9",
        fix="lower it",
    )

    assert "the sum under MAX_VCPUS must fit, got 9: lower it" == made.render(NAMES)
    assert Option.MAX_VCPUS is made.option


def test_an_option_that_only_the_constructs_have() -> None:
    """Its name is the same for everybody."""
    made = CheckError("egress", requirement="must be one of NAT, PRIVATE", got="'nat'", fix="pass Egress.NAT")

    assert "egress must be one of NAT, PRIVATE, got 'nat': pass Egress.NAT" == made.render(NAMES)


def test_it_is_a_value_error() -> None:
    """What users of the constructs catch."""
    with pytest.raises(ValueError, match=r"^timeout must not be longer than execution_timeout, got timeout: "):
        raise error()


def test_it_reaches_another_process_whole() -> None:
    """It is rebuilt from its arguments there, as in a copy."""
    copied = copy.copy(error())

    assert isinstance(copied, CheckError)
    assert error().render(NAMES) == copied.render(NAMES)


def test_the_constructs_name_every_option() -> None:
    """By the value of its key."""
    assert CONSTRUCT_NAMES == {option: str(option) for option in Option}
