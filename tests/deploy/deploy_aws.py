"""Deploy the example to a real account, check it there, and destroy it: `make deploy-aws`. It costs money."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import boto3
import click
from botocore.exceptions import BotoCoreError, ClientError

from tests.deploy.drill import DRILL_STACK

__all__ = ["ANSWERS", "ON_AWS"]

ON_AWS: Final = "DURABLE_MI_DEPLOY_TO_REGION"
"""Environment variable that makes the tests of the example deploy to AWS, to the region that it names."""

ANSWERS: Final = "DURABLE_MI_ANSWERS"
"""Environment variable with the file for the answers to the questions that only AWS can answer."""

_STACK: Final = "OrderWorkflow"
_STACKS: Final = (_STACK, DRILL_STACK)
_CHECKS: Final = (
    "test_example.py",
    "test_iam.py",
    "test_network.py::test_lambda_api_is_reached_by_nat",
    "test_network.py::test_public_subnets_are_told_apart",
    "aws_checks.py",
)
_WARNING: Final = """\
This deploys the stack {stack} to account {account}, region {region}, checks it, runs one order, and destroys it.
A second stack, {drill}, answers what becomes of executions when versions are turned off or deleted: {answers}.

It costs money: at least three EC2 instances and a NAT gateway from the moment that they start until they are gone, with
the fee for managed instances on top; expect an hour and a half of them, more if the clean-up takes long. None of it is
in the free tier. If this command is killed, the stacks stay and cost on: then delete {drill}, and run

    cd examples/order_workflow && cdk destroy
"""


@click.command()
@click.option("--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], required=True, help="Where to deploy.")
@click.option(
    "--answers",
    type=click.Path(dir_okay=False, path_type=Path),
    default="release-answers.json",
    show_default=True,
    help="Where to write what AWS answered about versions.",
)
@click.option("--yes", "account", metavar="ACCOUNT", help="Number of the account, instead of being asked for it.")
def main(region: str, answers: Path, account: str | None) -> None:
    """Deploy the example to the account of the shell's credentials, check it there, and destroy it."""
    try:
        number = boto3.client("sts", region_name=region).get_caller_identity()["Account"]
        _check_free(region)
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(_WARNING.format(stack=_STACK, drill=DRILL_STACK, account=number, region=region, answers=answers))
    answer = account or click.prompt("To spend that, type the account's number", default="", show_default=False)
    if answer != number:
        message = f"the account is {number}, got {answer or 'nothing'}: nothing was deployed"
        raise click.ClickException(message)
    directory = Path(__file__).parent
    checks = [str(directory / check) for check in _CHECKS]
    status = subprocess.run(
        [sys.executable, "-m", "pytest", "--exitfirst", "-rA", "-p", "no:cacheprovider", *checks],
        cwd=directory.parents[1],
        env={**os.environ, ON_AWS: region, ANSWERS: str(answers.absolute())},
        check=False,
    ).returncode
    left = [stack for stack in _STACKS if _stands(stack, region)]
    if left:
        message = f"{' and '.join(left)} still stand in {region} and cost money: delete them, the last one first"
        raise click.ClickException(message)
    click.echo(f"The stacks {' and '.join(_STACKS)} are gone from {region}.")
    sys.exit(status)


def _check_free(region: str) -> None:
    for stack in _STACKS:
        if _stands(stack, region):
            message = f"the account must have no stack {stack} in {region}, found one: destroy it or take another"
            raise click.ClickException(message)
    try:
        boto3.client("cloudformation", region_name=region).describe_stacks(StackName="CDKToolkit")
    except ClientError as error:
        message = f"the account must be bootstrapped for the CDK in {region}: run `cdk bootstrap` ({error})"
        raise click.ClickException(message) from error


def _stands(stack: str, region: str) -> bool:
    try:
        boto3.client("cloudformation", region_name=region).describe_stacks(StackName=stack)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return False
    return True


if __name__ == "__main__":
    main()
