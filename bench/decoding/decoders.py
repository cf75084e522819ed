"""Who decodes: each gets sources as ids with [EOS] and returns the ids of its translations."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from bench.decoding.converted import convert
from trainer.batches import collate
from transformer.bundle import Bundle
from transformer.decoding import beam_search, greedy
from transformer.tokenizer import EOS, PAD, SOS

Ids = Sequence[int]
Decode = Callable[[Sequence[Ids], int], list[list[int]]]
"""(sources, beams) -> targets without specials; one beam is greedy."""


def dawn(bundle: Bundle, device: str) -> Decode:
    """As the app and the trainer decode."""
    model = bundle.model.to(device)

    def decode(sources: Sequence[Ids], beams: int) -> list[list[int]]:
        src = padded(sources).to(device)
        if beams == 1:
            return [found.ids for found in greedy(model, src)]
        return [found[0].ids for found in beam_search(model, src, beams)]

    return decode


def ctranslate2(bundle: Bundle, device: str, threads: int) -> Decode:
    """The same weights in CTranslate2, in float32."""
    from ctranslate2 import Translator

    with tempfile.TemporaryDirectory(prefix="dawn-ct2-") as name:
        convert(bundle, Path(name))
        translator = Translator(name, device, compute_type="float32", intra_threads=threads)
    special = {EOS: "</s>"}

    def decode(sources: Sequence[Ids], beams: int) -> list[list[int]]:
        pieces = [[special.get(number, str(number)) for number in ids] for ids in sources]
        longest = max(map(len, sources)) + 50
        found = translator.translate_batch(
            pieces, beam_size=beams, max_batch_size=len(pieces), max_decoding_length=longest
        )
        return [[int(piece) for piece in one.hypotheses[0] if piece != "<unk>"] for one in found]

    return decode


def marian(bundle: Bundle, device: str, tokens: int) -> Decode:
    """A Marian model of the same sizes with random weights by Hugging Face's `generate`, told to
    write `tokens` pieces for each source, because it never ends by itself."""
    from transformers import MarianConfig, MarianMTModel

    sizes = bundle.model.config
    torch.manual_seed(1)
    config = MarianConfig(
        vocab_size=sizes.tgt_vocab,
        d_model=sizes.d_model,
        encoder_layers=sizes.encoder_layers,
        decoder_layers=sizes.decoder_layers,
        encoder_attention_heads=sizes.heads,
        decoder_attention_heads=sizes.heads,
        encoder_ffn_dim=sizes.d_ff,
        decoder_ffn_dim=sizes.d_ff,
        activation_function="relu",
        max_position_embeddings=sizes.max_tokens,
        scale_embedding=True,
        pad_token_id=PAD,
        bos_token_id=SOS,
        eos_token_id=EOS,
        forced_eos_token_id=None,
        decoder_start_token_id=SOS,
    )
    model = MarianMTModel(config).eval().to(device)

    def decode(sources: Sequence[Ids], beams: int) -> list[list[int]]:
        src = padded(sources).to(device)
        found = model.generate(
            src,
            attention_mask=(src != PAD).long(),
            num_beams=beams,
            do_sample=False,
            min_new_tokens=tokens,
            max_new_tokens=tokens,
        )
        return [row[1:-1].tolist() for row in found]  # the last stands for [EOS], which is counted

    return decode


def padded(sources: Sequence[Ids]) -> torch.Tensor:
    """(B, S), each with its [EOS]."""
    return collate([(ids[:-1], []) for ids in sources]).src
