"""What is asked of an encoder-only model at each validation."""

from trainer.tasks.text_held_out import TextHeldOut
from transformer.encoder_only import EncoderOnly
from transformer.filling import fill
from transformer.tokenizer import Encoding

SHOWN = "[MASK]"


class FillHeldOut(TextHeldOut):
    """One piece is hidden in each examined line: the model sees both sides of it."""

    def closer(self, nll: float) -> dict[str, float]:
        """How often the piece is the first guess, and among the first five."""
        model, tokenizer = self.bundle.model.eval(), self.bundle.tokenizer
        assert isinstance(model, EncoderOnly) and tokenizer is not None
        first = five = asked = 0
        for number, ids in enumerate(tokenizer.encode_batch(self.lines)):
            if number % 50 == 0:
                self.heed()
            if not ids:
                continue
            place = number % len(ids)
            found = [guess.piece for guess in fill(model, ids, {place})[place]]
            first += found[0] == ids[place]
            five += ids[place] in found
            asked += 1
        return {"accuracy": first / max(asked, 1), "among_five": five / max(asked, 1)}

    def answer(self, text: str) -> dict[str, str]:
        """The longest word hidden, and filled."""
        model, tokenizer = self.bundle.model, self.bundle.tokenizer
        assert isinstance(model, EncoderOnly) and tokenizer is not None
        encoding = tokenizer.encode(text)
        hidden = longest_word(encoding)
        if not hidden:
            return {"src": text, "out": text}
        found = fill(model, encoding.ids, hidden)
        ids = [
            found[place][0].piece if place in found else piece
            for place, piece in enumerate(encoding.ids)
        ]
        start, end = encoding.pieces[hidden[0]].start, encoding.pieces[hidden[-1]].end
        gap = " " * (len(text[start:end]) - len(text[start:end].lstrip()))
        src = f"{text[:start]}{gap}{SHOWN}{text[end:]}"
        return {"src": src, "out": tokenizer.decode(ids), "ref": text}


def longest_word(encoding: Encoding) -> list[int]:
    """The places of the pieces of the longest word of a text, the first of several."""
    words: list[list[int]] = []
    for place, piece in enumerate(encoding.pieces):
        begins = not words or piece.text[:1].isspace() or not piece.text[:1].isalnum()
        if begins:
            words.append([])
        words[-1].append(place)
    return max(
        words, key=lambda own: sum(len(encoding.pieces[place].text) for place in own), default=[]
    )
