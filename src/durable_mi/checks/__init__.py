"""Checks of the values that make up a durable function on Lambda Managed Instances.

Plain numbers and strings in; ``None`` where the value is right, :class:`ValueError` where the service would refuse it,
and a :class:`~durable_mi.checks.warning.Caution` where it works but costs something that is easily overlooked. Each
message says what must hold, what came and how to mend it, and names the value as the constructs' arguments do.

The constructs call these when they are built; a rule over a finished template can call the same functions. Whoever
calls leaves out what is not known yet, such as an unresolved CDK token.
"""
