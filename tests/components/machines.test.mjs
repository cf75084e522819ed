// Pure functions of the three machines. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { pieceBefore } from "../../assets/components/machines/fill_machines.js";
import { guessRows } from "../../assets/components/machines/save_machines.js";
import { focusOf, inLine, ledTo, lineOf, percent, seenFrom, toggled, told } from "../../assets/components/machines/seen.js";

const label = (text) => [[text, false]];
const square = (size, may) => Uint8Array.from({ length: size * size }, (_, at) => Number(may(Math.floor(at / size), at % size)));
const self = { title: "Self-attention", rows: "text", cols: "text" };
const encoder = { masks: [self], sides: { text: ["a", "b", "c", "[EOS]"].map(label) }, places: [0, 1, 2] };
const decoder = { masks: [self], sides: { text: ["[SOS]", "a", "b", "c"].map(label) }, places: [1, 2, 3] };
const two = {
  masks: [{ ...self, title: "Encoder self" }, { title: "Decoder self", rows: "target", cols: "target" }, { title: "Cross", rows: "target", cols: "text" }],
  sides: { text: ["a", "b", "c", "[EOS]"].map(label), target: ["[SOS]", "x"].map(label) }, places: [0, 1, 2],
};
const all = square(4, () => true), past = square(4, (row, col) => col <= row);
const ofTwo = [all, square(2, (row, col) => col <= row), new Uint8Array(8).fill(1)];
const b = { side: "text", place: 1 };

test("a piece of the text is its own row in each machine, and a column of what is written", () => {
  assert.deepEqual(lineOf(encoder, self, b), { row: 1 });
  assert.deepEqual(lineOf(decoder, self, b), { row: 2 });
  assert.deepEqual(two.masks.map((mask) => lineOf(two, mask, b)), [{ row: 1 }, null, { col: 1 }]);
  assert.deepEqual(two.masks.map((mask) => lineOf(two, mask, { side: "target", place: 1 })), [null, { row: 1 }, { row: 1 }]);
  assert.equal(lineOf(encoder, self, null), null);
  assert.deepEqual([inLine({ row: 1 }, 1, 3), inLine({ row: 1 }, 2, 1), inLine({ col: 1 }, 2, 1), inLine(null, 0, 0)], [true, false, true, false]);
});

test("a row leads back to its piece; [SOS] and [EOS] are no piece of the text", () => {
  assert.deepEqual(focusOf(decoder, self, 2), b);
  assert.deepEqual([focusOf(decoder, self, 0), focusOf(encoder, self, 3), focusOf(two, two.masks[1], 2)], [null, null, null]);
  assert.deepEqual(focusOf(two, two.masks[2], 0), { side: "target", place: 0 });
});

test("an encoder sees both sides, a decoder what was before", () => {
  assert.deepEqual(seenFrom(encoder, [all], 1), [0, 1, 2]);
  assert.deepEqual(seenFrom(decoder, [past], 1), [0, 1]);
  assert.deepEqual(seenFrom(two, ofTwo, 0), [0, 1, 2]);
  assert.deepEqual(seenFrom({ masks: [], sides: {}, places: [] }, [], 0), []);
});

test("what may be seen is told in words", () => {
  assert.equal(told(decoder, [past], b), "Self-attention: “b” may see 3 of 4: [SOS] a b.");
  assert.equal(told(two, ofTwo, b), "Encoder self: “b” may see 4 of 4: a b c [EOS]. The decoder does not read the source itself. Cross: each of the 2 rows may see “b”.");
  assert.equal(told(two, ofTwo, { side: "target", place: 0 }), "Decoder self: “[SOS]” may see 1 of 2: [SOS]. Cross: “[SOS]” may see 4 of 4: a b c [EOS].");
});

test("keys lead from piece to piece and stay inside", () => {
  const led = (...keys) => keys.reduce((place, key) => ledTo(place, key, 3), null);
  assert.deepEqual([led("ArrowRight"), led("ArrowRight", "ArrowRight"), led("End"), led("End", "ArrowRight"), led("Home", "ArrowLeft")], [0, 1, 2, 2, 0]);
  assert.deepEqual([ledTo(1, "ArrowRight", 3, -1), ledTo(1, "x", 3), ledTo(null, "End", 0)], [0, null, null]);
});

test("a press hides a whole word, and a second one shows it again", () => {
  const words = [[0, 1], [1, 3], [3, 4]];
  assert.deepEqual(toggled([], words, 2), [1, 2]);
  assert.deepEqual(toggled([0], words, 1), [0, 1, 2]);
  assert.deepEqual(toggled([1], words, 2), [1, 2]);
  assert.deepEqual(toggled([0, 1, 2], words, 2), [0]);
});

test("shares are told as a person reads them", () => {
  assert.deepEqual([1, 0.2, 0.0996, 0.0468, 0.0001].map(percent), ["100 %", "20 %", "10 %", "4.7 %", "< 0.1 %"]);
});

test("a machine names the piece before a place as it cuts the text itself", () => {
  const decoder = { sides: { text: ["[SOS]", "·h", "is", "·ban"].map(label) }, places: [1, 3] };
  assert.deepEqual([0, 1, 2].map((place) => pieceBefore(decoder, place)), ["[SOS]", "is", "·ban"]);
});

test("the file holds each guess of both machines", () => {
  const guess = { best: [[label("x"), 0.5], [label("y"), 0.25]] };
  const machines = { encoder: { answer: { guesses: { 1: { ...guess, own: [label("b"), 0.1] } } } }, decoder: { answer: { guesses: { 2: { ...guess, own: null } } } } };
  assert.deepEqual(guessRows({ machines }), [
    ["encoder", 2, "b", 1, "x", 0.5], ["encoder", 2, "b", 2, "y", 0.25], ["decoder", 3, "", 1, "x", 0.5], ["decoder", 3, "", 2, "y", 0.25],
  ]);
  assert.deepEqual(guessRows({ machines: { encoder: { answer: {} }, decoder: { answer: {} } } }), []);
});
