"""AWS CDK constructs for durable functions on Lambda Managed Instances.

One construct is enough; it creates everything around the function::

    import aws_cdk as cdk
    from aws_cdk import aws_lambda as lambda_
    from durable_mi_constructs import DurableManagedFunction

    app = cdk.App()
    stack = cdk.Stack(app, "Orders")
    workflow = DurableManagedFunction(
        stack,
        "Workflow",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        execution_timeout=cdk.Duration.hours(1),
    )
    cdk.CfnOutput(stack, "AliasArn", value=workflow.alias.function_arn)
    app.synth()

Invoke the alias, never the function itself. The instances and the NAT gateways cost money from the first minute after
deployment.
"""

from durable_mi_constructs.capacity.interface import IManagedCapacity
from durable_mi_constructs.capacity.managed_capacity import CapacityScaling, ManagedCapacity
from durable_mi_constructs.function.failure import DeadLetters, DurableExecutionStatus
from durable_mi_constructs.function.interface import IDurableManagedFunction
from durable_mi_constructs.function.managed_function import DurableManagedFunction
from durable_mi_constructs.function.python_code import PythonCode
from durable_mi_constructs.function.settings import FunctionLogging, FunctionSettings
from durable_mi_constructs.monitoring.monitoring import AlarmThresholds, DurableManagedFunctionMonitoring
from durable_mi_constructs.network.managed_network import Egress, ManagedNetwork
from durable_mi_constructs.permissions.grants import DurableManagedFunctionGrants
from durable_mi_constructs.preflight import DurableMiPreflight
from durable_mi_constructs.releases.options import Releases

__all__ = [
    "AlarmThresholds",
    "CapacityScaling",
    "DeadLetters",
    "DurableExecutionStatus",
    "DurableManagedFunction",
    "DurableManagedFunctionGrants",
    "DurableManagedFunctionMonitoring",
    "DurableMiPreflight",
    "Egress",
    "FunctionLogging",
    "FunctionSettings",
    "IDurableManagedFunction",
    "IManagedCapacity",
    "ManagedCapacity",
    "ManagedNetwork",
    "PythonCode",
    "Releases",
]
