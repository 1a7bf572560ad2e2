"""Durable functions on Lambda Managed Instances, without the CDK.

What lives here needs neither ``aws_cdk`` nor Node: service limits, the reader of synthesized apps, the local runtime
and the operator's command line. The constructs are in :mod:`durable_mi_constructs`, which may import this package;
this package never imports them.
"""
