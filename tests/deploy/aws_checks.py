"""What only AWS can show: an order that runs on managed instances, and what becomes of versions that are turned off.

Not collected by `make test`; see `deploy_aws`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.deploy.account import TOOLS
from tests.deploy.deploy_aws import ANSWERS
from tests.deploy.drill import DRILL_STACK
from tests.deploy.drill.app import synthesize
from tests.deploy.drill.questions import Drill, save
from tests.deploy.example import STACK

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.deploy.example import Example


def test_order_is_processed(example: Example) -> None:
    """One order to its end, found by the stack's name."""
    order = example.assembly.parent / "order.json"
    order.write_text('{"orderId": "order-123"}')
    options = ("--payload", str(order), "--follow", "--output", "json", "--region", example.account.region)

    done = example.account.run([str(TOOLS / "durable-mi"), "invoke", "--stack", STACK, *options])

    assert 0 == done.status, done.output
    document = json.loads(done.output[done.output.index("{") :])
    assert ("SUCCEEDED", "processed") == (document["Status"], document["Result"]["status"])


def test_questions_about_versions_are_answered(example: Example, tmp_path: Path) -> None:
    """Each on a throw-away workflow beside the example; what was answered is kept, also where a later one fails."""
    account = example.account
    provider = example.only("AWS::Lambda::CapacityProvider")
    arn = f"arn:aws:lambda:{account.region}:{account.number}:capacity-provider:{provider}"
    assembly = synthesize(tmp_path / "drill", arn, account=account.number, region=account.region)
    answers: dict[str, object] = {"Region": account.region}
    try:
        done = account.deploy(assembly, DRILL_STACK)
        assert 0 == done.status, done.output
        (stack,) = account.cloudformation.describe_stacks(StackName=DRILL_STACK)["Stacks"]
        outputs = {it["OutputKey"]: it["OutputValue"] for it in stack["Outputs"]}
        drill = Drill(client=account.lambda_, function=outputs["FunctionName"])
        questions: dict[str, Callable[[], object]] = {
            "ResourcesThatIamChecks": lambda: drill.resources_that_iam_checks(account.lambda_of(outputs["RoleArn"])),
            "HistoryAfterDeletion": drill.history_after_deletion,
            "DeletionUnderAnExecution": drill.deletion_of_a_version_with_a_running_execution,
            "DueWaitOnADeactivatedVersion": drill.due_wait_on_a_deactivated_version,
        }
        for name, question in questions.items():
            answers[name] = question()
            save(answers, Path(os.environ[ANSWERS]))
    finally:
        done = account.cdk("destroy", DRILL_STACK, "--force", "--app", str(assembly))
        assert 0 == done.status, done.output
