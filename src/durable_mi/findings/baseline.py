"""A file with the findings that were accepted at some time, so that only new ones are reported."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from durable_mi.findings.fingerprints import fingerprints
from durable_mi.findings.repository import repository_path
from durable_mi.findings.suppressed import Kind, Suppressed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from durable_mi.findings.listed import ListedFinding

__all__ = ["Baseline", "BaselineError", "baseline_text"]

_VERSION: Final = 1
_FORM: Final = "a file that --write-baseline wrote"


class BaselineError(Exception):
    """A file that is no baseline; ``str()`` says why, in one line."""


@dataclass(slots=True)
class Baseline:
    """The findings that were accepted.

    Attributes:
        file: The file.
        entries: What it says of each, by fingerprint.
    """

    file: Path
    entries: Mapping[str, Mapping[str, Any]]
    _used: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, file: Path) -> Baseline:
        """Read a baseline.

        Raises:
            BaselineError: It cannot be read, or is none.
        """
        try:
            content = json.loads(file.read_bytes())
        except OSError as error:
            msg = f"the baseline must be {_FORM}, got {file}, which cannot be read ({error.strerror}): write it first"
            raise BaselineError(msg) from error
        except (ValueError, RecursionError) as error:
            msg = f"the baseline must be {_FORM}, got {file}, which is not JSON: write it again"
            raise BaselineError(msg) from error
        listed = content.get("findings") if isinstance(content, dict) and content.get("version") == _VERSION else None
        if not isinstance(listed, list) or not all(map(_is_entry, listed)):
            msg = f"the baseline must be {_FORM}, got {file}, which has another form: write it again"
            raise BaselineError(msg)
        return cls(file, {entry["fingerprint"]: entry for entry in listed})

    def sift(self, findings: Sequence[ListedFinding]) -> list[Suppressed | None]:
        """Return for each finding that was accepted that it was, and ``None`` for the others.

        Args:
            findings: Everything that was found.
        """
        sifted: list[Suppressed | None] = []
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True):
            entry = self.entries.get(fingerprint)
            if entry is None:
                sifted.append(None)
                continue
            self._used.add(fingerprint)
            sifted.append(Suppressed(finding, f"baseline {self.file}", entry.get("reason", ""), Kind.EXTERNAL))
        return sifted

    def unused(self, checked: Collection[str]) -> list[str]:
        """Return a line for each accepted finding that there is no longer.

        Args:
            checked: Ids of the rules that were checked.
        """
        return [
            f"baseline {self.file}: {entry['rule']} {entry['resource']} in {entry['file']}"
            for fingerprint, entry in self.entries.items()
            if fingerprint not in self._used and entry["rule"] in checked
        ]


def baseline_text(findings: Sequence[ListedFinding], before: Baseline | None, checked: Collection[str]) -> str:
    """Return what a baseline of findings holds.

    Args:
        findings: What is accepted.
        before: The baseline that it replaces, whose reasons are kept; ``None`` where there is none.
        checked: Ids of the rules that were checked; entries of others are kept.
    """
    old = before.entries if before is not None else {}
    entries = [dict(entry) for entry in old.values() if entry["rule"] not in checked]
    for finding, fingerprint in zip(findings, fingerprints(findings), strict=True):
        entry = {
            "rule": finding.rule.id,
            "file": repository_path(finding.file).as_posix(),
            "resource": finding.resources[0].name if finding.resources else "",
            "message": finding.message,
            "fingerprint": fingerprint,
        }
        if old.get(fingerprint, {}).get("reason"):
            entry["reason"] = old[fingerprint]["reason"]
        entries.append(entry)
    entries.sort(key=lambda entry: (entry["file"], entry["rule"], entry["resource"], entry["fingerprint"]))
    return json.dumps({"version": _VERSION, "findings": entries}, indent=2) + "\n"


def _is_entry(entry: object) -> bool:
    texts = ("rule", "file", "resource", "fingerprint")
    return (
        isinstance(entry, dict)
        and all(isinstance(entry.get(text), str) for text in texts)
        and isinstance(entry.get("reason", ""), str)
    )
