"""What a durable function of this app and an imported one have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from durable_mi_constructs.arguments import takes
from durable_mi_constructs.function.argument_kinds import MONITOR, ON_STATUS_CHANGE
from durable_mi_constructs.function.failure import status_change_rule
from durable_mi_constructs.monitoring.metrics import DurableManagedFunctionMetrics
from durable_mi_constructs.monitoring.monitoring import AlarmThresholds, DurableManagedFunctionMonitoring
from durable_mi_constructs.monitoring.release_metrics import ReleaseMetrics
from durable_mi_constructs.permissions.grants import DurableManagedFunctionGrants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_events as events
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sqs as sqs

    from durable_mi_constructs.function.failure import DurableExecutionStatus
    from durable_mi_constructs.permissions.encryption import ExecutionEncryption

__all__ = ["IDurableManagedFunction"]


# The metrics come second: jsii looks at each member of what comes before its own class, whenever an object is made.
class IDurableManagedFunction(Construct, DurableManagedFunctionMetrics):
    """A durable function, created by this app or imported: alias, grants, metrics, status events and monitoring.

    A type for annotations: :class:`~durable_mi_constructs.DurableManagedFunction` is one, and so is what its
    ``from_function_arn`` and ``from_attributes`` return.
    """

    @property
    def function_arn(self) -> str:
        """The function's ARN without qualifier. To invoke it use :attr:`alias`."""
        raise NotImplementedError

    @property
    def function_name(self) -> str:
        """The function's name."""
        raise NotImplementedError

    @property
    def alias(self) -> lambda_.IFunction:
        """The alias. Always invoke the alias."""
        raise NotImplementedError

    @property
    def alias_name(self) -> str:
        """The alias's name."""
        raise NotImplementedError

    @property
    def metric_function_name(self) -> str:
        """The function's name, for the dimension ``FunctionName``."""
        return self.function_name

    @property
    def grants(self) -> DurableManagedFunctionGrants:
        """Grants on this function's executions: start, observe, operate, complete callbacks, chained invoke."""
        return DurableManagedFunctionGrants(
            function_arn=self.function_arn,
            alias_name=self.alias_name,
            account=cdk.Stack.of(self).account,
            encryption=self._execution_encryption,
            scope=self._grants_scope,
        )

    @takes(**ON_STATUS_CHANGE)
    def on_status_change(
        self,
        construct_id: str,
        *,
        statuses: Sequence[DurableExecutionStatus],
        target: events.IRuleTarget | None = None,
    ) -> events.Rule:
        """Send EventBridge's events about this function's executions to a target, for all versions.

        The event has the execution's ARN and name, the status and the times, not the payload. Events of AWS services
        can arrive more than once.

        Args:
            construct_id: The rule's id in this construct.
            statuses: The statuses to match, at least one.
            target: A target of ``aws_events_targets``. Defaults to none; to add one later, call ``add_target`` on the
                rule.

        Raises:
            ValueError: There is no status, or one that Lambda does not report.
        """
        return status_change_rule(self, construct_id, function_arn=self.function_arn, statuses=statuses, target=target)

    @takes(**MONITOR)
    def monitor(
        self,
        *,
        thresholds: AlarmThresholds | None = None,
        actions: Sequence[cloudwatch.IAlarmAction] = (),
        dashboard: bool = True,
    ) -> DurableManagedFunctionMonitoring:
        """Create alarms and a dashboard, ``Monitoring`` in this construct.

        Args:
            thresholds: Thresholds of the alarms. Defaults to all twelve with the defaults of
                :class:`~durable_mi_constructs.AlarmThresholds`.
            actions: Actions of every alarm, such as ``aws_cloudwatch_actions.SnsAction(topic)``. Defaults to no
                action, so nobody is notified.
            dashboard: Whether to create the dashboard, which costs a few dollars a month. Defaults to yes.

        Raises:
            ValueError: The function is monitored already.
        """
        if self.node.try_find_child("Monitoring") is not None:
            msg = f"monitor must be called once, got a second call for {self.node.path}: add to what the first returned"
            raise ValueError(msg)
        queue, drains_in = self._monitored
        return DurableManagedFunctionMonitoring(
            self,
            "Monitoring",
            metrics=self,
            name=self.node.path,
            dead_letter_queue=queue,
            release_metrics=None
            if drains_in is None
            else ReleaseMetrics(stack_name=drains_in, function_name=self.function_name),
            thresholds=thresholds or AlarmThresholds(),
            actions=actions,
            dashboard=dashboard,
        )

    @property
    def _grants_scope(self) -> Construct | None:
        """Where policies for grantees are created; ``None`` to leave them to the grantees."""
        return None

    @property
    def _execution_encryption(self) -> ExecutionEncryption | None:
        raise NotImplementedError

    @property
    def _monitored(self) -> tuple[sqs.IQueue | None, str | None]:
        """The queue of failed executions' events, and the stack with the janitor: what there is of them."""
        raise NotImplementedError
