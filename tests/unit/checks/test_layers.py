"""Layers against the function's architecture and Region."""

from __future__ import annotations

import pytest

from durable_mi.checks.check_error import CheckError
from durable_mi.checks.layers import check_layer

ARN = "arn:aws:lambda:eu-central-1:111122223333:layer:{}:7"


@pytest.mark.parametrize(
    ("name", "architectures"),
    [
        ("shared", ()),
        ("shared", ("arm64", "x86_64")),
        ("AWSLambdaPowertoolsPythonV3-python314-arm64", ()),
        ("tools-arm64-x86_64", ()),
        ("charm64bit", ()),
        ("LambdaInsightsExtension-Arm64", ("arm64",)),
    ],
)
def test_takes_layers_that_fit(name: str, architectures: tuple[str, ...]) -> None:
    """What a layer does not declare is not judged."""
    check_layer(ARN.format(name), architecture="arm64", region="eu-central-1", architectures=architectures)


@pytest.mark.parametrize(
    "arn", ["${Token[TOKEN.12]}", "arn:aws:lambda:${Token[AWS.Region.3]}:1:layer:x86_64:1", "shared"]
)
def test_what_is_not_literal_is_not_judged(arn: str) -> None:
    """A token is known at deploy time only."""
    check_layer(arn, architecture="arm64", region="eu-central-1")


def test_a_region_that_is_not_known_is_not_judged() -> None:
    """A stack without a region can be deployed to that of the layer."""
    check_layer(ARN.format("shared"), architecture="arm64", region=None)


def test_rejects_another_region() -> None:
    """Lambda loads layers of its own Region only."""
    with pytest.raises(
        CheckError, match=r"^layers must be in the function's Region us-east-1, got arn:\S+ in eu-central-1:"
    ):
        check_layer(ARN.format("shared"), architecture="arm64", region="us-east-1")


@pytest.mark.parametrize(
    ("name", "architectures"),
    [
        ("shared", ("x86_64",)),
        ("AWSLambdaPowertoolsPythonV3-python314-x86_64", ()),
        ("aws-otel-python-amd64-ver-1-32-0", ()),
    ],
)
def test_rejects_another_architecture(name: str, architectures: tuple[str, ...]) -> None:
    """Declared, or in the name that AWS's layers have."""
    with pytest.raises(
        CheckError, match=rf"function's architecture arm64, got arn:\S+:{name}:7 for x86_64: use the layer"
    ):
        check_layer(ARN.format(name), architecture="arm64", region=None, architectures=architectures)
