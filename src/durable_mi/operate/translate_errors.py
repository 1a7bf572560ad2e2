"""Errors of botocore, translated into one line that says what to do.

The operator fixes the profile, the region and the credentials. One rule decides which of them are usage errors: a
value of an option that cannot be used is a usage error. A problem of the machine or the service is not.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigNotFound,
    ConfigParseError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    InvalidRegionError,
    LoginError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as BotocoreConnectionError
from botocore.parsers import ResponseParserError

from durable_mi.operate.errors import NotFoundError, OperatorError, ServiceError, ThrottledError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["translate_errors"]

_ANSWERS: Final[Sequence[tuple[frozenset[str], str]]] = (
    (
        frozenset({"ExpiredTokenException", "ExpiredToken", "RequestExpired", "TokenRefreshRequired"}),
        "the credentials have expired: sign in again, or pass another --profile",
    ),
    (
        frozenset(
            {
                "UnrecognizedClientException",
                "InvalidClientTokenId",
                "InvalidSignatureException",
                "SignatureDoesNotMatch",
                "IncompleteSignature",
                "IncompleteSignatureException",
                "MissingAuthenticationToken",
                "MissingAuthenticationTokenException",
            }
        ),
        "the credentials are not accepted: check --profile and AWS_ACCESS_KEY_ID",
    ),
    (
        frozenset({"DurableExecutionAlreadyStartedException"}),
        (
            "an execution of that name was started with another payload: choose another --execution-name, or see "
            "docs/troubleshooting.md#durableexecutionalreadystartedexception"
        ),
    ),
)
_DENIED: Final = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"})
_GRANTS: Final = {
    "lambda:InvokeFunction": "workflow.grants.start(...)",
    "lambda:GetDurableExecution": "workflow.grants.observe(...)",
    "lambda:GetDurableExecutionHistory": "workflow.grants.observe(...)",
    "lambda:ListDurableExecutionsByFunction": "workflow.grants.observe(...)",
    "lambda:StopDurableExecution": "workflow.grants.operate(...)",
    "lambda:PauseDurableExecution": "workflow.grants.operate(...)",
    "lambda:ResumeDurableExecution": "workflow.grants.operate(...)",
    "lambda:DeleteDurableExecution": "workflow.grants.operate(...)",
    "lambda:SendDurableExecutionCallbackSuccess": "workflow.grants.complete_callbacks(...)",
    "lambda:SendDurableExecutionCallbackFailure": "workflow.grants.complete_callbacks(...)",
    "lambda:SendDurableExecutionCallbackHeartbeat": "workflow.grants.complete_callbacks(...)",
    "logs:FilterLogEvents": "workflow.log_group.grant_read(...)",
}
"""What of the construct gives the permission for an action; for the others there is no grant."""

_THROTTLED: Final = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling", "RequestLimitExceeded"})

# Most specific first: the last one covers TLS, proxies and all other failures to connect.
_NOT_REACHED: Final[Sequence[tuple[type[BotoCoreError], str]]] = (
    (EndpointConnectionError, "cannot be reached"),
    (ConnectTimeoutError, "cannot be reached within 5 seconds"),
    (ReadTimeoutError, "did not respond in time"),
    (ConnectionClosedError, "closed the connection without a response"),
    (BotocoreConnectionError, "cannot be reached"),
)
_FAILURES: Final[Sequence[tuple[tuple[type[BotoCoreError], ...], type[OperatorError], str]]] = (
    (
        (ProfileNotFound,),
        UsageError,
        "--profile (or AWS_PROFILE) must name a profile of the AWS configuration: {said}",
    ),
    ((NoRegionError,), UsageError, "a region must be set, got none: pass --region, or set AWS_REGION"),
    ((InvalidRegionError,), UsageError, "--region must be a region such as eu-central-1: {said}"),
    ((ConfigParseError, ConfigNotFound), ServiceError, "the AWS configuration cannot be read: {said}"),
    (
        (
            NoCredentialsError,
            PartialCredentialsError,
            CredentialRetrievalError,
            TokenRetrievalError,
            SSOError,
            LoginError,
        ),
        ServiceError,
        (
            "credentials are required: sign in and pass --profile, or pass the --endpoint-url of `durable-mi local` "
            "({said})"
        ),
    ),
)
_ABSENT: Final = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "NoSuchEntity",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)
"""How Lambda, IAM, KMS and Amazon SQS say that something does not exist."""

_LONGEST_MESSAGE: Final = 400


@contextmanager
def translate_errors(action: str, *, subject: str, address: str, is_loopback: bool) -> Iterator[None]:
    """Translate errors of botocore in this context into an :class:`OperatorError`.

    Args:
        action: The IAM action that the call needs, such as ``lambda:InvokeFunction``.
        subject: The subject of the call, such as ``function order-workflow:live``.
        address: The endpoint, or the region, that the call goes to.
        is_loopback: Whether the address is on this machine.

    Raises:
        OperatorError: In place of each error of botocore.
    """
    try:
        yield
    except ClientError as error:
        raise _answered(error, action, subject, address) from error
    except ResponseParserError as error:
        msg = f"{address} must be an AWS API, got another response: check the address"
        raise ServiceError(msg) from error
    except BotoCoreError as error:
        raise _unanswered(error, action, address, is_loopback=is_loopback) from error
    except OSError as error:  # such as a missing AWS_CA_BUNDLE
        msg = f"{action} failed: {_one_line(str(error))}"
        raise ServiceError(msg) from error


def _answered(error: ClientError, action: str, subject: str, address: str) -> OperatorError:
    code = error.response.get("Error", {}).get("Code") or "no error code"
    message = _one_line(error.response.get("Error", {}).get("Message") or "")
    said = f" ({message})" if message else ""
    if code in _ABSENT:
        return NotFoundError(f"{address} has no {subject}{said}")
    if code.isdigit():  # an HTTP status, because the response is not from AWS
        return ServiceError(f"{address} must be an AWS API, got HTTP status {code}: check the address")
    if code in _DENIED:
        grant = _GRANTS.get(action)
        given = "" if grant is None else f", as {grant} of the construct does"
        return ServiceError(f"the credentials must allow {action} on {subject}: add that permission{given}{said}")
    if code in _THROTTLED:
        return ThrottledError(f"{address} throttled {action} after several retries: try again later{said}")
    for codes, text in _ANSWERS:
        if code in codes:
            return ServiceError(text.format(action=action, subject=subject, address=address) + said)
    return ServiceError(f"{action} on {subject} failed with {code}{said}")


def _unanswered(error: BotoCoreError, action: str, address: str, *, is_loopback: bool) -> OperatorError:
    said = _one_line(str(error))
    said = f"{said[:1].lower()}{said[1:]}"
    for type_, text in _NOT_REACHED:
        if isinstance(error, type_):
            hint = "is `durable-mi local` running there" if is_loopback else "check address, region and network"
            # The messages of the others contain only a long URL.
            cause = f" ({said})" if type_ is BotocoreConnectionError else ""
            return ServiceError(f"{address} {text}: {hint}{cause}")
    for types, kind, text in _FAILURES:
        if isinstance(error, types):
            return kind(text.format(address=address, said=said))
    return ServiceError(f"{action} failed: {said}")


def _one_line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split()).rstrip(".")
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]}..."
