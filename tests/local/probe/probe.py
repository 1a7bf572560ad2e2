"""Handlers that show how the local runtime runs them."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import Duration


def plain(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Tell which process ran, when, and what its context and environment said; with others at once if asked to."""
    started = time.time()
    if "exit" in event:
        os._exit(event["exit"])
    if "raise" in event:
        raise ValueError(event["raise"])
    if "daemon" in event:
        _daemon(Path(event["daemon"]))
    scratch = Path(tempfile.gettempdir())
    (scratch / f"durable-mi-probe-{os.getpid()}").touch()
    if "meet" in event:
        _meet(**event["meet"])
    return {
        "scratch": str(scratch),
        "left": [path.name for path in scratch.glob("durable-mi-probe-*")],
        "pid": os.getpid(),
        "started": started,
        "ended": time.time(),
        "event": event,
        "arn": context.invoked_function_arn,
        "remaining_ms": context.get_remaining_time_in_millis(),
        "environment": dict(os.environ),
        "files": sorted(path.name for path in Path().iterdir()),
        "profile": _profile(event["profile"]) if "profile" in event else None,
        "writes": [_attempt(Path(path).expanduser()) for path in ("probe.py", "new.py", *event.get("write", ()))],
    }


def _profile(name: str) -> str:
    """Tell what the SDK finds of a profile."""
    # Imported here, because every process of every test would wait for it.
    import boto3  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    try:
        return str(boto3.Session(profile_name=name).get_credentials())
    except BotoCoreError as error:
        return type(error).__name__


def _attempt(path: Path) -> str:
    """Tell what becomes of an attempt to write a file."""
    try:
        with path.open("a"):
            return "written"
    except OSError as error:
        return errno.errorcode[error.errno or 0]


def _daemon(file: Path) -> None:
    """Start a process that has left its group, its session and its parent, and leave its id in a file."""
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            file.with_suffix(".new").write_text(str(os.getpid()))
            file.with_suffix(".new").rename(file)
            time.sleep(600)
        os._exit(0)
    os.waitpid(child, 0)
    while not file.exists():  # ends with the invocation's time limit at the latest
        time.sleep(0.01)


@durable_step
def _pid(_: StepContext) -> int:
    return os.getpid()


@durable_execution
def ledger(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Five steps with an effect outside each and a wait between them; adds up what they returned."""
    total = 0
    for number in range(5):
        total += context.step(_entry(event["file"], event["order"], number), name=f"entry-{number}")
        context.wait(Duration.from_seconds(1), name=f"pause-{number}")
    return {"order": event["order"], "total": total}


@durable_step
def _entry(_: StepContext, file: str, order: int, number: int) -> int:
    with Path(file).open("a") as lines:
        lines.write(f"{order}.{number}\n")
    return order * 10 + number


@durable_execution
def gathering(event: dict[str, Any], context: DurableContext) -> int:
    """Wait in a step until so many executions are in theirs."""
    return context.step(_gather(event["directory"], event["count"]), name="gather")


@durable_step
def _gather(_: StepContext, directory: str, count: int) -> int:
    _meet(directory, count)
    return os.getpid()


def _meet(directory: str, count: int) -> None:
    """Leave a file in a directory, and wait until it holds so many."""
    place = Path(directory)
    (place / f"{os.getpid()}-{time.time_ns()}").touch()
    deadline = time.monotonic() + 240
    while len(list(place.iterdir())) < count:
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


@durable_execution
def slow(event: dict[str, Any], context: DurableContext) -> None:
    """Leave a line in a file and take a while."""
    context.step(_entry(event["file"], event["order"], 0), name="entry")
    time.sleep(event["sleep"])


@durable_execution
def parent(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Invoke other functions and wait for what they return."""
    return {name: context.invoke(name, event["payload"], name=f"call-{n}") for n, name in enumerate(event["targets"])}


@durable_execution
def durable(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Wait as long as the event says; then, if it asks for one, for a callback."""
    if event.get("log"):
        context.logger.info("probe line")
    before = context.step(_pid(), name="before")
    context.wait(Duration.from_seconds(event.get("wait", 1)), name="pause")
    approved = context.create_callback(name="approval").result() if event.get("callback") else None
    return {"before": before, "approved": approved, "after": context.step(_pid(), name="after"), "n": event.get("n")}
