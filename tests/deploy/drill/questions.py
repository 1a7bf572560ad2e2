"""The four questions about versions that no document answers, asked one by one on a throw-away workflow.

What is asked here is what a janitor never does: versions are turned off and deleted while executions are on them.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from types_boto3_lambda import LambdaClient

__all__ = ["Drill", "refused_resource", "save"]

_OPEN: Final = {"RUNNING", "PAUSING", "PAUSED"}
_PARKED: Final = (0, 0)
_RESOURCE: Final = re.compile(r"on resource: (\S+)")


def refused_resource(message: str) -> str | None:
    """Return the ARN that an ``AccessDenied`` names; ``None`` if it names none."""
    found = _RESOURCE.search(message)
    return found[1] if found else None


def save(answers: Mapping[str, object], file: Path) -> None:
    """Write the answers as JSON."""
    file.write_text(json.dumps(answers, indent=2, default=str) + "\n", encoding="utf-8")


@dataclass(kw_only=True)
class Drill:
    """Asks on one function, and notes what the service answers, errors too.

    Attributes:
        client: The Lambda API.
        function: The throw-away function's name. All of its versions but the first are made here.
        wait_s: How long executions wait: longer than a version takes to be turned off.
        patience_s: How long something that is due may take.
        sleep: Waits.
        clock: Returns seconds that only grow.
    """

    client: LambdaClient
    function: str
    wait_s: int = 600
    patience_s: float = 900
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _published: int = field(default=0)

    def due_wait_on_a_deactivated_version(self) -> dict[str, Any]:
        """Turn a version off while an execution waits; is it resumed when due, and if not, when the version is back?"""
        version = self._publish()
        execution = self._start(version, self.wait_s)
        self._scale(version, _PARKED)
        state = self._until(lambda: self._state(version), {"Deactivated", "Failed"})
        self.sleep(self.wait_s)
        due = self._until(lambda: self._status(execution), None)
        self._scale(version, (1, 2))
        woken = self._until(lambda: self._state(version), {"Active", "Failed"})
        after = self._until(lambda: self._status(execution), None)
        return {
            "StateWhenDue": state,
            "StatusWhenDue": due,
            "StateAfterWaking": woken,
            "StatusAfterWaking": after,
            "Events": self._events(execution),
        }

    def deletion_of_a_version_with_a_running_execution(self) -> dict[str, Any]:
        """Delete a version while an execution waits on it; is that refused, and what becomes of the execution?"""
        version = self._publish()
        execution = self._start(version, self.wait_s)
        deleted = self._attempt(lambda: self.client.delete_function(FunctionName=self.function, Qualifier=version))
        right_after = self._status(execution)
        self.sleep(self.wait_s)
        return {
            "DeleteFunction": deleted,
            "StatusRightAfter": right_after,
            "StatusWhenDue": self._until(lambda: self._status(execution), None),
            "Events": self._events(execution),
        }

    def history_after_deletion(self) -> dict[str, Any]:
        """Delete a version whose execution has ended; can it still be read and listed?"""
        version = self._publish()
        execution = self._start(version, 1)
        ended = self._until(lambda: self._status(execution), None)
        before = self._events(execution)
        deleted = self._attempt(lambda: self.client.delete_function(FunctionName=self.function, Qualifier=version))
        listed = self._attempt(
            lambda: self.client.list_durable_executions_by_function(FunctionName=self.function, Qualifier=version)
        )
        return {
            "StatusBefore": ended,
            "EventsBefore": before,
            "DeleteFunction": deleted,
            "StatusAfter": self._status(execution),
            "EventsAfter": self._events(execution),
            "ListAfter": listed,
        }

    def resources_that_iam_checks(self, powerless: LambdaClient) -> dict[str, Any]:
        """Call with a role that may do nothing: the refusal names the ARN that was checked.

        Args:
            powerless: The Lambda API with that role.
        """
        version = self._publish()
        scaling = self._attempt(
            lambda: powerless.put_function_scaling_config(
                FunctionName=self.function,
                Qualifier=version,
                FunctionScalingConfig={"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 2},
            )
        )
        deletion = self._attempt(lambda: powerless.delete_function(FunctionName=self.function, Qualifier=version))
        return {
            "PutFunctionScalingConfig": {"Answer": scaling, "Resource": refused_resource(scaling)},
            "DeleteFunction": {"Answer": deletion, "Resource": refused_resource(deletion)},
        }

    def _publish(self) -> str:
        """Publish another version and wait until it runs."""
        self._published += 1
        self.client.update_function_configuration(FunctionName=self.function, Description=f"drill {self._published}")
        self._until(
            lambda: str(
                self.client.get_function_configuration(FunctionName=self.function).get("LastUpdateStatus", "Successful")
            ),
            {"Successful", "Failed"},
        )
        version = self.client.publish_version(FunctionName=self.function)["Version"]
        self._until(lambda: self._state(version), {"Active", "Failed"})
        return version

    def _start(self, version: str, seconds: int) -> str:
        answer = self.client.invoke(
            FunctionName=self.function,
            Qualifier=version,
            InvocationType="Event",
            Payload=json.dumps({"seconds": seconds}),
        )
        execution = answer["DurableExecutionArn"]
        # It waits only once its first invocation has ended.
        self._until(lambda: "waits" if "WaitStarted" in self._events(execution) else "starts", {"waits"})
        return execution

    def _scale(self, version: str, numbers: tuple[int, int]) -> None:
        self.client.put_function_scaling_config(
            FunctionName=self.function,
            Qualifier=version,
            FunctionScalingConfig={"MinExecutionEnvironments": numbers[0], "MaxExecutionEnvironments": numbers[1]},
        )

    def _state(self, version: str) -> str:
        found = self.client.get_function_configuration(FunctionName=self.function, Qualifier=version)
        return str(found.get("State"))

    def _status(self, execution: str) -> str:
        return self._attempt(lambda: self.client.get_durable_execution(DurableExecutionArn=execution)["Status"])

    def _events(self, execution: str) -> list[str] | str:
        types = list[str]()

        def read() -> str:
            answer = self.client.get_durable_execution_history(DurableExecutionArn=execution, MaxItems=1000)
            types.extend(str(event.get("EventType")) for event in answer["Events"])
            return "read"

        said = self._attempt(read)
        return types if said == "read" else said

    def _until(self, read: Callable[[], str], ends: set[str] | None) -> str:
        """Read until it is one of the ends, or no open status; return what it is when patience ends."""
        until = self.clock() + self.patience_s
        while True:
            found = read()
            if (found not in _OPEN if ends is None else found in ends) or self.clock() >= until:
                return found
            self.sleep(5)

    def _attempt(self, call: Callable[[], object]) -> str:
        """Return what a call answers, in one line; an error is an answer."""
        try:
            answer = call()
        except ClientError as error:
            return f"{error.response['Error']['Code']}: {error.response['Error'].get('Message', '')}"
        if not isinstance(answer, dict):
            return str(answer)
        return json.dumps({key: value for key, value in answer.items() if key != "ResponseMetadata"}, default=str)
