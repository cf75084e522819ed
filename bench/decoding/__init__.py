"""How fast the decoding is, beside others: `python -m bench.decoding`."""
