"""Executions per second of the local runtime, against AWS's in-process test runner on the same handler.

Both run the order workflow with skipped time, with the same number of executions in flight, one after the other in one
run. Also tells which share of the CPU is spent outside the handler processes and the emulator, and how long it takes
from the start to the endpoint's being ready: the first time, when the asset's packages are compiled, and the second,
beside what the import of the handler takes in one process.

Usage: python benchmarks/local_runtime.py [EXECUTIONS] (default 400)
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import psutil
from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner
from botocore.config import Config

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "order_workflow"
TOOLS = Path(sys.executable).parent
IN_FLIGHT = 200
sys.path.insert(0, str(EXAMPLE / "workflow"))


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory() as directory:
        app = Path(directory) / "cdk.out"
        environment = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}
        synth = [str(TOOLS / "cdk"), "synth", "--quiet", "--output", str(app)]
        subprocess.run(synth, cwd=EXAMPLE, check=True, env=environment)  # noqa: S603 - our own tool
        baseline = run_in_process(count)
        first = run_local(app, 0)["start"]
        ours = run_local(app, count)
        importing = import_seconds(app)
    print(f"executions                      {count}, {IN_FLIGHT} in flight, skipped time")
    print(f"AWS's in-process runner         {baseline:.1f} per second")
    print(f"durable-mi local                {ours['rate']:.1f} per second")
    print(f"ratio                           {ours['rate'] / baseline:.2f}")
    total = ours["workers"] + ours["emulator"] + ours["loop"]
    print(f"CPU, handler processes          {ours['workers']:.1f} s")
    print(f"CPU, emulator's threads         {ours['emulator']:.1f} s")
    print(f"CPU, our event loop             {ours['loop']:.1f} s, {ours['loop'] / total:.0%} of all")
    print(f"start to ready                  {ours['start']:.1f} s, the first time {first:.1f} s")
    print(f"import of the handler           {importing:.1f} s in each of {ours['processes']:.0f} processes")


def run_in_process(count: int) -> float:
    """Measure executions per second of AWS's runner."""
    from order_workflow import handler  # noqa: PLC0415 - found through the path above

    with DurableFunctionTestRunner(handler=handler, skip_time=True) as runner:
        began = time.monotonic()
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            results = list(
                pool.map(
                    lambda n: runner.run(input=json.dumps({"orderId": f"o-{n}"}), execution_timeout=600), range(count)
                )
            )
        took = time.monotonic() - began
    for n, result in enumerate(results):
        check(json.loads(str(result.result)), n)
    return count / took


def run_local(app: Path, count: int) -> dict[str, float]:
    """Measure executions per second of the local runtime, and the CPU use of its parts."""
    command = [str(TOOLS / "durable-mi"), "local", "--app", str(app), "--port", "0", "--quiet", "--skip-time"]
    # The caller waits, for a function whose execution timeout is an hour.
    command.append("--no-limits")
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own tool
        outputs = {}
        processes = 0
        for line in process.stdout or ():
            if starting := re.match(r"Starting (\d+)", line):
                processes = int(starting[1])
            if output := re.search(r"\.(\w+) = (\S+)", line):
                outputs[output[1]] = output[2]
            if ready := re.match(r"Endpoint (\S+) is ready", line):
                outputs["endpoint"] = ready[1]
                break
        start = time.monotonic() - began
        try:
            before = cpu(process.pid)
            rate = drive(outputs, count) if count else 0
            after = cpu(process.pid)
        finally:
            process.terminate()
    return {
        "rate": rate,
        "start": start,
        "processes": processes,
        "loop": after[0] - before[0],
        "emulator": after[1] - before[1],
        "workers": after[2] - before[2],
    }


def import_seconds(app: Path) -> float:
    """How long one process takes to import the handler, with the bytecode that the runtime kept."""
    (asset,) = (path.parent for path in app.glob("asset.*/order_workflow.py"))
    environment = {"PYTHONPATH": str(asset), "PYTHONPYCACHEPREFIX": str(app / ".durable-mi" / "bytecode")}
    program = "import time; began = time.monotonic(); import order_workflow; print(time.monotonic() - began)"
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)  # noqa: S603 - ours
    return float(told.stdout)


def drive(outputs: dict[str, str], count: int) -> float:
    """Start executions, keep so many in flight, and check each one's result."""
    client = boto3.client(
        "lambda",
        endpoint_url=outputs["endpoint"],
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - the local runtime takes any
        config=Config(max_pool_connections=IN_FLIGHT, read_timeout=600),
    )

    def run(n: int) -> dict[str, Any]:
        payload = json.dumps({"orderId": f"o-{n}"})
        answer = client.invoke(FunctionName=outputs["FunctionName"], Qualifier="live", Payload=payload)
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result

    began = time.monotonic()
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        results = list(pool.map(run, range(count)))
    took = time.monotonic() - began
    for n, result in enumerate(results):
        check(result, n)
    return count / took


def check(result: dict[str, Any], n: int) -> None:
    """Each execution has its own right result."""
    if (result.get("orderId"), result.get("status")) != (f"o-{n}", "processed"):
        msg = f"execution {n} must return its own order, got {result}"
        raise SystemExit(msg)


def cpu(pid: int) -> tuple[float, float, float]:
    """CPU seconds of the runtime's first thread, which is our event loop, of its others, and of all that it started."""
    runtime = psutil.Process(pid)
    threads = {thread.id: thread.user_time + thread.system_time for thread in runtime.threads()}
    loop = threads.pop(pid)
    # A thread that has ended counts in the process's time only.
    others = sum(runtime.cpu_times()[:2]) - loop
    children = sum(sum(child.cpu_times()[:2]) for child in runtime.children(recursive=True))
    return loop, others, children


if __name__ == "__main__":
    main()
