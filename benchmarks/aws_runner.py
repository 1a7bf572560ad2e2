"""Executions per second of AWS's in-process test runner, with skipped time, in a process of its own.

Each line of standard input is a number of executions. Each line of the output is how many ended per second, and how
many CPU seconds each took. The runner is as released, or with its handler threads set to a number and the SDK's
checkpoint thread awakened at the end of an invocation, as ``durable-mi local --skip-time`` does it::

    python aws_runner.py PATH IN_FLIGHT [WORKERS]
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aws_durable_execution_sdk_python import state
from aws_durable_execution_sdk_python_testing import threads
from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner
from orders import check

from durable_mi.local.workers import _durable_sdk


def main() -> None:
    """Measure as often as somebody asks."""
    path, in_flight, *workers = sys.argv[1:]
    sys.path.insert(0, path)
    from order_workflow import handler  # noqa: PLC0415 - found through the path above

    if workers:
        _durable_sdk.wake(state)
        threads.default_max_workers = lambda: int(workers[0])
    with DurableFunctionTestRunner(handler=handler, skip_time=True) as runner:

        def run(n: int) -> Any:  # noqa: ANN401 - JSON
            result = runner.run(input=json.dumps({"orderId": f"o-{n}"}), execution_timeout=600)
            return json.loads(str(result.result))

        with ThreadPoolExecutor(int(in_flight)) as pool:
            for line in sys.stdin:
                began, used = time.monotonic(), time.process_time()
                results = list(pool.map(run, range(int(line))))
                rate = len(results) / (time.monotonic() - began)
                cpu = (time.process_time() - used) / len(results)
                for n, result in enumerate(results):
                    check(result, n)
                print(rate, cpu, flush=True)


if __name__ == "__main__":
    main()
