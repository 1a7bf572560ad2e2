"""The questions of `make deploy-aws`, asked of a service whose answers are made up: each must arrive."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from tests.deploy.drill.questions import Drill, refused_resource, save

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_lambda import LambdaClient

DENIED = "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: lambda:DeleteFunction on resource: {}"


@dataclass
class Service:
    """Versions and executions that do what this test says.

    Attributes:
        resumes: Whether a wait that comes due on a version that is off is resumed when the version is back.
        refuses: Whether a version with an open execution can be deleted.
    """

    resumes: bool = True
    refuses: bool = False
    now: float = 0
    versions: dict[str, tuple[int, int]] = field(default_factory=dict)
    executions: dict[str, tuple[str, float]] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Return a call by its name."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self, f"_call_{name}")

    def sleep(self, seconds: float) -> None:
        """Let time go by."""
        self.now += seconds

    def _call_update_function_configuration(self, **_: object) -> dict[str, Any]:
        return {}

    def _call_publish_version(self, **_: object) -> dict[str, Any]:
        number = str(len(self.versions) + 2)
        self.versions[number] = (1, 2)
        return {"Version": number}

    def _call_get_function_configuration(self, *, Qualifier: str = "", **_: object) -> dict[str, Any]:  # noqa: N803
        return {"State": "Deactivated" if self.versions.get(Qualifier) == (0, 0) else "Active"}

    def _call_invoke(self, *, Qualifier: str, Payload: str, **_: object) -> dict[str, Any]:  # noqa: N803
        arn = f"execution-{len(self.executions)}"
        self.executions[arn] = (Qualifier, self.now + json.loads(Payload)["seconds"])
        return {"DurableExecutionArn": arn}

    def _call_put_function_scaling_config(
        self,
        *,
        Qualifier: str,  # noqa: N803
        FunctionScalingConfig: dict[str, int],  # noqa: N803
        **_: object,
    ) -> dict[str, Any]:
        self.versions[Qualifier] = (
            FunctionScalingConfig["MinExecutionEnvironments"],
            FunctionScalingConfig["MaxExecutionEnvironments"],
        )
        return {}

    def _call_delete_function(self, *, Qualifier: str, **_: object) -> dict[str, Any]:  # noqa: N803
        is_open = any(version == Qualifier and self.now < due for version, due in self.executions.values())
        if self.refuses and is_open:
            raise ClientError({"Error": {"Code": "ResourceConflictException", "Message": "it runs"}}, "DeleteFunction")
        del self.versions[Qualifier]
        return {"StatusCode": 204, "ResponseMetadata": {}}

    def _call_get_durable_execution(self, *, DurableExecutionArn: str) -> dict[str, Any]:  # noqa: N803
        version, due = self.executions[DurableExecutionArn]
        if version not in self.versions:
            raise ClientError(
                {"Error": {"Code": "ResourceNotFoundException", "Message": "gone"}}, "GetDurableExecution"
            )
        is_off = self.versions[version] == (0, 0)
        return {"Status": "RUNNING" if self.now < due or is_off or not self.resumes else "SUCCEEDED"}

    def _call_get_durable_execution_history(self, *, DurableExecutionArn: str, **_: object) -> dict[str, Any]:  # noqa: N803
        self._call_get_durable_execution(DurableExecutionArn=DurableExecutionArn)
        return {"Events": [{"EventType": "ExecutionStarted"}, {"EventType": "WaitStarted"}]}

    def _call_list_durable_executions_by_function(self, **_: object) -> dict[str, Any]:
        return {"DurableExecutions": []}


def drill(service: Service) -> Drill:
    """Return a drill whose time is the service's."""
    client = cast("LambdaClient", service)
    return Drill(client=client, function="Drill", sleep=service.sleep, clock=lambda: service.now)


@pytest.mark.parametrize(("resumes", "after"), [(True, "SUCCEEDED"), (False, "RUNNING")])
def test_due_wait(resumes: bool, after: str) -> None:  # noqa: FBT001 - a column of the table
    """Off when due, and then on again: what the execution is both times, also where patience ends."""
    answer = drill(Service(resumes=resumes)).due_wait_on_a_deactivated_version()

    assert ("Deactivated", "RUNNING", "Active", after) == (
        answer["StateWhenDue"],
        answer["StatusWhenDue"],
        answer["StateAfterWaking"],
        answer["StatusAfterWaking"],
    )


@pytest.mark.parametrize(
    ("refuses", "deleted", "status"),
    [
        (False, '{"StatusCode": 204}', "ResourceNotFoundException: gone"),
        (True, "ResourceConflictException: it runs", "SUCCEEDED"),
    ],
)
def test_deletion_under_an_execution(refuses: bool, deleted: str, status: str) -> None:  # noqa: FBT001 - as above
    """A refusal is an answer, and so is an execution that is gone."""
    answer = drill(Service(refuses=refuses)).deletion_of_a_version_with_a_running_execution()

    assert (deleted, status) == (answer["DeleteFunction"], answer["StatusWhenDue"])


def test_history_after_deletion() -> None:
    """Before and after, side by side."""
    answer = drill(Service()).history_after_deletion()

    assert ("SUCCEEDED", ["ExecutionStarted", "WaitStarted"]) == (answer["StatusBefore"], answer["EventsBefore"])
    assert "ResourceNotFoundException: gone" == answer["StatusAfter"] == answer["EventsAfter"]


def test_resources_that_iam_checks() -> None:
    """As the refusals name them; nothing is changed."""

    class Powerless(Service):
        """Refuses all."""

        def __getattr__(self, name: str) -> Any:
            def refuse(**given: Any) -> None:
                message = DENIED.format(f"arn:aws:lambda:us-east-1:1:function:Drill:{given['Qualifier']}")
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, name)

            return refuse

    service = Service()
    answer = drill(service).resources_that_iam_checks(cast("LambdaClient", Powerless()))

    assert ["arn:aws:lambda:us-east-1:1:function:Drill:2"] * 2 == [it["Resource"] for it in answer.values()]
    assert {"2": (1, 2)} == service.versions


def test_answers_are_saved(tmp_path: Path) -> None:
    """As JSON; an answer that names no resource is not taken for one."""
    save({"question": {"Resource": refused_resource("no")}}, tmp_path / "answers.json")

    assert {"question": {"Resource": None}} == json.loads((tmp_path / "answers.json").read_text())
