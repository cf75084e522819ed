// Pure functions of the tokenizers side by side. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { pieceIn } from "../../assets/components/beside/pick_piece.js";
import { languageOf, longestOf, perWord, ratioOf, rowsOf } from "../../assets/components/beside/ratios.js";

const texts = [{ words: 2, characters: 9 }, { words: 3, characters: 12 }];
const way = { name: "Bytes", sizes: [256, 256], cuts: [{ count: 8, unknown: 0 }, { count: 18, unknown: 1 }] };

test("tokens per word, and one language against the other", () => {
  assert.equal(perWord(8, 2), 4);
  assert.equal(perWord(8, 0), null);
  assert.equal(ratioOf(way, texts), 1.5);
  assert.equal(ratioOf(way, [texts[0], { words: 0 }]), null);
  assert.equal(ratioOf({ cuts: [{ count: 0 }, { count: 4 }] }, texts), null);
  assert.equal(longestOf([way]), 18);
});

test("a line for each language", () => {
  assert.deepEqual(rowsOf({ ways: [way], texts, languages: ["en", "it"] }), [["Bytes", 256, "en", 9, 2, 8, 0, 4], ["Bytes", 256, "it", 12, 3, 18, 1, 6]]);
});

test("languages go by their names", () => {
  assert.deepEqual(["en", "it", "<b>"].map(languageOf), ["English", "Italian", "<b>"]);
});

test("a piece is found where the address says, if it is there", () => {
  const ways = [{ cuts: [{ pieces: [0, 0] }, { pieces: [0] }] }];
  assert.deepEqual(["1.1.2", "1.2.1"].map((text) => pieceIn(text, ways)), ["0-0-1", "0-1-0"]);
  assert.deepEqual(["1.2.2", "2.1.1", "1.3.1", "1.1", "x", "", undefined, "1.1.-1"].map((text) => pieceIn(text, ways)), Array(8).fill(null));
});
