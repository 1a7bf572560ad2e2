"""A customer managed key for execution payloads: where it stands, and who may use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resources

IMPORTED = "arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012"
FUNCTIONS = {
    "Fn::Join": [
        "",
        [
            "arn:",
            {"Ref": "AWS::Partition"},
            ":lambda:",
            {"Ref": "AWS::Region"},
            ":",
            {"Ref": "AWS::AccountId"},
            ":function:*",
        ],
    ]
}


def via(service: str) -> Any:
    """Return the condition value for requests through a service of the stack's region."""
    return {"Fn::Join": ["", [f"{service}.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}


@pytest.fixture(scope="module")
def two_functions(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> Resources:
    """Two functions with the same key."""
    stack = strict_stack()
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    first = workflow(stack, encryption_key=key)
    workflow(stack, "Invoices", encryption_key=key, capacity=first.capacity)
    return synthesize(stack)


def test_functions_name_the_key(two_functions: Resources) -> None:
    """The durable config has the key's ARN beside the times."""
    key = two_functions.only("AWS::KMS::Key")

    assert [
        {
            "ExecutionTimeout": 3600,
            "RetentionPeriodInDays": 14,
            "KMSKeyArn": {"Fn::GetAtt": [key.logical_id, "Arn"]},
        }
    ] * 2 == [function.properties["DurableConfig"] for function in two_functions.of_type("AWS::Lambda::Function")]


def test_key_policy_lets_lambda_use_it_for_durable_functions(two_functions: Resources) -> None:
    """One statement beside the account's own, however many functions there are, and it names no function."""
    [account, service] = two_functions.only("AWS::KMS::Key").properties["KeyPolicy"]["Statement"]

    assert "kms:*" == account["Action"]
    assert service == {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnLike": {"aws:SourceArn": FUNCTIONS},
            "StringLike": {"kms:EncryptionContext:aws:lambda:FunctionArn": FUNCTIONS},
        },
    }


def test_role_reads_through_lambda_and_writes_dead_letters_through_sqs(two_functions: Resources) -> None:
    """The execution role gets the key for two purposes, each through one service."""
    function, _ = two_functions.of_type("AWS::Lambda::Function")
    key = {"Fn::GetAtt": [two_functions.only("AWS::KMS::Key").logical_id, "Arn"]}
    role = two_functions.follow(function.properties["Role"])

    assert [
        {
            "Effect": "Allow",
            "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
            "Resource": key,
            "Condition": {"StringEquals": {"kms:ViaService": via("sqs")}},
        },
        {
            "Sid": "ReadDurableExecutionData",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": key,
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": via("lambda"),
                    "kms:EncryptionContext:aws:lambda:FunctionArn": {"Fn::GetAtt": [function.logical_id, "Arn"]},
                }
            },
        },
    ] == [statement for statement in two_functions.statements(role) if "kms" in str(statement["Action"])]


def test_dead_letters_are_encrypted_with_the_same_key(two_functions: Resources) -> None:
    """The event of a failed execution is as secret as the execution."""
    key = {"Fn::GetAtt": [two_functions.only("AWS::KMS::Key").logical_id, "Arn"]}

    assert [key, key] == [queue.properties["KmsMasterKeyId"] for queue in two_functions.of_type("AWS::SQS::Queue")]


def test_key_in_another_stack(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """A key can stand in a stack of its own, which the function's stack comes after."""
    app = strict_app()
    keys, functions = cdk.Stack(app, "Keys"), cdk.Stack(app, "Functions")
    workflow(functions, encryption_key=kms.Key(keys, "Key"))
    resources = synthesize(functions)

    assert ["Keys"] == [stack.node.id for stack in functions.dependencies]
    assert "Fn::ImportValue" in resources.only("AWS::Lambda::Function").properties["DurableConfig"]["KMSKeyArn"]


def test_imported_key_warns(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """Nothing can be added to the policy of an imported key, so its owner must."""
    stack = strict_stack()
    workflow(stack, encryption_key=kms.Key.from_key_arn(stack, "Key", IMPORTED))

    assert "Orders/Workflow" == warnings_of(stack)["durable-mi:imported-encryption-key"]


def test_alias_stands_for_its_key(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """An alias would match nothing in a policy, so the key behind it is taken everywhere."""
    stack = strict_stack()
    workflow(stack, encryption_key=kms.Key(stack, "Key").add_alias("orders"))
    resources = synthesize(stack)
    key = {"Fn::GetAtt": [resources.only("AWS::KMS::Key").logical_id, "Arn"]}

    assert resources.only("AWS::Lambda::Function").properties["DurableConfig"]["KMSKeyArn"] == key
    assert resources.only("AWS::SQS::Queue").properties["KmsMasterKeyId"] == key


def test_rejects_asymmetric_key(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """Lambda takes symmetric encryption keys only."""
    stack = strict_stack()
    key = kms.Key(stack, "Key", key_spec=kms.KeySpec.RSA_2048, key_usage=kms.KeyUsage.ENCRYPT_DECRYPT)

    with pytest.raises(ValueError, match="must be a symmetric encryption key, got Orders/Key with RSA_2048"):
        workflow(stack, encryption_key=key)


def test_rejects_key_of_another_region(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """Lambda takes keys of the function's region only."""
    stack = strict_stack(cdk.Environment(account="111122223333", region="us-east-1"))
    key = kms.Key.from_key_arn(stack, "Key", IMPORTED)

    with pytest.raises(ValueError, match="function's region us-east-1, got Orders/Key in eu-central-1"):
        workflow(stack, encryption_key=key)


def test_users_role_gets_the_key(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """A role that the user brings may decrypt as the one made here."""
    stack = strict_stack()
    role = iam.Role(stack, "Mine", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    workflow(stack, role=role, encryption_key=kms.Key(stack, "Key"))
    resources = synthesize(stack)
    found = resources.follow(resources.only("AWS::Lambda::Function").properties["Role"])

    assert "ReadDurableExecutionData" == [statement.get("Sid") for statement in resources.statements(found)][-1]
