"""Replay of an execution on the app's code as it is now, for the local page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["PageReplay"]


@dataclass(frozen=True, slots=True)
class PageReplay:
    """Replays executions of a local endpoint on the app that was synthesized last.

    Attributes:
        app: Directory that ``cdk synth`` wrote.
        variables: Environment variables that replace those of the functions.
        endpoint_url: The endpoint.
    """

    app: Path
    variables: Mapping[str, str]
    endpoint_url: str

    def replay(self, arn: str) -> Mapping[str, Any]:
        """Return the verdict on one execution, with its operations and the source beside each.

        Raises:
            OperatorError: The execution or the code cannot be used.
        """
        # Imported here, since most sessions replay nothing.
        from durable_mi.cli.new_build import NewBuild, function_of  # noqa: PLC0415
        from durable_mi.operate.client import Client  # noqa: PLC0415
        from durable_mi.testing.replay import HistoryError, RecordedHistory  # noqa: PLC0415
        from durable_mi.testing.replay.source_lines import document_with_sources  # noqa: PLC0415

        client = Client.connect(endpoint=Endpoint.parse(self.endpoint_url), profile=None, region=None)
        try:
            history = RecordedHistory.parse(client.history_document(arn, include_data=True), arn)
        except HistoryError as error:
            raise ServiceError(str(error)) from error
        variables = [f"{name}={value}" for name, value in self.variables.items()]
        build = NewBuild(app=self.app, handler=None, code=self.app, variables=variables)
        with build.of(function_of(history, build.functions(), None)) as code:
            (found,) = code.replay([history], with_operations=True)
            # The code is there for as long as it is replayed.
            return document_with_sources(found, code.directories)
