"""Finds in a template what fails in the deploy or at run time of durable functions on Lambda Managed Instances.

:func:`~durable_mi.cloudformation.template.templates` reads templates, :func:`~durable_mi.preflight.report.check`
applies the rules to one. ``durable-mi check``, the CDK plugin ``DurableMiPreflight`` and the rules for
cfn-lint are made of these.

A value that only a deploy tells, such as a parameter without a default, is never a finding.
"""
