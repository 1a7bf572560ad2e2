"""The function that is invoked, and the endpoint it is invoked at."""

from __future__ import annotations

import pytest

from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.errors import UsageError
from durable_mi.operate.target import Target

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:orders"


@pytest.mark.parametrize(
    ("function", "qualifier", "expected"),
    [
        ("orders", None, Target(function="orders", name="orders", qualifier="live", region=None)),
        ("orders:7", None, Target(function="orders", name="orders", qualifier="7", region=None)),
        ("orders", "beta", Target(function="orders", name="orders", qualifier="beta", region=None)),
        ("orders:beta", "beta", Target(function="orders", name="orders", qualifier="beta", region=None)),
        (ARN, None, Target(function=ARN, name="orders", qualifier="live", region="eu-central-1")),
        (f"{ARN}:beta", None, Target(function=ARN, name="orders", qualifier="beta", region="eu-central-1")),
        (
            "orders:$LATEST.PUBLISHED",
            None,
            Target(function="orders", name="orders", qualifier="$LATEST.PUBLISHED", region=None),
        ),
        (
            "123456789012:function:orders:3",
            None,
            Target(function="123456789012:function:orders", name="orders", qualifier="3", region=None),
        ),
        (
            "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:orders",
            None,
            Target(
                function="arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:orders",
                name="orders",
                qualifier="live",
                region="us-gov-west-1",
            ),
        ),
    ],
)
def test_takes_every_form(function: str, qualifier: str | None, expected: Target) -> None:
    """Without a qualifier it is the alias that the constructs make."""
    assert expected == Target.parse(function, qualifier=qualifier)


def test_says_itself_qualified() -> None:
    """What is shown can be given again."""
    assert f"{ARN}:live" == str(Target.parse(ARN))


@pytest.mark.parametrize(
    "function",
    ["", "two words", "orders:", "orders:a:b", "arn:aws:s3:::bucket", f"{ARN}:beta:7", "arn:aws:lambda:orders"],
)
def test_rejects_what_is_no_function(function: str) -> None:
    """The line shows the forms that are taken."""
    with pytest.raises(UsageError, match="FUNCTION must be a name, name:qualifier or the ARN"):
        Target.parse(function)


def test_rejects_two_qualifiers() -> None:
    """Neither of two different qualifiers wins silently."""
    with pytest.raises(UsageError, match="names the qualifier '7' and --qualifier '8'"):
        Target.parse("orders:7", qualifier="8")


def test_rejects_a_qualifier_that_cannot_be_one() -> None:
    """A qualifier is an alias or a version."""
    with pytest.raises(UsageError, match="--qualifier must be an alias or a version number"):
        Target.parse("orders", qualifier="a b")


@pytest.mark.parametrize(
    ("url", "is_loopback"),
    [
        ("http://127.0.0.1:3210", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:3210", True),
        ("http://localhost:3210/", True),
        ("http://lambda.localhost", True),
        ("https://lambda.eu-central-1.amazonaws.com", False),
        ("http://10.0.0.7:3210", False),
        ("http://localhost.example.com", False),
    ],
)
def test_knows_this_machine(url: str, is_loopback: bool) -> None:  # noqa: FBT001 - a table's column
    """Only an endpoint on this machine does without credentials."""
    assert Endpoint(url=url.rstrip("/"), is_loopback=is_loopback) == Endpoint.parse(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:3210",
        "ftp://host",
        "http://",
        "http://:80",
        "http://host:0",
        "http://host:99999",
        "http://host:x",
        "http://ho st",
        "http://[::1",
        "http://me@host",
        "http://host/?q",
        "http://host/#f",
    ],
)
def test_rejects_what_is_no_address(url: str) -> None:
    """The line shows an address that works."""
    with pytest.raises(UsageError, match=r"--endpoint-url must be like http://127\.0\.0\.1:9000, got"):
        Endpoint.parse(url)
