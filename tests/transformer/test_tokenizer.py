"""Whatever is typed survives: nothing unknown to bytes, honest spans, honest counts."""

import json
import random
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer as Backend
from tokenizers import decoders, models, pre_tokenizers, trainers

from transformer.tokenizer import (
    EOS,
    PAD,
    SMALLEST_BPE,
    SOS,
    SPECIALS,
    UNK,
    Tokenizer,
    TokenizerError,
    train_bpe,
    train_words,
)

LINES = [
    "edmund closed his banking account",
    "the cat sat on the mat and the dog sat on the cat",
    "perché la città è così bella? Perché è l'unica.",
    "“Well…” said Alice’s sister, “it’s the 2nd of May!”",
    "the snake_case word, the kebab-case word; the end.",
    "edmund closed the account, and the account closed",
] * 3
# What people, keyboards and attackers type.
HARD = [
    "",
    " ",
    "  two  spaces  ",
    "\tTab\nand line\r\n",
    "\x00\x1f\x7f\x85",
    "👩‍👩‍👧‍👦 family 🇮🇹 flag 👍🏽",
    "שלום עולם، مرحبا‏",
    "e\u0301 a\u0315\u0300 o\u0308\u0304",
    "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "\u09c7\u09be \u0958 \u0344",
    "\u0301starts with an accent",
    "a lone \ud83d surrogate \udc4d",
    "[EOS] [PAD] <script>alert('x')</script> **bold** ##",
    "Ġ ġ Ċ Ń",
    "…‘’ʼ“”„",
    "\u202eright to left\u202c\ufeff",
    "z" * 300,
]
BPE = train_bpe(LINES, 320)
WORDS = train_words(LINES)
text = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(categories=["Cs", "Ll"]), max_size=10),
    st.text(
        st.sampled_from(
            "ea o.,'\u0301\u0308\u0323\u1100\u1161\u11a8\u2026\u2019👍\u200d🏽\u0958\u09c7\u09be"
        )
    ),
)
thoroughly = settings(max_examples=300, deadline=None, derandomize=True)
both = pytest.mark.parametrize("tokenizer", [BPE, WORDS], ids=["bpe", "words"])


def normalised(text: str) -> str:
    """What the tokenizer documents to change, written independently of it."""
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    text = unicodedata.normalize("NFC", text)
    text = re.sub("[\u2018\u2019\u02bc]", "'", text)
    return re.sub("[\u201c\u201d\u201e]", '"', text).replace("\u2026", "...")


def assert_rebuilt(tokenizer: Tokenizer, text: str) -> None:
    """Distinct spans and the gaps between them are the text; none cuts into another."""
    encoding = tokenizer.encode(text)
    assert len(encoding.text) == len(text)
    rebuilt, end = "", 0
    for start, stop in dict.fromkeys((piece.start, piece.end) for piece in encoding.pieces):
        assert end <= start < stop
        assert encoding.text[stop : stop + 1] == "" or not unicodedata.combining(text[stop])
        gap = encoding.text[end:start]
        assert not gap.strip()  # only white space belongs to no piece
        rebuilt += gap + encoding.text[start:stop]
        end = stop
    assert rebuilt + encoding.text[end:] == encoding.text
    assert not encoding.text[end:].strip()
    for piece in encoding.pieces:
        assert piece.text == encoding.text[piece.start : piece.end]


@both
def test_specials_come_first(tokenizer: Tokenizer) -> None:
    assert (PAD, UNK, SOS, EOS) == (0, 1, 2, 3)
    assert tuple(map(tokenizer.label, range(4))) == SPECIALS


@pytest.mark.parametrize("typed", HARD)
def test_hard_text_survives_bytes(typed: str) -> None:
    encoding = BPE.encode(typed)
    assert BPE.decode(encoding.ids) == normalised(typed).removeprefix(" ")
    assert min(encoding.ids, default=EOS + 1) > EOS


@thoroughly
@given(text)
def test_any_text_survives_bytes(typed: str) -> None:
    encoding = BPE.encode(typed)
    assert BPE.decode(encoding.ids) == normalised(typed).removeprefix(" ")
    assert min(encoding.ids, default=EOS + 1) > EOS


@both
@pytest.mark.parametrize("typed", HARD)
def test_spans_rebuild_hard_text(tokenizer: Tokenizer, typed: str) -> None:
    assert_rebuilt(tokenizer, typed)


@thoroughly
@given(text)
def test_spans_rebuild_any_text(typed: str) -> None:
    assert_rebuilt(BPE, typed)
    assert_rebuilt(WORDS, typed)


def test_bytes_of_one_character_share_its_span() -> None:
    pieces = BPE.encode("a👍b").pieces
    assert {piece.text for piece in pieces} == {"a", "👍", "b"}
    assert sum(piece.text == "👍" for piece in pieces) == 4


def test_a_composed_letter_takes_in_what_was_typed_for_it() -> None:
    for typed in ("e\u0301", "\u1112\u1161\u11ab", "\u09c7\u09be"):
        for tokenizer in (BPE, WORDS):
            assert {piece.text for piece in tokenizer.encode(f"{typed}.").pieces[:-1]} == {typed}


@both
def test_a_typed_special_is_text(tokenizer: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    tokenizer.save(path)
    for own in (tokenizer, Tokenizer.load(path)):
        for special in SPECIALS:
            ids = own.encode(f"the {special} cat{special}").ids
            assert not {PAD, SOS, EOS} & set(ids)
            assert own.encode_batch([f"the {special} cat{special}"]) == [ids]
    assert Tokenizer.load(path).to_json() == tokenizer.to_json()


@thoroughly
@given(st.lists(text, max_size=5))
@example(HARD)
def test_a_batch_is_encoded_like_its_texts(texts: list[str]) -> None:
    for tokenizer in (BPE, WORDS):
        assert tokenizer.encode_batch(texts) == [tokenizer.encode(typed).ids for typed in texts]


@both
def test_decode_leaves_out_the_frame_and_shows_the_unknown(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("the cat").ids
    framed = [SOS, *ids, UNK, EOS, PAD, PAD]
    assert tokenizer.decode(framed).replace(" ", "") == "thecat[UNK]"
    assert tokenizer.decode([]) == tokenizer.decode([SOS, EOS]) == ""


def counted() -> Counter[str]:
    """The lesson's count, plainly: words and runs of punctuation."""
    return Counter(word for line in LINES for word in re.findall(r"\w+|[^\w\s]+", normalised(line)))


@pytest.mark.parametrize("threshold", [1, 4, 6, 10])
def test_words_are_those_seen_often_enough_by_count(threshold: int) -> None:
    tokenizer, count = train_words(LINES, min_frequency=threshold), counted()
    words = [tokenizer.label(number) for number in range(4, len(tokenizer))]
    assert set(words) == {word for word, seen in count.items() if seen >= threshold}
    assert [count[word] for word in words] == sorted((count[word] for word in words), reverse=True)


def test_a_word_vocabulary_has_a_size_limit() -> None:
    tokenizer = train_words(LINES, vocab_size=4 + 5)
    words = [tokenizer.label(number) for number in range(4, len(tokenizer))]
    seen = sorted(counted().values(), reverse=True)
    assert len(tokenizer) == 9 and [counted()[word] for word in words] == seen[:5]


def test_an_unknown_word_is_unk_and_keeps_its_span() -> None:
    pieces = WORDS.encode("the zebra sat").pieces
    assert [piece.id == UNK for piece in pieces] == [False, True, False]
    assert [piece.text for piece in pieces] == ["the", "zebra", "sat"]
    assert WORDS.decode(piece.id for piece in pieces) == "the [UNK] sat"


def test_words_are_decoded_with_usual_spaces() -> None:
    assert WORDS.decode(WORDS.encode("the cat, and the end.").ids) == "the cat, and the end."
    hashes = train_words(["a ## b"], min_frequency=1)
    assert hashes.decode(hashes.encode("a ## b").ids) == "a ## b"


def test_labels_of_bytes() -> None:
    labels = [BPE.label(number) for number in range(len(BPE))]
    assert " the" in labels and "<F0>" in labels and "<80>" in labels and "a" in labels
    joined = "".join(map(BPE.label, BPE.encode("the cat sat").ids))
    assert joined == " the cat sat"
    for number in (-1, len(BPE), 2**40):
        with pytest.raises(IndexError, match="no piece"):
            BPE.label(number)


def test_the_smallest_byte_vocabulary_knows_everything() -> None:
    tokenizer = train_bpe(["x"], SMALLEST_BPE)
    assert len(tokenizer) == SMALLEST_BPE == 260
    assert tokenizer.decode(tokenizer.encode("è 👍").ids) == "è 👍"
    with pytest.raises(TokenizerError, match="at least 260 pieces, not 259"):
        train_bpe(LINES, SMALLEST_BPE - 1)


def test_words_need_words() -> None:
    with pytest.raises(TokenizerError, match="No word occurs 2 times"):
        train_words(["each word here once"])


def test_training_twice_gives_the_same() -> None:
    assert train_bpe(LINES, 320).to_json() == BPE.to_json()
    assert train_words(LINES).to_json() == WORDS.to_json()


def refused(path: Path) -> str:
    with pytest.raises(TokenizerError) as error:
        Tokenizer.load(path)
    message = str(error.value)
    assert message.endswith(".") and "\n" not in message
    return message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "tokenizer.json")
    assert "cannot be read" in refused(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"garbage", b'{"version": "1.0"}']
)
def test_garbage_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(content)
    assert refused(path) == "tokenizer.json is not a readable tokenizer file."


@both
def test_a_damaged_file_is_refused_or_still_whole(tokenizer: Tokenizer, tmp_path: Path) -> None:
    """Cut short it is never read; with flipped bits, what is read still does all its work."""
    path, whole = tmp_path / "tokenizer.json", tokenizer.to_json().encode()
    for cut in range(0, len(whole), len(whole) // 25):
        path.write_bytes(whole[:cut])
        refused(path)
    dice = random.Random(0)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(dice.choice([1, 1, 4])):
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        try:
            read = Tokenizer.load(path)
        except TokenizerError:
            continue
        assert_rebuilt(read, "the cät 👍")
        assert len([read.label(number) for number in range(len(read))]) == len(read)


def foreign(specials: list[str], tmp_path: Path) -> Path:
    backend = Backend(models.WordLevel(vocab={}, unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.WordLevelTrainer(special_tokens=specials, show_progress=False)
    backend.train_from_iterator(LINES, trainer)
    backend.save(str(tmp_path / "tokenizer.json"))
    return tmp_path / "tokenizer.json"


@pytest.mark.parametrize(
    "specials", [[], ["[PAD]", "[UNK]", "[EOS]", "[SOS]"], ["<pad>", "[UNK]", "[SOS]", "[EOS]"]]
)
def test_other_specials_are_refused(specials: list[str], tmp_path: Path) -> None:
    assert "must begin with [PAD], [UNK], [SOS], [EOS]" in refused(foreign(specials, tmp_path))


def test_a_vocabulary_with_a_gap_is_refused(tmp_path: Path) -> None:
    parts = json.loads(WORDS.to_json())
    parts["model"]["vocab"]["the"] = 5000
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(parts))
    assert "without gaps" in refused(path)


def test_bpe_without_every_byte_is_refused(tmp_path: Path) -> None:
    backend = Backend(models.BPE())
    backend.decoder = decoders.ByteLevel()
    backend.train_from_iterator(LINES, trainers.BpeTrainer(special_tokens=list(SPECIALS)))
    path = tmp_path / "tokenizer.json"
    backend.save(str(path))
    assert "must hold every byte" in refused(path)
