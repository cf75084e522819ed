"""A person's own text, as it was uploaded: checked, and as lines."""

from trainer.corpora import DataError

MOST = 20 << 20  # bytes
LONGEST = 10_000  # characters of a word: what learns pieces compares each part of it with each


def lines_in(name: str, raw: bytes) -> list[str]:
    """The lines with something on them; a tab parts two texts. Raises `DataError`, one sentence."""
    if len(raw) > MOST:
        raise DataError(f"“{name}” has more than {MOST >> 20} MB: give a part of it.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise DataError(f"“{name}” is no text in UTF-8: save it as plain text.")
    lines = [line.strip() for line in text.replace("\t", "\n").split("\n")]
    kept = [line for line in lines if line]
    if not kept:
        raise DataError(f"“{name}” is empty: bring a text with words in it.")
    words = (word for line in kept if len(line) > LONGEST for word in line.split())
    if (longest := max(map(len, words), default=0)) > LONGEST:
        raise DataError(f"“{name}” has a word of {longest:,} characters: put spaces between words.")
    return kept
