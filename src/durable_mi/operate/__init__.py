"""Operate durable functions: start an execution, follow it, read its history and its logs.

The modules that call AWS (``client``, ``translate_errors``) import boto3, which is slow to load. Import them where
they are used. The follow loop depends neither on boto3 nor on a terminal.
"""
