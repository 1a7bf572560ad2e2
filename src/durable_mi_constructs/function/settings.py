"""Settings of the function that most users do not change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from durable_mi import limits
from durable_mi.checks import choice, layers, storage
from durable_mi.checks.option import Option
from durable_mi_constructs import choices, kinds
from durable_mi_constructs.arguments import takes, takes_fields
from durable_mi_constructs.tokens import convert, is_unresolved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_kms as kms
    from constructs import Construct

__all__ = ["LOGGING", "SETTINGS", "FunctionLogging", "FunctionSettings"]

_LAYERS: Final = kinds.ListOf(
    kinds.instance(
        lambda_.ILayerVersion,
        fix="pass a lambda_.LayerVersion, or import one with "
        "lambda_.LayerVersion.from_layer_version_arn(scope, id, layer_version_arn)",
    )
)
_CODE_SIGNING: Final = kinds.instance(
    lambda_.ICodeSigningConfig,
    fix="pass a lambda_.CodeSigningConfig, or import one with "
    "lambda_.CodeSigningConfig.from_code_signing_config_arn(scope, id, code_signing_config_arn)",
)
_RUNTIME: Final = kinds.instance(lambda_.Runtime, fix="pass a runtime such as lambda_.Runtime.PYTHON_3_14")
_ARCHITECTURE: Final = kinds.instance(lambda_.Architecture, fix="pass lambda_.Architecture.ARM_64 or .X86_64")
_FUNCTION: Final = kinds.instance(lambda_.Function, fix="pass the lambda_.Function to tag")


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionLogging:
    """Levels and retention of the function's logs. Their format is always JSON.

    Attributes:
        application_log_level: The lowest level of the handler's own lines. Defaults to ``INFO``.
        system_log_level: The lowest level of Lambda's lines, such as the report of each invocation. Defaults to
            ``INFO``.
        retention: How long the created log group keeps them; not together with your own log group. Defaults to
            CDK's default of two years.
        removal_policy: What becomes of the created log group when the stack is deleted; not together with your own log
            group. Defaults to CDK's default ``RETAIN``.

    A string with a member's name, such as ``"DEBUG"`` or ``"ONE_MONTH"`` from the context, is taken as the member.

    Raises:
        ValueError: A value is no member of its enum.
    """

    application_log_level: lambda_.ApplicationLogLevel = lambda_.ApplicationLogLevel.INFO
    system_log_level: lambda_.SystemLogLevel = lambda_.SystemLogLevel.INFO
    retention: logs.RetentionDays | None = None
    removal_policy: cdk.RemovalPolicy | None = None

    def __post_init__(self) -> None:
        """Take each value as the member that it names."""
        for name, enum in (
            ("application_log_level", lambda_.ApplicationLogLevel),
            ("system_log_level", lambda_.SystemLogLevel),
        ):
            object.__setattr__(self, name, choice.take_member(name, getattr(self, name), enum))
        if self.retention is not None:
            object.__setattr__(self, "retention", choice.take_member("retention", self.retention, logs.RetentionDays))
        if self.removal_policy is not None:
            policy = choice.take_member("removal_policy", self.removal_policy, cdk.RemovalPolicy)
            object.__setattr__(self, "removal_policy", policy)

    @takes(scope=kinds.CONSTRUCT, given=kinds.LOG_GROUP)
    def log_group(self, scope: Construct, given: logs.ILogGroup | None) -> logs.ILogGroup:
        """Return the given log group, or create ``LogGroup`` in ``scope``.

        Args:
            scope: The construct of the function.
            given: The user's log group.

        Raises:
            ValueError: A log group is set together with a retention or a removal policy.
        """
        if given is None:
            return logs.LogGroup(scope, "LogGroup", retention=self.retention, removal_policy=self.removal_policy)
        for name in ("retention", "removal_policy"):
            if (value := getattr(self, name)) is not None:
                msg = f"{name} must be left out where log_group is given, got {value.name}: set it on the log group"
                raise ValueError(msg)
        return given


@takes_fields(
    layers=_LAYERS,
    environment_encryption=kinds.KEY,
    ephemeral_storage_size=kinds.SIZE,
    code_signing_config=_CODE_SIGNING,
    tags=kinds.STRINGS_BY_NAME,
)
@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionSettings:
    """Less common settings of a function that work on managed instances.

    Attributes:
        layers: At most five layers, built for the function's runtime and architecture. Not for container images.
            Defaults to none.
        environment_encryption: A customer managed key for the environment variables, separate from the key of
            the execution payloads (``encryption_key``). The execution role needs no permission: Lambda creates a grant
            with the deployer's permissions. Defaults to a key that AWS manages.
        ephemeral_storage_size: Size of ``/tmp``, shared by all processes of an execution environment: 512 MiB to
            10 GiB. Defaults to 512 MiB, the service's default.
        runtime_management_mode: When Lambda updates the runtime. ``RuntimeManagementMode.manual(arn)`` pins a runtime
            version, which helped when an update broke durable functions on managed instances
            (aws-durable-execution-sdk-js, pull request 859); remove the pin afterwards, because a pinned runtime gets
            no security updates. Not for container images. Defaults to updates by Lambda.
        code_signing_config: Signers of the code. Not for container images. Defaults to no signature.
        tags: Tags of the function only; ``cdk.Tags.of(...)`` tags everything below a construct. Defaults to none.

    Raises:
        ValueError: A value is of the wrong kind, there are more than five layers, or ``/tmp`` is out of range.
    """

    layers: Sequence[lambda_.ILayerVersion] = ()
    environment_encryption: kms.IKey | None = None
    ephemeral_storage_size: cdk.Size | None = None
    runtime_management_mode: lambda_.RuntimeManagementMode | None = None
    code_signing_config: lambda_.ICodeSigningConfig | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the settings that do not depend on the function."""
        if self.runtime_management_mode is not None:
            mode = choices.take_runtime_management_mode(self.runtime_management_mode)
            object.__setattr__(self, "runtime_management_mode", mode)
        if len(self.layers) > limits.MAX_LAYERS:
            msg = (
                f"layers must be at most {limits.MAX_LAYERS}, got {len(self.layers)}: merge some, or take a container "
                "image"
            )
            raise ValueError(msg)
        size = self.ephemeral_storage_size
        if size is not None:
            none = cdk.SizeRoundingBehavior.NONE
            mebibytes = convert(
                Option.EPHEMERAL_STORAGE_SIZE, size, "mebibytes", lambda: size.to_mebibytes(rounding=none)
            )
            if not is_unresolved(mebibytes):
                storage.check_ephemeral_storage(mebibytes)

    def check_image(self) -> None:
        """Reject settings that a container image cannot have.

        Raises:
            ValueError: Layers, a runtime pin or code signing are set.
        """
        for name, value, instead in (
            ("layers", self.layers, "copy what they hold into the image"),
            ("runtime_management_mode", self.runtime_management_mode, "the runtime is the image's: pin its base image"),
            ("code_signing_config", self.code_signing_config, "sign the image itself, for example with Notation"),
        ):
            if value:
                msg = f"{name} must be left out for a container image, got {len(self.layers) or 'one'}: {instead}"
                raise ValueError(msg)

    @takes(runtime=_RUNTIME)
    def check_layers(self, runtime: lambda_.Runtime) -> None:
        """Reject layers for other runtimes.

        Args:
            runtime: The function's runtime.

        Raises:
            ValueError: A layer names its runtimes, and this one is not among them.
        """
        for layer in self.layers:
            names = [compatible.name for compatible in layer.compatible_runtimes or ()]
            if names and runtime.name not in names:
                msg = (
                    f"layers must be made for the function's runtime {runtime.name}, got {layer.node.path} for "
                    f"{', '.join(names)}: build it for {runtime.name}, or name that runtime in compatible_runtimes"
                )
                raise ValueError(msg)

    @takes(region=kinds.STRING, architecture=_ARCHITECTURE)
    def check_layers_in(self, region: str, architecture: lambda_.Architecture) -> None:
        """Reject layers for another architecture, or of another Region.

        Args:
            region: The Region of the function's stack, which can be a token.
            architecture: The architecture of the instances.

        Raises:
            ValueError: A layer declares other architectures only, or its literal ARN has another Region or
                architecture.
        """
        for layer in self.layers:
            resource = layer.node.default_child
            declared = resource.compatible_architectures if isinstance(resource, lambda_.CfnLayerVersion) else None
            layers.check_layer(
                layer.layer_version_arn,
                architecture=architecture.name,
                region=None if is_unresolved(region) else region,
                architectures=[name for name in declared or () if not is_unresolved(name)],
                name=layer.node.path if declared else None,
            )

    @takes(function=_FUNCTION)
    def apply_tags(self, function: lambda_.Function) -> None:
        """Add the tags to the function.

        Args:
            function: The function.
        """
        for key, value in self.tags.items():
            cdk.Tags.of(function).add(key, value, include_resource_types=["AWS::Lambda::Function"])


LOGGING: Final = kinds.instance(FunctionLogging, fix="pass FunctionLogging(application_log_level=..., retention=...)")
"""The kind of ``logging``."""

SETTINGS: Final = kinds.instance(FunctionSettings, fix="pass FunctionSettings(layers=..., tags=...)")
"""The kind of ``settings``."""
