"""What a run of ``check`` or ``lint`` leaves out, and with which findings it fails."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

import click

from durable_mi.cli.findings.rule_ids import known_rules
from durable_mi.findings.listed import count
from durable_mi.findings.severity import Severity
from durable_mi.findings.suppression import Suppression, Suppressions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from durable_mi.cli.findings.configuration import Configuration
    from durable_mi.cli.findings.report_options import ReportOptions
    from durable_mi.findings.baseline import Baseline
    from durable_mi.findings.listed import ListedFinding

__all__ = ["LeftOut"]

_FAILING: Final = {"error": (Severity.ERROR,), "warning": (Severity.ERROR, Severity.WARNING)}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the options and the configuration of a run say together.

    Attributes:
        options: The options.
        configuration: The configuration.
    """

    options: ReportOptions
    configuration: Configuration

    @property
    def skipped_rules(self) -> frozenset[str]:
        """Rules that need not be checked: they are left out, and no part of the report lists what they find."""
        if self.options.show_suppressed or self.options.output == "json":
            return frozenset()
        return self.configuration.ignored | known_rules(self.options.ignored, "--ignore")

    def suppressions(self, of_files: Iterable[Suppression] = ()) -> Suppressions:
        """Return what leaves findings out.

        Args:
            of_files: The suppressions in the files that are checked. Defaults to none.

        Raises:
            click.UsageError: A rule does not exist, or the baseline cannot be read.
        """
        listed = list(of_files)
        if self.configuration.ignored:
            where = f"[tool.durable-mi] in {self.configuration.file}"
            listed.append(Suppression(rules=self.configuration.ignored, where=where))
        if self.options.ignored:
            rules = known_rules(self.options.ignored, "--ignore")
            listed.append(Suppression(rules=rules, where="--ignore"))
        baseline = self.options.baseline or self.configuration.baseline
        # What a new baseline accepts are all findings, those of the old one too.
        return Suppressions(listed, _read(baseline) if baseline is not None and not self.options.written else None)

    def end(self, findings: Sequence[ListedFinding], *, could_read: bool) -> NoReturn:
        """End the run with its exit status.

        Args:
            findings: What is reported.
            could_read: Whether all that the user named could be read.
        """
        if not could_read:
            sys.exit(2)
        severities = _FAILING[self.options.fail_on or self.configuration.fail_on or "error"]
        fails = any(count(findings, severity) for severity in severities)
        sys.exit(1 if fails and self.options.written is None else 0)

    def write(self, file: Path, findings: Sequence[ListedFinding], checked: Collection[str]) -> None:
        """Write a baseline.

        Args:
            file: Where.
            findings: What it accepts.
            checked: Ids of the rules that were checked; what an older one accepts of others is kept.

        Raises:
            click.UsageError: The file is something else, or cannot be written.
        """
        # Imported here, since most runs write none.
        from durable_mi.findings.baseline import baseline_text  # noqa: PLC0415
        from durable_mi.findings.text import counted  # noqa: PLC0415

        before = _read(file) if file.exists() else None
        try:
            file.write_text(baseline_text(findings, before, checked), encoding="utf-8")
        except OSError as error:
            message = f"--write-baseline must name a file to write, got {file}, which cannot be written"
            message += f" ({error.strerror}): name another"
            raise click.UsageError(message) from error
        click.echo(f"Wrote {counted(len(findings), 'finding')} to {file}.")


def _read(file: Path) -> Baseline:
    # Imported here, since most runs have none.
    from durable_mi.findings.baseline import Baseline, BaselineError  # noqa: PLC0415

    try:
        return Baseline.read(file)
    except BaselineError as error:
        raise click.UsageError(str(error)) from error
