"""How good a model is: likelihood on held-out pairs, and its translations scored by sacreBLEU."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from sacrebleu.metrics import BLEU, CHRF

from trainer.batches import PairDataset, collate, token_batches
from trainer.corpora import Pair
from trainer.learning import token_losses
from transformer.bundle import Bundle
from transformer.decoding import beam_search, greedy
from transformer.tokenizer import EOS, UNK

BATCH_TOKENS = {"cpu": 2048, "cuda": 32_768}
"""Padded tokens a batch holds, by the device: a GPU wants much at once."""


@dataclass(frozen=True)
class Likelihood:
    """Over all target tokens of some pairs, `[EOS]` included.

    nll: nats per token. bits_per_character: of the target text, comparable between tokenizers.
    unknown: share of target tokens that are `[UNK]`, which make a word model's NLL cheap.
    """

    nll: float
    bits_per_character: float
    unknown: float
    tokens: int


@dataclass(frozen=True)
class Scores:
    """Corpus BLEU and chrF of some translations, 0 to 100."""

    bleu: float
    chrf: float


def encode_pairs(bundle: Bundle, pairs: Sequence[Pair]) -> PairDataset:
    """The ids of `pairs`, without specials; what is longer than the model allows stays in."""
    sources = bundle.src_tokenizer.encode_batch(source for source, _ in pairs)
    targets = bundle.tgt_tokenizer.encode_batch(target for _, target in pairs)
    return PairDataset(sources, targets)


def fitting(dataset: PairDataset, max_tokens: int) -> list[int]:
    """Indices of the pairs whose two sides fit in `max_tokens` positions, specials included."""
    return [place for place, lengths in enumerate(dataset.lengths) if max(lengths) <= max_tokens]


@torch.no_grad()
def likelihood(bundle: Bundle, pairs: Sequence[Pair]) -> Likelihood:
    """Teacher-forced likelihood of the targets that fit in the model."""
    model, dataset = bundle.model.eval(), encode_pairs(bundle, pairs)
    kept = fitting(dataset, model.config.max_tokens)
    device = next(model.parameters()).device
    nll, tokens, unknown = 0.0, 0, 0
    lengths = [dataset.lengths[place] for place in kept]
    for members in token_batches(lengths, BATCH_TOKENS[device.type], seed=0, epoch=0):
        batch = collate([dataset[kept[member]] for member in members])
        src, tgt = batch.src.to(device), batch.tgt.to(device)
        _, batch_nll, count = token_losses(model(src, tgt[:, :-1]), tgt[:, 1:], 0.0)
        nll += float(batch_nll)
        tokens += int(count)
        unknown += int((tgt == UNK).sum())
    characters = sum(len(pairs[place][1]) for place in kept)
    return Likelihood(
        nll / max(tokens, 1),
        nll / math.log(2) / max(characters, 1),
        unknown / max(tokens, 1),
        tokens,
    )


def translate(bundle: Bundle, texts: Sequence[str], beams: int = 1) -> list[str]:
    """Translate, in batches of like length; greedy for one beam. Blank lines stay blank.

    Raises ValueError for a text longer than the model allows.
    """
    model, limit = bundle.model.eval(), bundle.model.config.max_tokens
    device = next(model.parameters()).device
    sources = [[*ids, EOS] for ids in bundle.src_tokenizer.encode_batch(texts)]
    for number, source in enumerate(sources, 1):
        if len(source) > limit:
            raise ValueError(
                f"Line {number} has {len(source)} tokens, but the model takes {limit}: shorten it."
            )
    results = [""] * len(texts)
    lengths = [(len(source), len(source)) for source in sources]
    budget = max(1, BATCH_TOKENS[device.type] // beams)
    for members in token_batches(lengths, budget, seed=0, epoch=0):
        rows = [place for place in members if texts[place].strip()]
        if not rows:
            continue
        src = collate([(sources[place][:-1], []) for place in rows]).src.to(device)
        if beams == 1:
            found = greedy(model, src)
        else:
            found = [best[0] for best in beam_search(model, src, beams)]
        for place, hypothesis in zip(rows, found, strict=True):
            results[place] = bundle.tgt_tokenizer.decode(hypothesis.ids)
    return results


def score(translations: Sequence[str], references: Sequence[str]) -> Scores:
    """Corpus BLEU and chrF2 of sacreBLEU (Post, 2018) with its defaults."""
    bleu = BLEU().corpus_score(list(translations), [list(references)])
    chrf = CHRF().corpus_score(list(translations), [list(references)])
    return Scores(bleu.score, chrf.score)


def sentence_chrf(translation: str, reference: str) -> float:
    """chrF2 of one sentence (Popović, 2015), 0 to 100."""
    return CHRF().sentence_score(translation, [reference]).score


def signatures() -> str:
    """How sacreBLEU makes these scores, in its own words."""
    bleu, chrf = BLEU(), CHRF()
    for metric in (bleu, chrf):
        metric.corpus_score(["one"], [["one"]])  # a signature needs a count of references
    return f"{bleu.get_signature()}; {chrf.get_signature()}"
