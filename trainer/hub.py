"""Corpora of the Hugging Face hub, where it can be reached; never another corpus in their place."""

import hashlib
from collections import Counter
from pathlib import Path

from trainer.corpora import SOURCE, TARGET, Corpus, DataError, usable_pairs


def load_hub(repository: str) -> Corpus:
    """The pairs of a parallel data set: parquet files under `en-it/` with a `translation` column.

    A data set that was downloaded before opens without a connection. Raises `DataError` where the
    hub cannot be reached, pyarrow is not installed, or the data set has another form.
    """
    paths = sorted(_download(repository).glob(f"{SOURCE}-{TARGET}/*.parquet"))
    if not paths:
        raise DataError(
            f"hf:{repository} has no parquet file under {SOURCE}-{TARGET}/: "
            "download it yourself and give a file of source<TAB>target."
        )
    digest = hashlib.sha256()
    dropped: Counter[str] = Counter()
    pairs = []
    for path in paths:
        digest.update(path.read_bytes())
        pairs += usable_pairs(_rows(repository, path), dropped)
    if not pairs:
        raise DataError(f"hf:{repository} has no usable pair: choose another corpus.")
    return Corpus(f"hf:{repository}", pairs, digest.hexdigest(), None, dict(dropped))


def _download(repository: str) -> Path:
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise DataError(
            f"hf:{repository} needs the package huggingface_hub: "
            "install it with pip install huggingface_hub."
        ) from error
    pattern = f"{SOURCE}-{TARGET}/*.parquet"
    try:
        return Path(snapshot_download(repository, repo_type="dataset", allow_patterns=[pattern]))
    except (OSError, ValueError) as error:
        # The hub's errors are all one of these two; their first line names the cause.
        cause = str(error).strip().partition("\n")[0].rstrip(".")
        raise DataError(
            f"hf:{repository} could not be fetched from the Hugging Face hub ({cause}): "
            "check the name and the connection, or choose a corpus that ships or a file."
        ) from error


def _rows(repository: str, path: Path) -> list[tuple[str, str]]:
    try:
        from pyarrow import ArrowException, parquet  # type: ignore[import-untyped]
    except ImportError as error:
        raise DataError(
            f"hf:{repository} needs the package pyarrow: install it with pip install pyarrow."
        ) from error
    try:
        rows = parquet.read_table(path, columns=["translation"])["translation"].to_pylist()
        return [(row[SOURCE] or "", row[TARGET] or "") for row in rows]
    except (ArrowException, OSError, KeyError, TypeError) as error:
        raise DataError(
            f"hf:{repository} has no column translation with {SOURCE} and {TARGET} in {path.name}: "
            "download it yourself and give a file of source<TAB>target."
        ) from error
