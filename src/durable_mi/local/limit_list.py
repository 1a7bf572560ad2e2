"""The service's limits and rejections, each with what the local runtime makes of it: a page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from durable_mi import limits

__all__ = ["LIMITS", "Limit"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """One limit or rejection of the service.

    Attributes:
        subject: What is limited or rejected.
        value: The limit, or what is rejected.
        source: Where AWS says so.
        answer: How the local runtime answers; empty where it does not enforce it.
        reason: Why it does not enforce it, or what is not known of the answer.
        is_left_out: Whether ``--no-limits`` leaves it out.
    """

    subject: str
    value: str
    source: str
    answer: str = ""
    reason: str = ""
    is_left_out: bool = False


_QUOTAS: Final = "DG [gettingstarted-limits]"
_OWN_WORDS: Final = "AWS's words are not known"

LIMITS: Final = (
    Limit(
        subject="operations of an execution",
        value=f"{limits.MAX_OPERATIONS:,}, without the operation of the execution itself",
        source=_QUOTAS,
        answer="the checkpoint fails with `InvalidParameterValueException`",
        reason=f"{_OWN_WORDS}. The code is the only one of the API's model that fits",
        is_left_out=True,
    ),
    Limit(
        subject="payload of an operation",
        value=f"{limits.MAX_OPERATION_PAYLOAD_BYTES:,} bytes",
        source=f"API, {_QUOTAS}",
        answer="the checkpoint fails with `InvalidParameterValueException`, in AWS's words",
        reason=(
            "on real accounts, results of steps above 262,144 bytes were rejected too. The SDK hangs above about 750 KB"
        ),
        is_left_out=True,
    ),
    Limit(
        subject="result of an execution",
        value=(
            f"{limits.MAX_SYNC_PAYLOAD_BYTES:,} bytes; {limits.MAX_ASYNC_PAYLOAD_BYTES:,} of an asynchronous execution "
            "or of a chained invoke"
        ),
        source="API",
        answer="the execution fails with `InvalidParameterValueException`, in AWS's words",
        is_left_out=True,
    ),
    Limit(
        subject="storage that an execution writes",
        value=f"{limits.MAX_STORAGE_WRITTEN_BYTES:,} bytes",
        source=_QUOTAS,
        answer="the checkpoint fails with `InvalidParameterValueException`",
        reason=f"payloads and errors of operations count here. {_OWN_WORDS}",
        is_left_out=True,
    ),
    Limit(
        subject="payload of a synchronous invocation",
        value=f"{limits.MAX_SYNC_PAYLOAD_BYTES:,} bytes",
        source=f"API, {_QUOTAS}",
        answer="`RequestTooLargeException`, in AWS's words",
        reason="the endpoint reads no larger request, with `--no-limits` neither",
    ),
    Limit(
        subject="payload of an asynchronous invocation",
        value=f"{limits.MAX_ASYNC_PAYLOAD_BYTES:,} bytes",
        source=f"API, {_QUOTAS}",
        answer="`RequestTooLargeException`, in AWS's words",
        is_left_out=True,
    ),
    Limit(
        subject="response of a function",
        value=f"{limits.MAX_RESPONSE_BYTES:,} bytes",
        source=f"{_QUOTAS}, the service's error",
        answer="function error `Function.ResponseSizeTooLarge`, in AWS's words",
        is_left_out=True,
    ),
    Limit(
        subject="synchronous invocation of a durable function",
        value=f"execution timeout of at most {limits.MAX_SYNC_INVOCATION_S} seconds",
        source="DG [durable-invoking], the service's error",
        answer="`InvalidParameterValueException`, in AWS's words",
        is_left_out=True,
    ),
    Limit(
        subject="synchronous invocation of another function",
        value=f"{limits.MAX_SYNC_INVOCATION_S} seconds, whatever the function's timeout is",
        source="CFN",
        answer="function error `Sandbox.Timedout`; the function goes on",
        is_left_out=True,
    ),
    Limit(
        subject="payload and result of a chained invoke",
        value="1,048,576 bytes each",
        source="API",
        answer="the checkpoint or the operation fails, in AWS's words",
        reason="by AWS's emulator, with `--no-limits` too",
    ),
    Limit(
        subject="error of an operation",
        value="32,768 bytes",
        source="AWS's emulator",
        answer="the checkpoint fails with `InvalidParameterValueException`",
        reason="by AWS's emulator, with `--no-limits` too",
    ),
    Limit(
        subject="chained invoke of a durable function",
        value="by a version, an alias or `$LATEST`; on managed instances also without a qualifier",
        source="DG [durable-invoking], the service's error",
        answer="the operation fails with `InvalidParameterValueException`, in AWS's words; Invoke does too",
    ),
    Limit(
        subject="functions of other accounts",
        value="a chained invoke stays in its account and Region",
        source="DG [durable-security], AWS's emulator",
        answer="the checkpoint fails with `InvalidParameterValueException`; Invoke and reads fail with "
        "`AccessDeniedException`, those of another Region with `ResourceNotFoundException`",
    ),
    Limit(
        subject="name of an execution",
        value="1 to 64 of `a-z A-Z 0-9 - _`",
        source="API",
        answer="`ValidationException`, in AWS's words",
    ),
    Limit(
        subject="id and name of an operation",
        value="ids: 1 to 64 of `a-z A-Z 0-9 - _`; names: 1 to 256 printable ASCII characters",
        source="API",
        answer="the checkpoint fails with `ValidationException`, in AWS's words",
    ),
    Limit(
        subject="answer to a callback that has ended",
        value="answered already, timed out, or of an execution that has ended",
        source="API",
        answer="`CallbackTimeoutException`, with the API model's words",
        reason="whether the service returns another code for a callback that was answered is not known",
    ),
    Limit(
        subject="answer to what is no callback",
        value="the id is of no callback",
        source="API",
        answer="`ValidationException` by the pattern, else `InvalidParameterValueException`; "
        "`ResourceNotFoundException` if the execution or its callback is not there",
        reason=_OWN_WORDS,
    ),
    Limit(
        subject="result that completes a callback",
        value=f"{limits.MAX_OPERATION_PAYLOAD_BYTES:,} bytes",
        source="API",
        answer="`ValidationException`, in AWS's words",
        is_left_out=True,
    ),
    Limit(
        subject="marker of a page",
        value="`NextMarker` of an earlier response",
        source="API",
        answer="`InvalidParameterValueException`",
        reason=_OWN_WORDS,
    ),
    Limit(
        subject="tail logs",
        value="none of functions with a capacity provider",
        source="the service's error",
        answer="`InvalidParameterValueException`, in AWS's words; other functions return the last 4 KB in `LogResult`",
    ),
    Limit(
        subject="deactivated version",
        value="takes no invocation; traffic does not activate it",
        source="DG [lambda-managed-instances-scaling]",
        answer="`ResourceConflictException`; an execution that is due fails after five wake-ups, five seconds apart",
        reason="AWS documents neither the error nor what happens to executions",
    ),
    Limit(
        subject="deletion of a version that an alias names",
        value="rejected",
        source="API",
        answer="`ResourceConflictException`",
        reason="executions on a deleted version fail at their next wake-up; AWS documents nothing",
    ),
    Limit(
        subject="function versions on a capacity provider",
        value=f"{limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER}",
        source="DG [lambda-managed-instances-quotas]",
        answer="`FunctionVersionsPerCapacityProviderLimitExceededException`",
        reason=f"for PublishVersion; not for `--watch`. {_OWN_WORDS}",
    ),
    Limit(
        subject="deletion of an execution that runs",
        value="rejected",
        source="API",
        answer="`ResourceConflictException`",
        reason=_OWN_WORDS,
    ),
    Limit(
        subject="scaling of a version",
        value="0 to 15,000, both numbers 0 or none; a version number or `$LATEST.PUBLISHED`, no alias",
        source="API, DG [lambda-managed-instances-scaling]",
        answer="`InvalidParameterValueException`; `ValidationException` for an alias",
    ),
    Limit(
        subject="rates of the APIs",
        value="such as 1,000 checkpoints a second, 15 lists a second",
        source=_QUOTAS,
        reason="they are an account's, and this machine is slower; `--fault throttle=RATE` throttles checkpoints",
    ),
    Limit(
        subject="running executions",
        value="1,000,000 in an account",
        source=_QUOTAS,
        reason="a soft quota, and more than fits into this machine",
    ),
    Limit(
        subject="concurrency",
        value="throttling while managed instances scale out",
        source="DG [lambda-managed-instances-scaling]",
        reason="invocations that find no free process wait; how AWS scales is not documented enough to imitate",
    ),
    Limit(
        subject="memory, CPU and /tmp",
        value="of an execution environment",
        source=_QUOTAS,
        reason="the processes run unconfined on this machine",
    ),
    Limit(
        subject="retention of histories",
        value=f"{limits.MIN_RETENTION_DAYS} to {limits.MAX_RETENTION_DAYS} days",
        source="API",
        reason="histories end with the command, or stay in the state file",
    ),
    Limit(
        subject="event source mappings",
        value=(
            f"execution timeout of at most {limits.MAX_SYNC_INVOCATION_S} seconds, "
            f"{limits.MAX_INVOCATION_TIMEOUT_S:,} on managed instances"
        ),
        source="DG [durable-invoking-esm]",
        reason="nothing polls event sources here; `durable-mi check` reports it",
    ),
)
"""Every limit, those that are enforced first."""
