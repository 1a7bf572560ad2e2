"""The page behind a rule, which code scanning services link to."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["help_uri"]

_DOCS: Final = "https://docs.aws.amazon.com"
_GUIDE: Final = f"{_DOCS}/lambda/latest/dg"
_PAGES: Final = (
    (re.compile(r"Lambda Developer Guide, ([a-z][a-z0-9-]+)"), f"{_GUIDE}/{{}}.html"),
    (
        re.compile(r"AWS SAM reference, (sam-[a-z-]+)"),
        f"{_DOCS}/serverless-application-model/latest/developerguide/{{}}.html",
    ),
    (re.compile(r"CloudWatch Logs User Guide, ([a-z-]+)"), f"{_DOCS}/AmazonCloudWatch/latest/logs/{{}}.html"),
    (re.compile(r"AWS PrivateLink guide"), f"{_DOCS}/vpc/latest/privatelink/what-is-privatelink.html"),
    (re.compile(r"CloudFormation schema"), f"{_DOCS}/AWSCloudFormation/latest/TemplateReference/AWS_Lambda.html"),
    (re.compile(r"Lambda API"), f"{_DOCS}/lambda/latest/api/welcome.html"),
)
_ELSE: Final = f"{_GUIDE}/durable-functions.html"


def help_uri(source: str) -> str:
    """Return the address of AWS's page that a rule's source names first; of durable functions where it names none.

    Args:
        source: The rule's source.
    """
    for pattern, page in _PAGES:
        match = pattern.search(source)
        if match:
            return page.format(*match.groups())
    return _ELSE
