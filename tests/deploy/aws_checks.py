"""What only AWS can show: an order that runs on managed instances. Not collected by `make test`; see `deploy_aws`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.deploy.account import TOOLS
from tests.deploy.example import STACK

if TYPE_CHECKING:
    from tests.deploy.example import Example


def test_order_is_processed(example: Example) -> None:
    """One order to its end, found by the stack's name."""
    order = example.assembly.parent / "order.json"
    order.write_text('{"orderId": "order-123"}')
    options = ("--payload", str(order), "--follow", "--output", "json", "--region", example.account.region)

    done = example.account.run([str(TOOLS / "durable-mi"), "invoke", "--stack", STACK, *options])

    assert 0 == done.status, done.output
    document = json.loads(done.output[done.output.index("{") :])
    assert ("SUCCEEDED", "processed") == (document["Status"], document["Result"]["status"])
