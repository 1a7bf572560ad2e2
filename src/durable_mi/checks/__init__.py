"""Checks of the values that make up a durable function on Lambda Managed Instances.

Plain numbers and strings in; ``None`` where the value is right, a :class:`~durable_mi.checks.check_error.CheckError`
where the service would reject it, and a :class:`~durable_mi.checks.warning.CheckWarning` where it works but costs
something that is easily overlooked. Both keep what must hold, what came and how to fix it apart, and name options by
:class:`~durable_mi.checks.option.Option`, so that each caller can word them for its readers.

The constructs call these when they are built; a rule over a finished template can call the same functions. Whoever
calls leaves out what is not known yet, such as an unresolved CDK token.
"""
