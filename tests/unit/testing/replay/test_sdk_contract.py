"""What replay relies on in AWS's durable execution SDK: each test names what moved."""

from __future__ import annotations

from aws_durable_execution_sdk_python.operation import callback, child, invoke, step, wait, wait_for_condition
from aws_durable_execution_sdk_python.operation.base import OperationExecutor
from contract import moved

PACKAGE = "aws_durable_execution_sdk_python"


def test_every_name_is_where_it_is_expected() -> None:
    """With the parameters that it is called with."""
    found = moved(
        PACKAGE,
        present=(
            "exceptions.NonDeterministicExecutionError",
            "exceptions.SuspendExecution",
            "concurrency.executor.ThreadPoolExecutor",
            "execution.ThreadPoolExecutor",
            "execution.logger",
            "operation.step.StepOperationExecutor.process",
            "operation.child.ChildOperationExecutor.execute",
            "concurrency.models.CompletionRecord.summary_envelope",
            "lambda_service.OperationSubType.MAP",
            "lambda_service.OperationSubType.PARALLEL",
        ),
        called={
            "execution.InitialExecutionState": (2, ()),
            "execution.DurableExecutionInvocationInputWithClient": (
                0,
                ("durable_execution_arn", "checkpoint_token", "initial_execution_state", "service_client"),
            ),
            "lambda_service.CheckpointOutput": (2, ()),
            "lambda_service.CallbackDetails": (3, ()),
            "lambda_service.ContextDetails": (3, ()),
            "lambda_service.ChainedInvokeDetails": (2, ()),
            "lambda_service.StepDetails": (0, ("attempt", "result", "error")),
        },
        overridden={
            "operation.base.OperationExecutor.process": "(self)",
            "identifier.OperationIdentifier.validate_checkpoint": "(self, checkpoint)",
            "context.Callback.result": "(self)",
            "state.ExecutionState.create_checkpoint": "(self, operation_update=None, is_sync=True)",
            "state.ExecutionState.checkpoint_batches_forever": "(self)",
            "lambda_service.DurableServiceClient.checkpoint": (
                "(self, durable_execution_arn, checkpoint_token, updates, client_token)"
            ),
            "lambda_service.DurableServiceClient.get_execution_state": (
                "(self, durable_execution_arn, checkpoint_token, next_marker, max_items=1000)"
            ),
        },
    )
    assert [] == found, "\n".join(found)


def test_no_operation_has_its_own_way_to_run() -> None:
    """Each is answered, or stopped, where all of them are."""
    kinds = (
        callback.CallbackOperationExecutor,
        child.ChildOperationExecutor,
        invoke.InvokeOperationExecutor,
        step.StepOperationExecutor,
        wait.WaitOperationExecutor,
        wait_for_condition.WaitForConditionOperationExecutor,
    )
    assert set(kinds) == set(OperationExecutor.__subclasses__())
    assert [] == [each for each in kinds if "process" in vars(each)]
