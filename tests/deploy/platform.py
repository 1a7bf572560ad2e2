"""The platform's and the team's stack as they are deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.deploy import platform_app
from tests.deploy.platform_app import PLATFORM, TEAM

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.account import Account

__all__ = ["Platform"]


@dataclass(frozen=True, kw_only=True)
class Platform:
    """The two stacks.

    Attributes:
        account: Where they are.
        assembly: What they were deployed from.
    """

    account: Account
    assembly: Path

    @classmethod
    def deploy(cls, account: Account, directory: Path, *, references: str) -> Platform:
        """Synthesize and deploy both, with `strong` or `weak` references between them."""
        assembly = platform_app.synthesize(directory, references=references)
        done = account.deploy(assembly)
        assert 0 == done.status, done.output
        return cls(account=account, assembly=assembly)

    @property
    def capacity_provider(self) -> str:
        """The capacity provider's name."""
        return self.output(PLATFORM, "CapacityProviderName")

    @property
    def versions(self) -> set[str]:
        """The published versions on it, without their functions' names."""
        found = self.account.lambda_.list_function_versions_by_capacity_provider(
            CapacityProviderName=self.capacity_provider
        )
        return {version["FunctionArn"].rpartition("function:")[2] for version in found["FunctionVersions"]}

    @property
    def function(self) -> str:
        """The team's function."""
        return self.output(TEAM, "FunctionName")

    @property
    def live(self) -> str:
        """The version that the team's alias points at."""
        return self.account.lambda_.get_alias(FunctionName=self.function, Name="live")["FunctionVersion"]

    def output(self, stack: str, name: str) -> str:
        """Return an output of a stack."""
        outputs = self.account.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
        return next(it["OutputValue"] for it in outputs if it["OutputKey"] == name)

    def status(self, stack: str) -> str:
        """Return a stack's status."""
        return self.account.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
