"""Operate durable functions: start an execution, follow it, read its history and its logs.

The modules that talk to AWS (``connection``, ``client``, ``explain``) import boto3, which takes a while, and are
therefore imported where they are used. The follow loop knows neither boto3 nor a terminal.
"""
