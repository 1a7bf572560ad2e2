"""CloudTrail's answer to the CDK CLI, which asks after a failed deployment what calls had been refused."""

from __future__ import annotations

import json

from moto.cloudtrail.responses import CloudTrailResponse

__all__ = ["serve_no_events"]


def serve_no_events() -> None:
    """Answer that nothing is recorded. Without an answer the CLI asks for most of a minute."""

    def lookup_events(_response: CloudTrailResponse) -> str:
        return json.dumps({"Events": []})

    setattr(CloudTrailResponse, "lookup_events", lookup_events)  # noqa: B010 - moto has no such method
