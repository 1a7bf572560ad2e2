"""What stays the same about a finding when lines move, so that it is known again."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from durable_mi.findings.repository import repository_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.findings.listed import ListedFinding

__all__ = ["fingerprints"]

# What changes with every change of the code: lines, assets and, in the ids of versions, the hash of the function.
_PASSING: Final = re.compile(r"(?<=\bline )\d+|(?<=\basset\.)[0-9a-f]{64}|(?<=[0-9A-F]{8})[0-9a-f]{32}\b")


def fingerprints(findings: Iterable[ListedFinding]) -> list[str]:
    """Return a text for each finding, which the same finding has after lines moved.

    It is made of the rule, the file in the repository, the resource, the property and the message. Findings that agree
    in all of these are numbered.

    Args:
        findings: Everything that was found, in order.
    """
    times: Counter[str] = Counter()
    made: list[str] = []
    for finding in findings:
        parts = (
            finding.rule.id,
            repository_path(finding.file).as_posix(),
            finding.resources[0].name if finding.resources else "",
            finding.path,
            finding.message,
        )
        digest = sha256("\0".join(_PASSING.sub("", part) for part in parts).encode(errors="surrogatepass"))
        key = digest.hexdigest()[:32]
        times[key] += 1
        made.append(f"{key}:{times[key]}")
    return made
