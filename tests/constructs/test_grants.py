"""Grants, each compared as whole statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from tests.conftest import Resources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi_constructs import DurableManagedFunction, DurableManagedFunctionGrants

Statements = list[dict[str, Any]]
ARN = {"Fn::GetAtt": ["<function>", "Arn"]}


# IAM has these (DG [durable-pause-resume], [durable-delete]); cfn-lint's list of actions is older.
NEW_TO_CFN_LINT = ("pausedurableexecution", "resumedurableexecution", "deletedurableexecution")


def behind(suffix: str) -> dict[str, Any]:
    """Return the function's ARN with something behind it."""
    return {"Fn::Join": ["", [ARN, suffix]]}


START: Any = [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": behind(":live")}]
OBSERVE: Any = [
    {
        "Effect": "Allow",
        "Action": ["lambda:GetDurableExecution", "lambda:GetDurableExecutionHistory"],
        "Resource": behind(":*"),
    },
    {"Effect": "Allow", "Action": "lambda:ListDurableExecutionsByFunction", "Resource": [ARN, behind(":*")]},
]
OPERATE: Any = [
    {
        "Effect": "Allow",
        "Action": [
            "lambda:StopDurableExecution",
            "lambda:PauseDurableExecution",
            "lambda:ResumeDurableExecution",
            "lambda:DeleteDurableExecution",
        ],
        "Resource": behind(":*"),
    }
]
CALLBACKS: Any = [
    {
        "Effect": "Allow",
        "Action": [
            "lambda:SendDurableExecutionCallbackSuccess",
            "lambda:SendDurableExecutionCallbackFailure",
            "lambda:SendDurableExecutionCallbackHeartbeat",
        ],
        "Resource": behind(":*"),
    }
]
CHAINED: Any = [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": [ARN, behind(":*")]}]
DECRYPT: Any = {
    "Effect": "Allow",
    "Action": "kms:Decrypt",
    "Resource": {"Fn::GetAtt": ["<key>", "Arn"]},
    "Condition": {
        "StringEquals": {
            "kms:ViaService": {"Fn::Join": ["", ["lambda.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]},
            "kms:EncryptionContext:aws:lambda:FunctionArn": ARN,
        }
    },
}
# Of each grant: its name, its statements, and whether it touches execution data.
GRANTS: Any = [
    ("start", START, False),
    ("observe", OBSERVE, True),
    ("operate", OPERATE, True),
    ("complete_callbacks", CALLBACKS, True),
    ("chained_invoke", CHAINED, False),
]


def concrete(value: Any, names: dict[str, str]) -> Any:
    """Put logical ids in the place of ``<...>``."""
    if isinstance(value, dict):
        return {key: concrete(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [concrete(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


@pytest.fixture(scope="session")
def synthesize(cfn_lint: Callable[[Mapping[str, Any]], list[str]]) -> Callable[[cdk.Stack], Resources]:
    """As everywhere, but for the three actions that cfn-lint does not know yet."""

    def make(stack: cdk.Stack) -> Resources:
        resources = Resources(Template.from_stack(stack))
        assert [] == [
            finding
            for finding in cfn_lint(resources.json)
            if not any(f"'{action}' is not one of" in finding for action in NEW_TO_CFN_LINT)
        ]
        return resources

    return make


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "encrypted"])
def granted(
    request: pytest.FixtureRequest,
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> tuple[Resources, dict[str, list[iam.Grant]]]:
    """Return a function, with and without a key, and a role for each grant."""
    stack = strict_stack()
    made = workflow(stack, encryption_key=kms.Key(stack, "Key") if request.param else None)
    grants = {}
    for name, _, _ in GRANTS:
        role = iam.Role(stack, name, assumed_by=iam.AccountRootPrincipal())
        grants[name] = [getattr(made.grants, name)(role)]
    return synthesize(stack), grants


@pytest.mark.parametrize(("name", "statements", "reads"), GRANTS, ids=[name for name, _, _ in GRANTS])
def test_statements(
    granted: tuple[Resources, dict[str, list[iam.Grant]]], name: str, statements: Statements, *, reads: bool
) -> None:
    """What is granted, on the level that the action has, and the key only where execution data is touched."""
    resources, grants = granted
    keys = resources.of_type("AWS::KMS::Key")
    names = {"<function>": resources.only("AWS::Lambda::Function").logical_id}
    if keys:
        names["<key>"] = keys[0].logical_id
    [role] = [role for role in resources.of_type("AWS::IAM::Role") if role.logical_id.startswith(name.replace("_", ""))]

    assert grants[name][0].success
    assert concrete([*statements, DECRYPT] if keys and reads else statements, names) == resources.statements(role)


def test_functions_on_each_other_and_on_themselves(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """Everything granted in a circle still makes a template that cfn-lint finds no circle in."""
    stack = strict_stack()
    orders = workflow(stack)
    invoices = workflow(stack, "Invoices", capacity=orders.capacity)
    for target in (orders, invoices):
        for grantee in (orders, invoices):
            for name, _, _ in GRANTS:
                getattr(target.grants, name)(grantee)
    resources = synthesize(stack)
    policies = [policy for policy in resources.of_type("AWS::IAM::Policy") if "ExecutionPolicy" in policy.logical_id]

    assert [2, 2] == [str(policy.properties).count("lambda:StopDurableExecution") for policy in policies]
    assert [version.waits_for_permissions for version in resources.of_type("AWS::Lambda::Version")] == [
        [policy.logical_id] for policy in policies
    ]


def test_function_of_cdk_is_a_grantee(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """A web hook's ordinary function completes callbacks."""
    stack = strict_stack()
    hook = lambda_.Function(
        stack,
        "Hook",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
    )
    workflow(stack).grants.complete_callbacks(hook)
    # CDK's function lists its role under DependsOn although it names it.
    resource = hook.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})
    resources = synthesize(stack)
    [role] = [role for role in resources.of_type("AWS::IAM::Role") if role.logical_id.startswith("HookServiceRole")]
    [function] = [
        function for function in resources.of_type("AWS::Lambda::Function") if "DurableConfig" in function.properties
    ]

    assert concrete(CALLBACKS, {"<function>": function.logical_id}) == resources.statements(role)


@pytest.mark.parametrize("name", [name for name, _, _ in GRANTS])
def test_rejects_a_service(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction], name: str
) -> None:
    """An AWS service has no identity policy, and a grant that does nothing is no grant."""
    grants: DurableManagedFunctionGrants = workflow(strict_stack()).grants

    with pytest.raises(ValueError, match=r"must have an identity policy.*got ServicePrincipal: .*alias\.grant_invoke"):
        getattr(grants, name)(iam.ServicePrincipal("scheduler.amazonaws.com"))


def test_an_imported_function_gets_a_warning_and_no_statement(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """CDK says what to add to the role of the other app; its principal has no account."""
    stack = strict_stack()
    arn = "arn:aws:lambda:eu-central-1:111122223333:function:other"
    workflow(stack).grants.chained_invoke(lambda_.Function.from_function_arn(stack, "Other", arn))

    assert ["Orders/Other"] == [path for path in warnings_of(stack).values() if path.endswith("Other")]


def test_rejects_chained_invoke_across_accounts(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """Chained invokes stay in the account."""
    stack = strict_stack(cdk.Environment(account="111122223333", region="eu-central-1"))
    caller = iam.Role.from_role_arn(stack, "Caller", "arn:aws:iam::444455556666:role/caller")

    with pytest.raises(ValueError, match=r"account 111122223333.*got account 444455556666"):
        workflow(stack).grants.chained_invoke(caller)
