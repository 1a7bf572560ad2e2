"""The account and region, or the endpoint, that calls go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from durable_mi.operate.errors import UsageError
from durable_mi.operate.translate_errors import translate_errors

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient

    from durable_mi.operate.endpoint import Endpoint

__all__ = ["LOCAL_REGION", "Connection", "TableClient"]

LOCAL_REGION: Final = "us-east-1"
"""The default region with an endpoint on this machine."""

_LOCAL_KEY: Final = "local"
_CONNECT_TIMEOUT_S: Final = 5


class TableClient(Protocol):
    """The calls of DynamoDB that are made, as boto3 has them."""

    def get_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3's
        """Call GetItem."""

    def put_item(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3's
        """Call PutItem."""


class QueueClient(Protocol):
    """The calls of SQS that are made, as boto3 has them."""

    exceptions: Any

    def get_queue_url(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3's
        """Call GetQueueUrl."""

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3's
        """Call GetQueueAttributes."""

    def receive_message(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3's
        """Call ReceiveMessage."""

    def delete_message(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3's
        """Call DeleteMessage."""

    def change_message_visibility_batch(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3's
        """Call ChangeMessageVisibilityBatch."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """A session with AWS or with an endpoint, and what its clients have in common.

    Attributes:
        region: The region that is used.
        address: The endpoint or region, for messages.
        is_loopback: Whether the endpoint is on this machine.
        functions: The Lambda client.
        session: The session that the other clients are made of.
    """

    region: str
    address: str
    is_loopback: bool
    functions: LambdaClient
    session: boto3.Session
    _config: Config
    _url: str | None

    @classmethod
    def open(cls, *, endpoint: Endpoint | None, profile: str | None, region: str | None) -> Connection:
        """Prepare the calls; nothing is sent yet.

        Args:
            endpoint: Where to send the calls. Defaults to AWS. An endpoint on this machine needs no credentials, region
                and proxy, and serves what else there is to call.
            profile: The profile of the AWS configuration. Defaults to boto3's choice.
            region: The region. Defaults to boto3's choice, then to :data:`LOCAL_REGION` with an endpoint on this
                machine.

        Raises:
            OperatorError: The profile, the region or the endpoint cannot be used.
        """
        is_loopback = endpoint is not None and endpoint.is_loopback
        address = endpoint.url if endpoint else region or "AWS"
        url = endpoint.url if endpoint else None
        with translate_errors("sts:GetCallerIdentity", subject="the session", address=address, is_loopback=is_loopback):
            session = boto3.Session(profile_name=profile, region_name=region)
            if is_loopback:
                config = Config(
                    connect_timeout=_CONNECT_TIMEOUT_S,
                    retries={"mode": "standard", "total_max_attempts": 3},
                    proxies={},
                )
                session = boto3.Session(
                    profile_name=profile,
                    region_name=session.region_name or LOCAL_REGION,
                    aws_access_key_id=_LOCAL_KEY,
                    aws_secret_access_key=_LOCAL_KEY,
                )
            else:
                config = Config(
                    connect_timeout=_CONNECT_TIMEOUT_S,
                    retries={"mode": "standard", "total_max_attempts": 5},
                )
            try:
                functions = session.client("lambda", endpoint_url=url, config=config)
            except ValueError as error:
                if isinstance(error, BotoCoreError):
                    raise
                msg = f"--endpoint-url must name a host that boto3 accepts, got {url!r}"
                raise UsageError(msg) from error
        used = functions.meta.region_name
        return cls(
            region=used,
            address=endpoint.url if endpoint else used,
            is_loopback=is_loopback,
            functions=functions,
            session=session,
            _config=config,
            # An interface endpoint of Lambda serves nothing else; the local runtime does.
            _url=url if is_loopback else None,
        )

    def logs(self) -> CloudWatchLogsClient:
        """Return the CloudWatch Logs client."""
        with self._explained():
            return self.session.client("logs", endpoint_url=self._url, config=self._config)

    def stacks(self) -> CloudFormationClient:
        """Return the CloudFormation client."""
        with self._explained():
            return self.session.client("cloudformation", endpoint_url=self._url, config=self._config)

    def tables(self) -> TableClient:
        """Return the DynamoDB client."""
        with self._explained():
            tables: TableClient = self.session.client("dynamodb", endpoint_url=self._url, config=self._config)
        return tables

    def queues(self) -> QueueClient:
        """Return the SQS client."""
        with self._explained():
            queues: QueueClient = self.session.client("sqs", endpoint_url=self._url, config=self._config)
        return queues

    def client(self, service: str) -> Any:  # noqa: ANN401 - one of many services
        """Return the client of another service of the account.

        Args:
            service: Its name in boto3. An endpoint on this machine is asked for it too.
        """
        with self._explained():
            # boto3-stubs has a type for each service's name, and this is any of them.
            make: Any = self.session.client
            return make(service, endpoint_url=self._url, config=self._config)

    def explained(self, action: str, subject: str) -> AbstractContextManager[None]:
        """Translate the errors of a call into an :class:`~durable_mi.operate.errors.OperatorError`.

        Args:
            action: The IAM action that the call needs.
            subject: The subject of the call, such as ``function order-workflow:live``.
        """
        return translate_errors(action, subject=subject, address=self.address, is_loopback=self.is_loopback)

    def _explained(self) -> AbstractContextManager[None]:
        return self.explained("sts:GetCallerIdentity", "the session")
