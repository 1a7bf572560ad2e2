"""The rarer settings, container images, and what does not work on managed instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_signer as signer

from durable_mi_constructs import DurableManagedFunction, FunctionLogging, FunctionSettings, PythonCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Resources

LAYER = "arn:aws:lambda:eu-central-1:111122223333:layer:shared:7"
PIN = "arn:aws:lambda:eu-central-1::runtime:0cdcfbdefbc5e7d3343f73c2e2dd3cba17d61dea0686b404502a0c9ce83931b9"


def test_settings_reach_the_function(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """Each setting is found where CloudFormation has it."""
    stack = strict_stack()
    key = kms.Key(stack, "Key")
    signing = lambda_.CodeSigningConfig(
        stack,
        "Signing",
        signing_profiles=[signer.SigningProfile(stack, "Profile", platform=signer.Platform.AWS_LAMBDA_SHA384_ECDSA)],
    )
    workflow(
        stack,
        environment={"TABLE_NAME": "orders"},
        settings=FunctionSettings(
            layers=[lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", LAYER)],
            environment_encryption=key,
            ephemeral_storage_size=cdk.Size.gibibytes(10),
            runtime_management_mode=lambda_.RuntimeManagementMode.manual(PIN),
            code_signing_config=signing,
            tags={"team": "orders"},
        ),
        logging=FunctionLogging(
            application_log_level=lambda_.ApplicationLogLevel.DEBUG,
            system_log_level=lambda_.SystemLogLevel.WARN,
            retention=logs.RetentionDays.ONE_MONTH,
        ),
    )
    resources = synthesize(stack)
    function = resources.only("AWS::Lambda::Function")
    group = resources.follow(function.properties["LoggingConfig"]["LogGroup"])

    assert [LAYER] == function.properties["Layers"]
    assert function.properties["KmsKeyArn"] == stack.resolve(key.key_arn)
    assert {"Size": 10240} == function.properties["EphemeralStorage"]
    assert {"RuntimeVersionArn": PIN, "UpdateRuntimeOn": "Manual"} == function.properties["RuntimeManagementConfig"]
    assert function.properties["CodeSigningConfigArn"] == stack.resolve(signing.code_signing_config_arn)
    assert {"Key": "team", "Value": "orders"} in function.properties["Tags"]
    assert function.properties["LoggingConfig"] == {
        "ApplicationLogLevel": "DEBUG",
        "SystemLogLevel": "WARN",
        "LogFormat": "JSON",
        "LogGroup": {"Ref": group.logical_id},
    }
    assert {"RetentionInDays": 30} == group.properties
    assert [] == resources.only("AWS::KMS::Key").properties["KeyPolicy"]["Statement"][1:]


def test_image_brings_handler_and_runtime(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """An image in a repository is the code, with nothing said about handler and runtime."""
    stack = strict_stack()
    repository = ecr.Repository.from_repository_name(stack, "Repository", "orders")
    workflow(
        stack,
        code=lambda_.Code.from_ecr_image(repository, tag_or_digest="v7", cmd=["order.handler"]),
        handler=lambda_.Handler.FROM_IMAGE,
    )
    properties = synthesize(stack).only("AWS::Lambda::Function").properties

    assert "Image" == properties["PackageType"]
    assert {"Command": ["order.handler"]} == properties["ImageConfig"]
    assert "ImageUri" in properties["Code"]
    assert {"Handler", "Runtime"}.isdisjoint(properties)


def test_image_is_built_from_a_directory(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
    tmp_path: Path,
) -> None:
    """A Dockerfile is an image asset; CDK builds it when it deploys."""
    (tmp_path / "Dockerfile").write_text("FROM public.ecr.aws/lambda/python:3.14\n")
    stack = strict_stack()
    workflow(
        stack,
        code=lambda_.Code.from_asset_image(str(tmp_path)),
        handler=lambda_.Handler.FROM_IMAGE,
        runtime=lambda_.Runtime.FROM_IMAGE,
    )

    assert "Image" == synthesize(stack).only("AWS::Lambda::Function").properties["PackageType"]


def _image(stack: cdk.Stack) -> lambda_.Code:
    return lambda_.Code.from_ecr_image(ecr.Repository.from_repository_name(stack, "Repository", "orders"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"handler": "order.handler"}, r"handler must be lambda_\.Handler\.FROM_IMAGE.*got 'order\.handler'"),
        ({"runtime": lambda_.Runtime.PYTHON_3_14}, "runtime must be left out for a container image, got python3.14"),
        (
            {"settings": FunctionSettings(runtime_management_mode=lambda_.RuntimeManagementMode.FUNCTION_UPDATE)},
            "runtime_management_mode must be left out for a container image",
        ),
    ],
)
def test_rejects_for_images(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    options: dict[str, Any],
    message: str,
) -> None:
    """What the image decides is not said a second time."""
    stack = strict_stack()
    with pytest.raises(ValueError, match=message):
        workflow(stack, **{"code": _image(stack), "handler": lambda_.Handler.FROM_IMAGE, **options})


def test_rejects_layers_for_images(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """An image has no layers."""
    stack = strict_stack()
    settings = FunctionSettings(layers=[lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", LAYER)])

    with pytest.raises(ValueError, match="layers must be left out for a container image, got 1: copy"):
        workflow(stack, code=_image(stack), handler=lambda_.Handler.FROM_IMAGE, settings=settings)


def test_rejects_docker_image_code(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction], tmp_path: Path
) -> None:
    """CDK keeps the inside of a `DockerImageCode` to itself."""
    with pytest.raises(ValueError, match=r"got a DockerImageCode.*Code\.from_asset_image"):
        workflow(strict_stack(), code=lambda_.DockerImageCode.from_image_asset(str(tmp_path)))


def test_rejects_package_with_an_images_handler(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction], tmp_path: Path
) -> None:
    """A Python package is no image."""
    (tmp_path / "order.py").write_text("")
    (tmp_path / "requirements.txt").write_text("")

    with pytest.raises(ValueError, match="PythonCode makes a package, not an image"):
        workflow(strict_stack(), code=PythonCode.from_project(tmp_path), handler=lambda_.Handler.FROM_IMAGE)


def test_rejects_six_layers(strict_stack: Callable[..., cdk.Stack]) -> None:
    """Five layers are the limit."""
    stack = strict_stack()
    layers = [lambda_.LayerVersion.from_layer_version_arn(stack, f"Layer{index}", LAYER) for index in range(6)]

    assert 5 == len(FunctionSettings(layers=layers[:5]).layers)
    with pytest.raises(ValueError, match="layers must be at most 5, got 6"):
        FunctionSettings(layers=layers)


def test_rejects_layer_for_another_runtime(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """A layer that names its runtimes is believed."""
    stack = strict_stack()
    layer = lambda_.LayerVersion.from_layer_version_attributes(
        stack, "Layer", layer_version_arn=LAYER, compatible_runtimes=[lambda_.Runtime.PYTHON_3_14]
    )

    with pytest.raises(ValueError, match=r"runtime python3\.13, got Orders/Layer for python3\.14"):
        workflow(stack, runtime=lambda_.Runtime.PYTHON_3_13, settings=FunctionSettings(layers=[layer]))


def test_rejects_layer_of_another_region(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """A literal ARN has the region; a stack without one is not judged."""
    stack = strict_stack(env=cdk.Environment(region="us-east-1"))
    settings = FunctionSettings(layers=[lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", LAYER)])

    with pytest.raises(ValueError, match=r"Region us-east-1, got arn:aws:lambda:eu-central-1:\S+ in eu-central-1:"):
        workflow(stack, settings=settings)


@pytest.mark.parametrize("declared", [[lambda_.Architecture.X86_64], None])
def test_layers_are_checked_against_the_architecture(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    tmp_path: Path,
    declared: list[lambda_.Architecture] | None,
) -> None:
    """A layer of the app declares its architectures, or none."""
    stack = strict_stack()
    (tmp_path / "python").mkdir()
    code = lambda_.Code.from_asset(str(tmp_path))
    layer = lambda_.LayerVersion(stack, "Layer", code=code, compatible_architectures=declared)

    if declared is None:
        workflow(stack, settings=FunctionSettings(layers=[layer]))
    else:
        with pytest.raises(ValueError, match="architecture arm64, got Orders/Layer for x86_64: use the layer"):
            workflow(stack, settings=FunctionSettings(layers=[layer]))


@pytest.mark.parametrize("size", [cdk.Size.mebibytes(511), cdk.Size.gibibytes(11), cdk.Size.kibibytes(614_401)])
def test_rejects_storage(size: cdk.Size) -> None:
    """The size of ``/tmp`` has its limits."""
    with pytest.raises(ValueError, match="ephemeral_storage_size must be whole MiB from 512 to 10240"):
        FunctionSettings(ephemeral_storage_size=size)


def test_rejects_two_retentions(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """A log group that the user brings has its own retention."""
    stack = strict_stack()
    with pytest.raises(ValueError, match="retention must be left out where log_group is given, got ONE_DAY"):
        workflow(
            stack,
            log_group=logs.LogGroup(stack, "Logs"),
            logging=FunctionLogging(retention=logs.RetentionDays.ONE_DAY),
        )


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("vpc", r"network=ManagedNetwork\(\.\.\.\)"),
        ("vpc_subnets", r"network=ManagedNetwork\(\.\.\.\)"),
        ("security_groups", r"capacity\.connections"),
        ("reserved_concurrent_executions", "max_execution_environments"),
        ("provisioned_concurrent_executions", "min_execution_environments"),
        ("snap_start", "min_execution_environments"),
        ("filesystem", "ephemeral_storage_size"),
        ("tenancy_config", "ManagedCapacity"),
        ("on_success", "on_status_change"),
        ("on_failure", "dead_letters"),
        ("logging_format", "always JSON"),
        ("function_name", r"function\.function_name"),
        ("architecture", r"capacity=ManagedCapacity\(\.\.\., architecture"),
        ("retry_attempts", r"alias\.configure_async_invoke"),
        ("dead_letter_queue", r"DeadLetters\.to_queue"),
        ("layers", r"settings=FunctionSettings"),
        ("log_retention", r"logging=FunctionLogging"),
        ("durable_config", "execution_timeout"),
    ],
)
def test_rejects_what_does_not_work(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    name: str,
    instead: str,
) -> None:
    """The message names the argument and what does its work."""
    with pytest.raises(ValueError, match=f"^{name} must not be given to a durable function.*{instead}"):
        workflow(strict_stack(), **{name: None})


def test_rejects_unknown_argument(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """A typing error is what it is in Python."""
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'memory'$"):
        workflow(strict_stack(), memory=4096)
