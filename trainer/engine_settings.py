"""The engine's settings: which engines there are, and what only some of them are told."""

ENGINES = ("local", "torchrun", "slurm")
# The engines that know a setting; one that is not here is known to all.
ENGINES_OF = dict.fromkeys(("processes", "nodes", "parallel"), ENGINES[1:]) | dict.fromkeys(
    ("partition", "minutes", "sbatch"), ENGINES[2:]
)


def sbatch_options(text: str) -> list[tuple[str, str]]:
    """Name and value of each option in the setting `sbatch`; one that is missing is empty."""
    parts = [part.partition("=") for part in text.split(",") if part.strip()]
    return [(name.strip().lstrip("-"), value.strip()) for name, _, value in parts]
