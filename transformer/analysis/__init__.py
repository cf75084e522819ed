"""What can be computed from a trace or a model: torch and numpy, no drawing."""
