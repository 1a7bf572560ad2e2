"""The fallback for ``awslambdaric``, AWS's runtime client, on systems without its wheels: all but Linux.

It speaks the same Runtime API in the same multi-process way, and a handler sees the same context, the same log lines
and the same errors. :mod:`~durable_mi.local.runtime_client.__main__` starts it by path, in whichever interpreter runs
the handlers, so nothing here imports more than the standard library or reaches outside this package.
"""
