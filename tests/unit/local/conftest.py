"""Functions of an app, made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.local.app.functions import AppFunction

if TYPE_CHECKING:
    from collections.abc import Callable


def _make_function(name: str, **changes: Any) -> AppFunction:
    values: dict[str, Any] = {
        "name": name,
        "arn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}",
        "path": f"App/{name}",
        "logical_id": name.title(),
        "code": "def handler(event, context): ...",
        "handler": "index.handler",
        "runtime": "python3.13",
        "timeout": 30,
        "memory": 4096,
        "concurrency": 2,
        "environments": 1,
        "environment": {},
        "made_up": {},
        "log_group": f"/aws/lambda/{name}",
        "log_level": "INFO",
        "durable": None,
        "aliases": {},
        "description": "",
        "capacity": None,
        "version": "1",
        **changes,
    }
    return AppFunction(**values)


@pytest.fixture(scope="session")
def make_function() -> Callable[..., AppFunction]:
    """Make a function of the app from its name and what differs from a plain one."""
    return _make_function
