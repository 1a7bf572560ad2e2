"""What reads executions for the options of a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from durable_mi.diagnosis.account.calls import Calls
from durable_mi.diagnosis.read_evidence import EvidenceReader
from durable_mi.operate.client import Client
from durable_mi.operate.connection import Connection
from durable_mi.operate.local_notices import is_local_runtime
from durable_mi.release.client import ReleaseClient
from durable_mi.timeline.local_document import document_records, local_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.cli.options.where import Where

__all__ = ["account_calls", "evidence_reader"]


def account_calls(connection: Connection, where: Where) -> Calls:
    """Return the calls of the account, or of the endpoint."""
    endpoint = where.endpoint
    is_here = endpoint is not None and endpoint.is_loopback and is_local_runtime(endpoint.url)
    return Calls(connection, is_local=is_here)


def evidence_reader(where: Where, connection: Connection | None = None) -> EvidenceReader:
    """Return a reader; nothing is read yet.

    Args:
        where: Where the executions are.
        connection: A connection to there. Defaults to a new one.
    """
    endpoint = where.endpoint
    if connection is None:
        connection = Connection.open(endpoint=endpoint, profile=where.profile, region=where.region)

    def records(arn: str) -> Mapping[str, Any]:
        is_here = endpoint is not None and endpoint.is_loopback
        return document_records(local_document(endpoint.url, arn) if is_here and endpoint is not None else None)

    return EvidenceReader(
        client=Client.over(connection),
        releases=ReleaseClient(connection),
        calls=account_calls(connection, where),
        records=records,
    )
