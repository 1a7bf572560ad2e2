"""The worker processes: as many as may serve invocations at once, each serving one at a time."""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import sys

from .context import Context
from .fault import error_of
from .handler import load_handler
from .log_format import RequestIds, log_error, set_up_logging
from .marshal import read_event, write_answer
from .runtime_client import RuntimeClient

__all__ = ["run"]

_UNHANDLED = "the handler could not be loaded; this is a local run with a fallback for awslambdaric"


def run(handler: str) -> None:
    """Fork the workers and wait until all of them have ended.

    The handler is imported in each worker and not before the fork, as on managed instances: nothing that its module
    holds is shared.

    Args:
        handler: ``module.function``.
    """
    fork = multiprocessing.get_context("fork")
    workers = [
        fork.Process(target=_work, args=(handler,)) for _ in range(int(os.environ["AWS_LAMBDA_MAX_CONCURRENCY"]))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _work(handler_name: str) -> None:
    _redirect_output(os.environ.get("_LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET"))
    set_up_logging(os.environ.get("AWS_LAMBDA_LOG_LEVEL", ""))
    client = RuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = load_handler(handler_name)
    except Exception as error:  # noqa: BLE001 - whatever a module raises is its author's to see
        logging.getLogger().warning(_UNHANDLED)
        reported = error_of(error)
        log_error(reported)
        client.fail_init(reported)
        sys.exit(1)
    while True:
        body, headers = client.next_invocation()
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        RequestIds.current = request_id
        _trace(headers.get("Lambda-Runtime-Trace-Id"))
        try:
            answer, content_type = write_answer(handler(read_event(body), Context(headers)))
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is its caller's to see
            reported = error_of(error, request_id)
            log_error(reported)
            client.fail(request_id, reported)
        else:
            client.answer(request_id, answer, content_type)


def _redirect_output(path: str | None) -> None:
    """Redirect both output streams to the socket that reads them, one connection each."""
    if not path:
        return
    for stream in (sys.stdout, sys.stderr):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(path)
            os.dup2(connection.fileno(), stream.fileno())


def _trace(trace_id: str | None) -> None:
    if trace_id:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
