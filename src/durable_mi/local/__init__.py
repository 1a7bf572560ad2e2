"""Lambda Managed Instances on this machine: a synthesized app, AWS's own runtime client and AWS's own durable service.

What is AWS's code here: ``awslambdaric`` runs the handler, in its multi-process managed-instances mode, and
``aws-durable-execution-sdk-python-testing`` keeps the executions. What is ours lies between them: the Runtime API that
the processes poll, their supervision, and one endpoint that the AWS CLI and boto3 talk to.
"""
