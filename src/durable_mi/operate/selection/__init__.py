"""Which executions an operator means: by filters, or by what they are called; and where each of them is."""
