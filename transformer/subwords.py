"""Two more ways to learn pieces from a text, beside byte-pair encoding and whole words."""

import json
from collections.abc import Iterable

from tokenizers import Tokenizer as Backend
from tokenizers import decoders, models, pre_tokenizers, trainers

from transformer.tokenizer import SPECIALS, Tokenizer, TokenizerError, clean, normalizer

# A log-probability so low that a typed "[EOS]" is cut into letters, which are all in the alphabet:
# Unigram has the specials among its pieces, as likely as can be.
NEVER = -1e4


def train_wordpiece(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """WordPiece (Schuster and Nakajima, 2012), as BERT has it: ## marks a piece inside a word.

    Raises `TokenizerError` for a text without a word.
    """
    backend = Backend(models.WordPiece(unk_token="[UNK]"))
    backend.normalizer = normalizer()
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    backend.decoder = decoders.WordPiece(prefix="##", cleanup=True)
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocab_size,
        min_frequency=2,
        special_tokens=list(SPECIALS),
        show_progress=False,
    )
    return _trained(backend, texts, trainer)


def train_unigram(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """Unigram (Kudo, 2018): begin with many pieces, drop those that the likelihood misses least.

    Raises `TokenizerError` for a text without a word.
    """
    backend = Backend(models.Unigram())
    backend.normalizer = normalizer()
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    backend.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIALS),
        unk_token="[UNK]",
        initial_alphabet=sorted(set("".join(SPECIALS))),
        show_progress=False,
    )
    file = json.loads(_trained(backend, texts, trainer).to_json())
    for entry in file["model"]["vocab"][: len(SPECIALS)]:
        entry[1] = NEVER
    return Tokenizer(Backend.from_str(json.dumps(file)))


def _trained(backend: Backend, texts: Iterable[str], trainer: trainers.Trainer) -> Tokenizer:
    kept = [text for text in map(clean, texts) if text.strip()]
    if not kept:
        raise TokenizerError("There is no word in this text: bring another one.")
    try:
        backend.train_from_iterator(kept, trainer)
    except Exception as error:  # the backend raises a bare Exception
        full = "not large enough" in str(error)
        raise TokenizerError(
            "The characters of this text alone are more than that many pieces: ask for more."
            if full
            else "This text is too short to learn pieces from: bring more text."
        ) from error
    return Tokenizer(backend)
