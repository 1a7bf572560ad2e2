"""A durable execution as a timeline: its history, invocations and log lines combined, then rendered.

Without boto3 and CDK: :class:`~durable_mi.timeline.timeline.Timeline` is built from the responses of the API. It is
rendered for a terminal, as JSON for the page of the local runtime, or as one self-contained HTML file.
"""
