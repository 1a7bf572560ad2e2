"""Each failure of botocore, in one line."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigParseError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSLError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.parsers import ResponseParserError

from durable_mi.operate.errors import NotFoundError, OperatorError, ServiceError, ThrottledError, UsageError
from durable_mi.operate.translate_errors import translate_errors

URL = "http://127.0.0.1:3210/2015-03-31/functions/orders/invocations"


def told(error: Exception, *, address: str = "eu-central-1", is_loopback: bool = False) -> OperatorError:
    """Return what comes out where ``error`` goes in."""
    with (
        pytest.raises(OperatorError) as caught,
        translate_errors(
            "lambda:InvokeFunction", subject="function orders:live", address=address, is_loopback=is_loopback
        ),
    ):
        raise error
    assert "\n" not in str(caught.value)
    assert not str(caught.value).endswith(".")
    return caught.value


def answer(code: str, message: str = "AWS said so.") -> ClientError:
    """Return an error that the service answered."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Invoke")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "AccessDeniedException",
            "the credentials must allow lambda:InvokeFunction on function orders:live: add that permission",
        ),
        ("ExpiredTokenException", "the credentials have expired"),
        ("UnrecognizedClientException", "the credentials are not accepted"),
        ("InvalidSignatureException", "the credentials are not accepted"),
        ("TooManyRequestsException", "eu-central-1 throttled lambda:InvokeFunction"),
        ("ThrottlingException", "eu-central-1 throttled lambda:InvokeFunction"),
        ("DurableExecutionAlreadyStartedException", "choose another --execution-name"),
        ("KMSDisabledException", "lambda:InvokeFunction on function orders:live failed with KMSDisabledException"),
    ],
)
def test_explains_what_the_service_answered(code: str, said: str) -> None:
    """With the service's own words at the end."""
    error = told(answer(code))

    assert type(error) is (ThrottledError if "throttled" in said else ServiceError)
    assert said in str(error)
    assert str(error).endswith("(AWS said so)")


def test_explains_a_function_that_is_not_there() -> None:
    """The type tells it apart, since a new execution may not be known yet."""
    error = told(answer("ResourceNotFoundException", "Function not found: x"))

    assert type(error) is NotFoundError
    assert "eu-central-1 has no function orders:live (Function not found: x)" == str(error)


def test_explains_an_answer_that_is_none_of_aws() -> None:
    """Some other server listens there."""
    said = "http://127.0.0.1:80 must be an AWS API, got "

    assert said in str(told(answer("501", "<html>\n</html>"), address="http://127.0.0.1:80"))
    assert said in str(told(ResponseParserError("Unable to parse"), address="http://127.0.0.1:80"))


def test_keeps_a_long_answer_on_one_short_line() -> None:
    """Line breaks, escape sequences and pages of text do not reach the terminal."""
    line = str(told(answer("ServiceException", "a\n\x1b[2Jb " * 500)))

    assert "\x1b" not in line
    assert len(line) < 600


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (NoRegionError(), UsageError, "a region must be set, got none: pass --region, or set AWS_REGION"),
        (InvalidRegionError(region_name="a b"), UsageError, "--region must be a region"),
        (ProfileNotFound(profile="nope"), UsageError, "the config profile (nope) could not be found"),
        (ConfigParseError(path="/c", error=""), ServiceError, "the AWS configuration cannot be read"),
        (NoCredentialsError(), ServiceError, "credentials are required: sign in and pass --profile"),
        (PartialCredentialsError(provider="env", cred_var="K"), ServiceError, "credentials are required"),
        (UnauthorizedSSOTokenError(), ServiceError, "credentials are required"),
        (TokenRetrievalError(provider="sso", error_msg="gone"), ServiceError, "credentials are required"),
        (ParamValidationError(report="x\ny"), ServiceError, "lambda:InvokeFunction failed: parameter validation"),
    ],
)
def test_explains_what_kept_the_request_back(error: BotoCoreError, kind: type[OperatorError], said: str) -> None:
    """An option's value that cannot be used is wrong usage; what the machine lacks is a failure."""
    explanation = told(error)

    assert kind is type(explanation)
    assert said in str(explanation)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EndpointConnectionError(endpoint_url=URL), "cannot be reached: is `durable-mi local` running there"),
        (ConnectTimeoutError(endpoint_url=URL), "cannot be reached within 5 seconds"),
        (ReadTimeoutError(endpoint_url=URL), "did not respond in time"),
        (ConnectionClosedError(endpoint_url=URL), "closed the connection without a response"),
        (SSLError(endpoint_url=URL, error=OSError("self-signed certificate")), "self-signed certificate"),
    ],
)
def test_explains_an_endpoint_that_is_not_reached(error: BotoCoreError, said: str) -> None:
    """With the address as it was given."""
    line = str(told(error, address="http://127.0.0.1:3210", is_loopback=True))

    assert line.startswith("http://127.0.0.1:3210 ")
    assert said in line


def test_explains_a_region_that_is_not_reached() -> None:
    """There is no local runtime to start then."""
    line = str(told(EndpointConnectionError(endpoint_url=URL)))

    assert "eu-central-1 cannot be reached: check address, region and network" == line


def test_explains_a_missing_certificate_bundle() -> None:
    """Botocore lets OSError through."""
    line = str(told(OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /none")))

    assert line.startswith("lambda:InvokeFunction failed: Could not find a suitable TLS CA certificate bundle")


def test_lets_success_through() -> None:
    """Nothing is raised where nothing went wrong."""
    with translate_errors("lambda:InvokeFunction", subject="function", address="", is_loopback=False):
        reached = True

    assert reached
