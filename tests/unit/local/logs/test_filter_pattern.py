"""Filter patterns, with the examples of AWS's documentation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from durable_mi.local.logs.filter.pattern import FilterPattern
from durable_mi.local.logs.filter.scanner import PatternError

TRAIL: dict[str, Any] = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "cluster.name": "c",
    "errorCode": 400,
    "latency": 49.5,
    "number": [1000],
    "isCold": True,
    "isLast": False,
}
USERS: dict[str, Any] = {
    "user": {"id": 1, "email": "John.Stiles@example.com"},
    "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
}
ACCESS = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'


@pytest.mark.parametrize(
    ("pattern", "message", "matches"),
    [
        ("", "anything", True),
        ('" "', "anything", True),
        ("ERROR", "[ERROR 400] BAD REQUEST", True),
        ("ERROR", "[error 400] BAD REQUEST", False),
        ("ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", True),
        ("ERROR ARGUMENTS", "[ERROR 400] BAD REQUEST", False),
        ("?ERROR ?ARGUMENTS", "[ERROR 400] BAD REQUEST", True),
        ("?ERROR ?ARGUMENTS", "[INFO] REQUEST FAILED", False),
        ("?ERROR ?ARGUMENTS REQUEST", "[INFO] REQUEST FAILED", True),
        ("?ERROR -FAILED", "[INFO] REQUEST", True),
        ('"INTERNAL SERVER ERROR"', "[ERROR 500] INTERNAL SERVER ERROR", True),
        ('"INTERNAL SERVER ERROR"', "[ERROR 500] SERVER INTERNAL ERROR", False),
        ("ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST", True),
        ("ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", False),
        ('-"not this"', "but not this", False),
        (r'"say \"hi\""', 'they say "hi"', True),
        ('"order-7"', "Validating order-7", True),
        ("%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", True),
        ("%AUTHORIZED% -ERROR", "[ERROR 401] UNAUTHORIZED REQUEST", False),
    ],
)
def test_terms(pattern: str, message: str, *, matches: bool) -> None:
    """AWS ignores optional terms beside others; upper and lower case differ."""
    assert matches is FilterPattern.parse(pattern).matches(message)


@pytest.mark.parametrize(
    ("expression", "message", "matches"),
    [
        ("^[hc]at", "hat and coat", True),
        ("^[hc]at", "a hat", False),
        ("[hc]at$", "a cat", True),
        ("colou?r", "color", True),
        ("[abcx-z]", "y", True),
        ("^a{3,5}$", "aaaa", True),
        ("^a{3, 5}$", "aa", False),
        ("^a{,2}$", "aa", True),
        ("gray|grey", "grey", True),
        ("^starting|^initializing|^shutting down", "shutting down", True),
        ("^starting|^initializing", "skipping initializing", False),
        ("abcc|ab[^c]$", "aba", True),
        ("abcc|ab[^c]$", "aac", False),
        (r"\[.\]", "[7]", True),
        (r"10\.10\.0\.1", "10010,051", False),
        ("ab*c", "abbbc", True),
        ("ab+c", "ac", False),
        (r"\d\D", "4x", True),
        (r"\s\S", "a", False),
        (r"^\w+$", "abc_1", True),
        (r"^\w+$", "né", False),
        (r"\x28\x3A", "(:", True),
        ("[[|]", "a|b", True),
        ("[[|]", "ab", False),
        ("[]x]", "]", True),
    ],
)
def test_regular_expressions(expression: str, message: str, *, matches: bool) -> None:
    """The operators that AWS lists, in ASCII."""
    assert matches is FilterPattern.parse(f"%{expression}%").matches(message)


@pytest.mark.parametrize(
    ("pattern", "content", "matches"),
    [
        ('{ $.eventType = "UpdateTrail" }', TRAIL, True),
        ("{$.eventType=UpdateTrail}", TRAIL, True),
        ('{ $.eventType = "Update*" }', TRAIL, True),
        ('{ $.eventType = "update*" }', TRAIL, False),
        ("{ $.sourceIPAddress != 123.123.* }", TRAIL, True),
        ("{ $.sourceIPAddress != 111.111.* }", TRAIL, False),
        ('{ $.arrayKey[0] = "value" }', TRAIL, True),
        ('{ $.arrayKey[1] = "value" }', TRAIL, False),
        ('{ $.arrayKey[2] != "value" }', TRAIL, False),
        ('{ $.arrayKey = "value" }', TRAIL, False),
        ("{ $.eventType = %Trail% }", TRAIL, True),
        ("{ $.eventType != %Trail% }", TRAIL, False),
        ("{ $.arrayKey[*] = %val.{2}% }", TRAIL, True),
        (r"{ $.* = %111\.111\.111\.1[0-9]{1,2}% }", TRAIL, True),
        ("{ $.objectList[*].id = 2 }", TRAIL, True),
        ("{ $.objectList[*].id = 3 }", TRAIL, False),
        ("{ $.['cluster.name'] = \"c\" }", TRAIL, True),
        ("{ $['cluster.name'] = \"c\" }", TRAIL, True),
        ("{ $.SomeObject IS NULL }", TRAIL, True),
        ("{ $.eventType IS NULL }", TRAIL, False),
        ("{ $.isCold IS TRUE }", TRAIL, True),
        ("{ $.isLast IS TRUE }", TRAIL, False),
        ("{ $.isLast IS FALSE }", TRAIL, True),
        ("{ $.errorCode IS TRUE }", TRAIL, False),
        ("{ $.SomeOtherObject NOT EXISTS }", TRAIL, True),
        ("{ $.SomeObject NOT EXISTS }", TRAIL, False),
        ("{ $.SomeOtherObject IS NULL }", TRAIL, False),
        ('{ $.SomeOtherObject != "x" }', TRAIL, False),
        ("{ $.errorCode = 400 }", TRAIL, True),
        ("{ $.errorCode = 4e2 }", TRAIL, True),
        ("{ $.errorCode = 4* }", TRAIL, True),
        ("{ $.errorCode != 400 }", TRAIL, False),
        ("{ $.errorCode > 399 }", TRAIL, True),
        ("{ $.errorCode >= 400 }", TRAIL, True),
        ("{ $.errorCode < 400 }", TRAIL, False),
        ("{ $.latency <= 49.5 }", TRAIL, True),
        ("{ $.latency < -1 }", TRAIL, False),
        ("{ $.latency = * }", TRAIL, True),
        ("{ $.eventType > 1 }", TRAIL, False),
        ("{ $.number[0] = 1e+3 }", TRAIL, True),
        ("{ $.number[0] != 1e-3 }", TRAIL, True),
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', USERS, True),
        (
            '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "no" }',
            USERS,
            True,
        ),
        (
            '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "no" }',
            USERS,
            False,
        ),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', USERS, False),
        ("{ $.coordinates[1][2] = 6 }", USERS, True),
        ("{ $[0].id = 1 }", [{"id": 1}], True),
        ("{ ((($.user.id = 1))) }", USERS, True),
        ('{ $.text = "a } && %b%" && $.n = 1 }', {"text": "a } && %b%", "n": 1}, True),
    ],
)
def test_json(pattern: str, content: object, *, matches: bool) -> None:
    """Selectors lead to texts, numbers and truth values; arrays and objects match nothing."""
    assert matches is FilterPattern.parse(pattern).matches(json.dumps(content))


@pytest.mark.parametrize(
    "message", ["plain text", '"text"', "5", '{"level": NaN}', "[" * 100_000, '{"a": 1e99999999999999999999}']
)
def test_a_line_that_is_no_json_object_does_not_match(message: str) -> None:
    """Whatever the condition."""
    assert not FilterPattern.parse("{ $.level NOT EXISTS }").matches(message)


@pytest.mark.parametrize(
    ("pattern", "message", "matches"),
    [
        (
            r"[ip=%127\.0\.0\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]",
            ACCESS,
            True,
        ),
        ("[..., request =*.html*, status_code = 4*, bytes]", ACCESS, True),
        ("[..., request =*.css*, status_code = 4*, bytes]", ACCESS, False),
        ("[ip, user, username, timestamp, request, status_code = 404 || status_code = 410, bytes]", ACCESS, True),
        ("[ip, user, username, timestamp, request, status_code, bytes > 1000]", ACCESS, True),
        ("[ip, user, username, timestamp, request, status_code, bytes > 2000]", ACCESS, False),
        ('[ip, user, username, timestamp = "10/Oct/2000:13:25:15 -0700", ...]', ACCESS, True),
        ("[ip, ..., bytes = 1534]", ACCESS, True),
        ("[w1=ERROR, w2]", "ERROR 09/25/2014 12:00:02 Failed to process request", True),
        ("[w1=ERROR, w2]", "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200", False),
        ("[w1=ERROR]", "ERROR 09/25/2014 12:00:02 Failed", False),
        ("[w1=ERROR]", "ERROR", True),
        ("[w1=ERROR, w2, w3]", "ERROR only", False),
        ("[w1=ERROR || w1=WARNING, w2]", "WARNING 09/25/2014 12:00:02 Invalid user request", True),
        ("[(w1=ERROR || w1=WARNING), w2]", "WARNING 09/25/2014", True),
        ("[w1!=ERROR && w1!=WARNING, w2]", "INFO 09/25/2014", True),
        ("[w1!=ERROR && w1!=WARNING, w2]", "WARNING 09/25/2014", False),
        (
            "[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]",
            "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200",
            True,
        ),
        (
            "[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]",
            "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310",
            False,
        ),
    ],
)
def test_columns(pattern: str, message: str, *, matches: bool) -> None:
    """What is in brackets or quotation marks is one field; the last column has the rest of the line."""
    assert matches is FilterPattern.parse(pattern).matches(message)


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ('"open', "Invalid character(s) in term '\"open'"),
        ('""', "Invalid character(s) in term '\"\"'"),
        ("order-7", "Invalid character(s) in term 'order-7'"),
        ("a@example.com", "Invalid character(s) in term 'a@example.com'"),
        ("-", "Invalid character(s) in term"),
        ("%open", "Invalid character(s) in term '%open'"),
        ("%something!%", "Invalid character(s) in term '%something!%'"),
        ("%(a)%", "Invalid character(s) in term"),
        (r"%\(a%", "Invalid character(s) in term"),
        ("%né%", "Invalid character(s) in term"),
        (r"%\b%", r"\b is not supported"),
        ("%[a%", "the regular expression %[a% is malformed"),
        ("%*a%", "the regular expression %*a% is malformed"),
        ('{ $.level = "ERROR"', "If a filter pattern starts with '{' it must end with '}'"),
        ("[a, b", "If a filter pattern starts with '[' it must end with ']'"),
        ("{ }", "a selector, such as $.level, must come at 'the end'"),
        ("{ level = 1 }", "a selector, such as $.level, must come at 'level = 1 '"),
        ("{ $ = 1 }", "the name of a member"),
        ("{ $.level }", "one of =, !=, <, <=, > and >="),
        ("{ $.level == 1 }", "a word, a number"),
        ("{ $.level = }", "a word, a number"),
        ("{ $.level > x }", "a number after >"),
        ('{ $.level > "1" }', "a number after >"),
        ("{ $.level IS NOT NULL }", "one of =, !="),
        ("{ $.level EXISTS }", "one of =, !="),
        ("{ $.a = 1 & $.b = 2 }", "&&, || or the end"),
        ("{ $.a = 1 && }", "a selector"),
        ("{ ($.a = 1 }", "a closing parenthesis"),
        ('{ $.["a.b"] = 1 }', "the name of a member"),
        ("{ $.*.* = 1 }", "at most one wildcard"),
        ("{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }", "at most 3 wildcard selectors"),
        ("{ $.a = %1% || $.b = %1% || $.c = %1% }", "at most 2 regular expressions"),
        ("[]", "the name of a column"),
        ("[a,, b]", "the name of a column"),
        ("[a, ..., b, ...]", "at most one ellipsis"),
        ("[a b]", "one of =, !="),
        ("[status = 4* && bytes > 1000]", "must name one column, got status, bytes"),
        ("[a=%1%, b=%1%, c=%1%]", "at most 2 regular expressions"),
        ("x" * 1025, "at most 1024 characters, got 1025"),
        ("{" + "(" * 1000 + "}", "Invalid filter pattern"),
    ],
)
def test_rejects_a_pattern_as_aws_does(pattern: str, says: str) -> None:
    """In its words where they are known, else with what must come where."""
    with pytest.raises(PatternError) as refusal:
        FilterPattern.parse(pattern)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)
