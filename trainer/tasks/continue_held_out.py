"""What is asked of a decoder-only model at each validation."""

import math

import torch

from trainer.tasks.text_held_out import TextHeldOut
from transformer.continuing import continued
from transformer.decoder_only import DecoderOnly
from transformer.tokenizer import EOS, PAD, SOS

LONGEST = 20  # pieces of a probe's continuation
EXAMINED = 32  # lines read at once


class ContinueHeldOut(TextHeldOut):
    """Every piece of every line is asked for, from those before it."""

    @torch.no_grad()
    def closer(self, nll: float) -> dict[str, float]:
        """Bits a character of all lines, and the share of pieces that are the first guess."""
        model, tokenizer = self.bundle.model.eval(), self.bundle.tokenizer
        assert isinstance(model, DecoderOnly) and tokenizer is not None
        device = next(model.parameters()).device
        right = asked = 0
        encoded = tokenizer.encode_batch(self.lines)
        for start in range(0, len(encoded), EXAMINED):
            self.heed()
            rows = [[SOS, *ids, EOS] for ids in encoded[start : start + EXAMINED]]
            width = max(map(len, rows))
            ids = torch.tensor([row + [PAD] * (width - len(row)) for row in rows], device=device)
            labels = ids[:, 1:]
            real = labels != PAD
            right += int(((model(ids[:, :-1]).argmax(dim=-1) == labels) & real).sum())
            asked += int(real.sum())
        bits = nll / math.log(2) / max(self.characters, 1)
        return {"bits_per_character": bits, "accuracy": right / max(asked, 1)}

    def answer(self, text: str) -> dict[str, str]:
        """The first half of the text, continued."""
        model, tokenizer = self.bundle.model, self.bundle.tokenizer
        assert isinstance(model, DecoderOnly) and tokenizer is not None
        words = text.split()
        start = " ".join(words[: max(1, len(words) // 2)])
        ids = tokenizer.encode(start).ids
        found = continued(model, ids, LONGEST)
        return {"src": start, "out": tokenizer.decode([*ids, *found.ids]), "ref": text}
