"""The typed client against the endpoint."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from durable_mi.operate.client import Client
from durable_mi.operate.connection import LOCAL_REGION
from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.errors import NotFoundError, UsageError
from durable_mi.operate.follow import PollingPolicy, follow, read_history
from durable_mi.operate.logs import log_pattern, settled_lines
from durable_mi.operate.target import Target

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Endpoint as Service

ORDERS = Target.parse("order-workflow")


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own AWS configuration."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture
def client(endpoint: Service) -> Client:
    """Return a client of the endpoint."""
    return Client.connect(endpoint=Endpoint.parse(endpoint.url), profile=None, region=None)


def test_takes_an_execution_to_its_end(client: Client) -> None:
    """Start, follow, history in pages, logs."""
    name = str(uuid.uuid4())
    arn = client.start(ORDERS, b'{"orderId": "o-1"}', execution_name=name)
    assert arn is not None
    updates = list(follow(client, arn, pace=PollingPolicy(first_s=0.1)))
    whole = read_history(client, arn)
    first = client.history_page(arn, marker=None, newest_first=False, max_items=3)
    second = client.history_page(arn, marker=first.next_marker, newest_first=False, max_items=3)
    ended = client.execution(arn, include_data=True)
    group = client.log_group(ORDERS)
    lines = settled_lines(lambda: client.log_lines(group, pattern=log_pattern(arn), start_ms=0), pauses_s=(0.2, 0.4))

    assert "SUCCEEDED" == updates[-1].execution.status
    assert [event.identity for update in updates for event in update.events] == [event.identity for event in whole]
    assert [*first.events, *second.events] == whole[:6]
    assert (ended.name, ended.input) == (name, '{"orderId": "o-1"}')
    assert '{"orderId": "o-1", "status": "processed"}' == ended.result
    assert ["Validating order o-1", "Processing order o-1"] == [line.message for line in lines]


def test_leaves_the_data_out_when_asked(client: Client) -> None:
    """Following needs none of it."""
    arn = client.start(ORDERS, b'{"orderId": "o-1"}', execution_name=str(uuid.uuid4()))
    assert arn is not None

    assert client.execution(arn, include_data=False).input is None


def test_a_function_that_is_not_durable_gives_no_arn(client: Client) -> None:
    """Whether that is a failure is the caller's to say."""
    assert client.start(Target.parse("plain"), b"{}", execution_name="n") is None


def test_rejects_an_unknown_function(client: Client) -> None:
    """Told apart from other refusals."""
    with pytest.raises(NotFoundError, match="has no function missing:live"):
        client.start(Target.parse("missing"), b"{}", execution_name="n")


def test_this_machine_needs_no_region(client: Client, endpoint: Service) -> None:
    """And serves the logs too."""
    assert (client.region, client.address, client.is_loopback) == (LOCAL_REGION, endpoint.url, True)
    assert client._logs.meta.endpoint_url == endpoint.url  # noqa: SLF001 - nothing else tells where requests go


def test_a_remote_endpoint_serves_no_logs() -> None:
    """An interface endpoint of Lambda is not one of CloudWatch Logs."""
    remote = Endpoint.parse("https://vpce-1.lambda.eu-central-1.vpce.amazonaws.com")
    client = Client.connect(endpoint=remote, profile=None, region="eu-central-1")

    assert ("eu-central-1", False) == (client.region, client.is_loopback)
    assert "https://logs.eu-central-1.amazonaws.com" == client._logs.meta.endpoint_url  # noqa: SLF001 - as above


def test_takes_region_from_the_profile(tmp_path: Path) -> None:
    """Also with an endpoint on this machine."""
    (tmp_path / "config").write_text("[profile orders]\nregion = eu-west-3\n")
    local = Endpoint.parse("http://127.0.0.1:9")

    assert "eu-west-3" == Client.connect(endpoint=None, profile="orders", region=None).region
    assert "eu-west-3" == Client.connect(endpoint=local, profile="orders", region=None).region


def test_rejects_a_missing_region() -> None:
    """AWS needs one."""
    with pytest.raises(UsageError, match="a region must be set"):
        Client.connect(endpoint=None, profile=None, region=None)


def test_rejects_a_host_that_boto3_does_not_take() -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match="must name a host that boto3 accepts"):
        Client.connect(endpoint=Endpoint.parse("http://a_b"), profile=None, region="eu-central-1")
