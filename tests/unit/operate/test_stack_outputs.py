"""A stack's outputs name the function, or the operator is told what is missing."""

from __future__ import annotations

import pytest

from durable_mi.operate.errors import UsageError
from durable_mi.operate.stack_outputs import StackOutputs

ALIAS = "arn:aws:lambda:eu-west-1:123456789012:function:Orders-Workflow:blue"
OTHER = "arn:aws:lambda:eu-west-1:123456789012:function:Invoices:live"


def outputs(**values: str) -> StackOutputs:
    """Return the outputs of a stack."""
    return StackOutputs(stack="Orders", values=values)


def test_alias_is_found_by_its_value() -> None:
    """Whatever the output is called; a bucket's ARN and an unqualified function are not aliases."""
    target = outputs(Entry=ALIAS, FunctionName="Orders-Workflow", Bucket="arn:aws:s3:::orders").target()

    assert ("Orders-Workflow", "blue", "eu-west-1") == (target.name, target.qualifier, target.region)


def test_one_alias_in_two_outputs_is_one() -> None:
    """An output that is repeated leaves no choice."""
    assert ALIAS == str(outputs(A=ALIAS, B=ALIAS).target())


def test_function_name_does_where_no_alias_is_told() -> None:
    """With the alias of the constructs."""
    assert "Orders-Workflow:live" == str(outputs(FunctionName="Orders-Workflow").target())


def test_output_that_is_named_decides() -> None:
    """Of several functions; the qualifier is the command's."""
    assert OTHER == str(outputs(A=ALIAS, B=OTHER).target(output="B"))
    assert "Invoices:3" == str(outputs(A=ALIAS, Name="Invoices").target(output="Name", qualifier="3"))


def test_log_group_is_told_or_not() -> None:
    """By the output LogGroupName."""
    assert "/orders" == outputs(LogGroupName="/orders").log_group()
    assert outputs(AliasArn=ALIAS).log_group() is None


@pytest.mark.parametrize(
    ("values", "output", "problem"),
    [
        ({"A": ALIAS, "B": OTHER}, None, r"name several functions \(A, B\): pass one of them as FUNCTION"),
        ({"Url": "https://example.com"}, None, "must have an output with the ARN of an alias.* it has Url"),
        ({}, None, "it has none"),
        ({"A": ALIAS}, "B", "must have the output B; it has A"),
    ],
)
def test_rejects_outputs_that_name_no_function(values: dict[str, str], output: str | None, problem: str) -> None:
    """Each time with what there is instead."""
    with pytest.raises(UsageError, match=problem):
        outputs(**values).target(output=output)
