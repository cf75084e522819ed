"""How fast the training is, beside others: `python -m bench.speed`."""
