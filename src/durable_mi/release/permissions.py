"""The IAM actions of a pass, by what they are on.

The client names its calls by them, and the janitor's policy is made of them.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ALIAS_CHANGES",
    "FUNCTION_READS",
    "PROVIDER_CHANGES",
    "PROVIDER_READS",
    "RECORD_CALLS",
    "STACK_READS",
    "STATUS_READS",
    "TAG_READS",
    "VERSION_CHANGES",
]

FUNCTION_READS: Final = (
    "lambda:GetFunctionConfiguration",
    "lambda:GetFunctionEventInvokeConfig",
    "lambda:GetFunctionScalingConfig",
    "lambda:ListAliases",
    "lambda:ListDurableExecutionsByFunction",
    "lambda:ListVersionsByFunction",
)
"""On the function and on its versions and aliases."""

TAG_READS: Final = ("lambda:ListTags",)
"""On every function of the stack, since the tags say which of them are ours, and on their capacity providers."""

VERSION_CHANGES: Final = ("lambda:PutFunctionScalingConfig", "lambda:DeleteFunction")
"""On versions alone, ``function:NAME:*``: a call that would delete the function itself must be denied."""

PROVIDER_READS: Final = ("lambda:ListFunctionVersionsByCapacityProvider",)
"""On capacity providers."""

PROVIDER_CHANGES: Final = ("lambda:DeleteCapacityProvider",)
"""On capacity providers that a replacement left behind."""

STACK_READS: Final = ("cloudformation:DescribeStacks", "cloudformation:ListStackResources")
"""On the stack of the functions, and on that of their capacity provider."""

RECORD_CALLS: Final = ("dynamodb:GetItem", "dynamodb:PutItem")
"""On the table of release records."""

ALIAS_CHANGES: Final = ("lambda:UpdateAlias",)
"""On the alias, for the command line alone: a janitor never moves an alias."""

STATUS_READS: Final = ("lambda:GetCapacityProvider", "lambda:GetDurableExecutionHistory")
"""On capacity providers and executions, for the command line alone, which shows costs and what executions wait for."""
