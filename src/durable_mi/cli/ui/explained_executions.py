"""Why the executions that the page shows are where they are, as ``durable-mi why`` explains them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from durable_mi.operate.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.cli.options.where import Where
    from durable_mi.diagnosis.diagnosis import Diagnosis
    from durable_mi.diagnosis.read_evidence import EvidenceReader
    from durable_mi.operate.connection import Connection

__all__ = ["ExplainedExecutions"]


@dataclass(frozen=True, slots=True)
class ExplainedExecutions:
    """The dashboard's :class:`~durable_mi.dashboard.source.DiagnosisSource`.

    Attributes:
        where: Where the executions are.
        limit: Called with the connection before it is used, to delay its calls. Defaults to none.
        check: Called with an ARN before the execution is read; it raises an ``OperatorError`` for one that the page
            does not show. Defaults to no check.
    """

    where: Where
    limit: Callable[[Connection], None] | None = None
    check: Callable[[str], None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _readers: list[EvidenceReader] = field(default_factory=list)

    @classmethod
    def of_endpoint(cls, endpoint_url: str) -> ExplainedExecutions:
        """Explain the executions of the local runtime."""
        from durable_mi.cli.options.where import Where  # noqa: PLC0415 - as below

        endpoint = Endpoint.parse(endpoint_url)
        return cls(Where(stack=None, function=None, endpoint=endpoint, profile=None, region=None))

    def explain(self, arn: str) -> Diagnosis:
        """Return why an execution is where it is.

        Raises:
            OperatorError: It cannot be read.
        """
        # Imported here, since boto3 takes long to load, and a page may show no open execution.
        from durable_mi.cli.diagnosis.where_commands import commands_for  # noqa: PLC0415
        from durable_mi.diagnosis.why import why  # noqa: PLC0415

        if self.check is not None:
            self.check(arn)
        return why(self._reader().read(arn), commands_for(self.where, region=self.where.region))

    def _reader(self) -> EvidenceReader:
        from durable_mi.cli.diagnosis.reader import evidence_reader  # noqa: PLC0415
        from durable_mi.operate.connection import Connection  # noqa: PLC0415

        with self._lock:
            if not self._readers:
                where = self.where
                connection = Connection.open(endpoint=where.endpoint, profile=where.profile, region=where.region)
                if self.limit is not None:
                    self.limit(connection)
                self._readers.append(evidence_reader(where, connection))
            return self._readers[0]
