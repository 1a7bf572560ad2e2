"""`durable-mi why` and `durable-mi doctor`: parse, call, render."""
