"""Calls the local runtime with aiobotocore, and prints what it answers as one JSON object."""

from __future__ import annotations

import asyncio
import json
import sys
from importlib import import_module
from typing import Any


async def _answers(function: str, log_group: str, stack: str) -> dict[str, Any]:
    # By name, since it is not in the environment of the tests.
    session = import_module("aiobotocore.session").get_session()
    clients = (session.create_client(name) for name in ("lambda", "logs", "cloudformation"))
    functions_, logs_, stacks_ = clients
    async with functions_ as functions, logs_ as logs, stacks_ as stacks:
        payload = json.dumps({"wait": 1, "log": True, "n": 5})
        answer = await functions.invoke(FunctionName=function, Qualifier="live", Payload=payload)
        arn = answer["DurableExecutionArn"]
        pattern = f'{{ $.message = "probe line" && $.executionArn = "{arn}" }}'
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=log_group, filterPattern=pattern)
        return {
            "result": json.loads(await answer["Payload"].read())["n"],
            "status": (await functions.get_durable_execution(DurableExecutionArn=arn))["Status"],
            "lines": sum([len(page["events"]) async for page in pages]),
            "stack": (await stacks.describe_stacks(StackName=stack))["Stacks"][0]["StackName"],
        }


sys.stdout.write(json.dumps(asyncio.run(_answers(*sys.argv[1:]))))
