"""CloudWatch Logs filter patterns, as AWS documents them.

Source: Amazon CloudWatch Logs User Guide, Filter pattern syntax for metric filters, subscription filters, filter log
events, and Live Tail.
"""
