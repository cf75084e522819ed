"""What a model is worth: sacreBLEU's own scores, likelihood by its definition, lines in order."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import sacrebleu
import torch

from tests.trainer.small_runs import word_pairs
from trainer.evaluate import encode_pairs, fitting, likelihood, score, signatures, translate
from transformer.bundle import Bundle
from transformer.config import ModelConfig
from transformer.decoding import beam_search, greedy
from transformer.model import Transformer
from transformer.tokenizer import EOS, UNK, train_bpe, train_words

PAIRS = word_pairs(30)


def bundle_of(kind: str, max_tokens: int = 40) -> Bundle:
    torch.manual_seed(1)
    if kind == "bpe":
        src = tgt = train_bpe((text for pair in PAIRS for text in pair), 280)
    else:
        src, tgt = (train_words((pair[side] for pair in PAIRS), 1, 10) for side in (0, 1))
    config = ModelConfig(
        len(src), len(tgt), encoder_layers=1, decoder_layers=1, d_model=16, d_ff=16, heads=2,
        tie_embeddings=kind == "bpe", max_tokens=max_tokens,
    )  # fmt: skip
    return Bundle(Transformer(config).eval(), src, tgt, ("en", "it"), {})


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return bundle_of("bpe")


def test_scores_are_sacrebleus_own() -> None:
    references = ["il gatto è sul tavolo", "il cane corre nel parco oggi", "una casa rossa"]
    outs = ["il gatto sta sul tavolo", "il cane corre nel parco", "la casa rossa"]
    found = score(outs, references)
    assert found.bleu == sacrebleu.corpus_bleu(outs, [references]).score
    assert found.chrf == sacrebleu.corpus_chrf(outs, [references]).score
    assert 0 < found.bleu < 100
    assert score(references, references).bleu == pytest.approx(100)


def test_signatures_name_the_metric_and_version() -> None:
    bleu, chrf = signatures().split("; ")
    assert bleu.startswith("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")
    assert chrf.startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:")


@pytest.mark.parametrize("kind", ["bpe", "words"])
def test_likelihood_by_its_definition(kind: str) -> None:
    one = bundle_of(kind)
    nll, tokens, unknown = 0.0, 0, 0
    for source, target in PAIRS:
        src = torch.tensor([[*one.src_tokenizer.encode_batch([source])[0], EOS]])
        ids = [*one.tgt_tokenizer.encode_batch([target])[0], EOS]
        with torch.no_grad():
            logits = one.model(src, torch.tensor([[2, *ids[:-1]]]))
        log_probs = logits[0].log_softmax(-1)
        nll -= sum(log_probs[place, number].item() for place, number in enumerate(ids))
        tokens += len(ids)
        unknown += ids.count(UNK)
    found = likelihood(one, PAIRS)
    assert found.tokens == tokens
    assert found.nll == pytest.approx(nll / tokens, rel=1e-4)
    characters = sum(len(target) for _, target in PAIRS)
    wanted = nll / math.log(2) / characters
    assert found.bits_per_character == pytest.approx(wanted, rel=1e-4)
    assert found.unknown == pytest.approx(unknown / tokens)
    assert (found.unknown > 0.1) == (kind == "words")


@pytest.mark.parametrize("beams", [1, 3])
def test_lines_keep_their_order_and_blanks_stay_blank(bundle: Bundle, beams: int) -> None:
    texts = ["one cat", "", "   ", "two red dog sun wine", "sea", "\t", "day"]
    together = translate(bundle, texts, beams)
    assert [out == "" for out in together][1:3] == [True, True]
    assert together[5] == ""
    for text, out in zip(texts, together, strict=True):
        if text.strip():
            src = torch.tensor([[*bundle.src_tokenizer.encode_batch([text])[0], EOS]])
            alone = greedy if beams == 1 else beams_of(beams)
            assert out == bundle.tgt_tokenizer.decode(alone(bundle.model, src)[0].ids)


def beams_of(beams: int) -> Callable:
    return lambda model, src: [best[0] for best in beam_search(model, src, beams)]


def test_nothing_in_nothing_out(bundle: Bundle) -> None:
    assert translate(bundle, []) == []
    assert translate(bundle, ["", ""]) == ["", ""]


def test_too_long_a_line_is_named(bundle: Bundle) -> None:
    with pytest.raises(ValueError, match=r"Line 2 has \d+ tokens, but the model takes 40: shorten"):
        translate(bundle, ["one", "cat " * 200, "two"])


def test_pairs_that_do_not_fit_are_left_out(bundle: Bundle) -> None:
    pairs = [*PAIRS[:3], ("cat " * 200, "gatto"), ("cat", "gatto " * 200)]
    assert fitting(encode_pairs(bundle, pairs), 40) == [0, 1, 2]
    assert likelihood(bundle, pairs) == likelihood(bundle, PAIRS[:3])
