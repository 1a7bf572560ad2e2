"""A version's state, as the Lambda API words it."""

from __future__ import annotations

import errno
import gzip
import json
from pathlib import Path

import botocore
import pytest

from durable_mi.local.workers.function_state import FunctionState
from durable_mi.local.workers.start_failure import InitError, InitTimeoutError, StartFailure

FAILURE = StartFailure.of(InitError("Runtime.ImportModuleError: x"), attempts=2, pause=2, now=0)
FAILED = {
    "State": "Failed",
    "StateReason": "Runtime.ImportModuleError: x",
    "StateReasonCode": "FunctionError.RuntimeInitError",
}


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        ([None, None], {"State": "Active"}),
        ([FAILURE, None], {"State": "Active"}),
        ([FAILURE, FAILURE], FAILED),
        ([FAILURE], FAILED),
    ],
)
def test_a_version_has_failed_when_no_environment_is_left(
    failures: list[StartFailure | None], expected: dict[str, str]
) -> None:
    """One that runs, or starts for the first time, is enough."""
    assert expected == FunctionState.of(failures, is_started=True).members()


def test_a_version_without_environments_is_deactivated() -> None:
    """As minimum and maximum of 0 do on AWS."""
    assert "Deactivated" == FunctionState.of([], is_started=True).members()["State"]


def test_a_version_that_starts_is_pending() -> None:
    """Whatever its environments do."""
    members = FunctionState.of([None], is_started=False).members()
    assert ("Pending", "Creating") == (members["State"], members["StateReasonCode"])


@pytest.fixture(scope="module")
def shapes() -> dict[str, dict[str, list[str]]]:
    """Return the shapes of the Lambda API's own model."""
    model = Path(botocore.__file__).parent / "data" / "lambda" / "2015-03-31" / "service-2.json.gz"
    loaded: dict[str, dict[str, list[str]]] = json.loads(gzip.decompress(model.read_bytes()))["shapes"]
    return loaded


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InitError("any"), "FunctionError.RuntimeInitError"),
        (InitTimeoutError("late"), "FunctionError.InitTimeout"),
        (FileNotFoundError(errno.ENOENT, "gone"), "FunctionError.InvalidWorkingDirectory"),
        (NotADirectoryError(errno.ENOTDIR, "a file"), "FunctionError.InvalidWorkingDirectory"),
        (PermissionError(errno.EACCES, "no"), "FunctionError.PermissionDenied"),
        (OSError(errno.EMFILE, "files"), "FunctionError.InitResourceExhausted"),
        (BlockingIOError(errno.EAGAIN, "processes"), "FunctionError.InitResourceExhausted"),
        (OSError(errno.EIO, "disk"), "InternalError"),
        (RuntimeError(), "InternalError"),
    ],
)
def test_each_reason_has_a_code_of_the_lambda_api(
    error: Exception, code: str, shapes: dict[str, dict[str, list[str]]]
) -> None:
    """And is never empty."""
    failure = StartFailure.of(error, attempts=1, pause=1, now=0)
    assert code == failure.code
    assert code in shapes["StateReasonCode"]["enum"]
    assert failure.reason


def test_every_state_is_one_of_the_lambda_apis(shapes: dict[str, dict[str, list[str]]]) -> None:
    """And so is the code of a version that starts."""
    assert {"Pending", "Active", "Failed", "Deactivated"} <= set(shapes["State"]["enum"])
    assert "Creating" in shapes["StateReasonCode"]["enum"]
