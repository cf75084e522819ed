"""Dawn's budgets, measured: `make bench`, or `python -m bench --help`."""
