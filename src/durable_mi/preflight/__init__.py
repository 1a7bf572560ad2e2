"""Check templates for mistakes that make a deployment or an execution of durable functions fail.

:func:`~durable_mi.cloudformation.template.templates` reads templates, :func:`~durable_mi.preflight.report.check`
applies the rules to one. ``durable-mi check``, the CDK plugin ``DurableMiPreflight`` and the rules for
cfn-lint are made of these.

A value that is known only at deploy time, such as a parameter without a default, is never a finding.
"""
