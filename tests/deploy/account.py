"""An account to deploy to: the server, and the commands of a user who has pointed them at it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from botocore.config import Config

from tests.processes import untraced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_iam import IAMClient
    from types_boto3_lambda import LambdaClient

__all__ = ["TOOLS", "Account", "Done"]

TOOLS: Final = Path(sys.executable).parent
_KEY: Final = "rehearsal"


@dataclass(frozen=True)
class Done:
    """A command that has ended.

    Attributes:
        status: Exit status.
        output: What it wrote, both streams in one.
    """

    status: int
    output: str


@dataclass(frozen=True, kw_only=True)
class Account:
    """One region of an account, as a user's shell sees it.

    Attributes:
        url: The server's address; empty for AWS itself, where the shell's own credentials count.
        home: Home directory of the user.
        region: The region.
    """

    url: str
    home: Path
    region: str = "us-east-1"

    def in_region(self, region: str) -> Account:
        """Return the same account elsewhere."""
        return replace(self, region=region)

    @property
    def number(self) -> str:
        """The account's number."""
        return str(boto3.client("sts", **self._options).get_caller_identity()["Account"])

    @property
    def environment(self) -> dict[str, str]:
        """What differs from a deploy to AWS: where the endpoint is, and that the credentials are worth nothing."""
        path = {"PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}
        if not self.url:
            return {**os.environ, "AWS_REGION": self.region, **path}
        kept = {
            name: value
            for name, value in untraced().items()
            if not name.startswith(("AWS_", "CDK_")) and name not in {"CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS"}
        }
        return {
            **kept,
            **path,
            "AWS_ENDPOINT_URL": self.url,
            # The CDK CLI tells CloudFormation where the template is; moto takes a path-style address on localhost.
            "AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION": self.url.replace("127.0.0.1", "localhost"),
            "AWS_ACCESS_KEY_ID": _KEY,
            "AWS_SECRET_ACCESS_KEY": _KEY,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "HOME": str(self.home),
        }

    def cdk(self, *arguments: str, cwd: Path | None = None) -> Done:
        """Run the CDK CLI to its end."""
        return self.run([str(_cdk()), *arguments, "--no-notices", "--no-color"], cwd=cwd)

    def deploy(self, assembly: Path, *stacks: str, options: Sequence[str] = ()) -> Done:
        """Deploy stacks of a cloud assembly, all where none is named."""
        chosen = stacks or ("--all",)
        return self.cdk("deploy", *chosen, "--app", str(assembly), "--require-approval", "never", *options)

    def run(self, command: Sequence[str], *, cwd: Path | None = None) -> Done:
        """Run a command to its end."""
        done = subprocess.run(
            command,
            cwd=cwd or self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=900 if self.url else 5400,
        )
        return Done(done.returncode, done.stdout)

    def type(self, script: str, *, cwd: Path, **variables: str) -> Done:
        """Run a script in a shell on a terminal, where every question is answered with yes.

        Args:
            script: The script.
            cwd: Where it runs.
            variables: More environment variables.
        """
        _cdk()
        master, slave = pty.openpty()
        with subprocess.Popen(
            ["bash", "-ec", script],
            cwd=cwd,
            env={**self.environment, "TERM": "dumb", **variables},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        ) as process:
            os.close(slave)
            output = _answer(master)
            status = process.wait(timeout=60)
        os.close(master)
        return Done(status, output)

    @property
    def cloudformation(self) -> CloudFormationClient:
        """The CloudFormation API."""
        return boto3.client("cloudformation", **self._options)

    @property
    def lambda_(self) -> LambdaClient:
        """The Lambda API."""
        return boto3.client("lambda", **self._options)

    def lambda_of(self, role_arn: str) -> LambdaClient:
        """Return the Lambda API with the permissions of a role."""
        sts = boto3.client("sts", **self._options)
        found = sts.assume_role(RoleArn=role_arn, RoleSessionName="drill")["Credentials"]
        keys = {
            "aws_access_key_id": found["AccessKeyId"],
            "aws_secret_access_key": found["SecretAccessKey"],
            "aws_session_token": found["SessionToken"],
        }
        return boto3.client("lambda", **{**self._options, **keys})

    @property
    def ec2(self) -> EC2Client:
        """The EC2 API."""
        return boto3.client("ec2", **self._options)

    @property
    def iam(self) -> IAMClient:
        """The IAM API."""
        return boto3.client("iam", **self._options)

    def asset(self, key: str) -> bytes:
        """Return a file in the CDK's bucket of assets."""
        bucket = f"cdk-hnb659fds-assets-{self.number}-{self.region}"
        return bytes(boto3.client("s3", **self._options).get_object(Bucket=bucket, Key=key)["Body"].read())

    def queue_policy(self, url: str) -> str:
        """Return the policy of an SQS queue."""
        attributes = boto3.client("sqs", **self._options).get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
        return str(attributes["Attributes"]["Policy"])

    def rule_targets(self, rule: str) -> list[str]:
        """Return the ARNs that an EventBridge rule sends its events to."""
        targets = boto3.client("events", **self._options).list_targets_by_rule(Rule=rule)["Targets"]
        return [str(target["Arn"]) for target in targets]

    def alias_shifts(self, application: str, group: str) -> list[dict[str, str]]:
        """Return what the deployments of a CodeDeploy group did: function, alias, and from which version to which."""
        codedeploy = boto3.client("codedeploy", **self._options)
        ids = codedeploy.list_deployments(applicationName=application, deploymentGroupName=group)["deployments"]
        infos = (codedeploy.get_deployment(deploymentId=it)["deploymentInfo"] for it in ids)
        contents = (json.loads(info["revision"]["appSpecContent"]["content"]) for info in infos)
        return [
            resource["Properties"] for content in contents for it in content["Resources"] for resource in it.values()
        ]

    @property
    def _options(self) -> dict[str, Any]:
        if not self.url:
            return {"region_name": self.region}
        return {
            "endpoint_url": self.url,
            "region_name": self.region,
            "aws_access_key_id": _KEY,
            "aws_secret_access_key": _KEY,
            "config": Config(retries={"max_attempts": 0}),
        }


def _cdk() -> Path:
    cdk = TOOLS / "cdk"
    if not cdk.exists():
        pytest.fail(f"the CDK CLI must be in {TOOLS.name}, found none: run `make setup`, which gets it from npm")
    return cdk


def _answer(terminal: int) -> str:
    """Read a terminal to its end, and say yes to each question."""
    output = b""
    answered = 0
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # Linux says so when the last process has left the terminal.
            break
        if not piece:
            break
        output += piece
        if output.count(b"(y/n)") > answered:
            answered += 1
            os.write(terminal, b"y\n")
    return output.decode(errors="replace")
