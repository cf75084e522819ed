// Pure functions of the merges and of the threshold. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { describeMerge, mergeRows, mostMerged, stateAt } from "../../assets/components/merges/replay.js";
import { linesOf } from "../../assets/components/merges/save_merges.js";
import { integerOf, keptOf, placesToTell, sumsOf } from "../../assets/components/threshold/keep.js";

const parts = (text) => [[text, false]];
// "aabc": first b + c, then a + a, then aa + bc; ranks as pages/ui/cutting.py sends them.
const word = {
  label: parts("aabc"), start: [..."aabc"].map(parts), ranks: [5, null, 2],
  merges: [[2, 2, 7, null, 1200, parts("bc")], [5, 0, null, 9, 1, parts("aa")], [9, 0, null, null, 0, parts("aabc")]],
};
const texts = (count) => stateAt(word, count).pieces.map(([[text]]) => text);

test("a word goes forward and back through its merges", () => {
  assert.deepEqual([0, 1, 2, 3].map(texts), [["a", "a", "b", "c"], ["a", "a", "bc"], ["aa", "bc"], ["aabc"]]);
  assert.deepEqual([0, 1, 2, 3].map((count) => stateAt(word, count).ranks), [[5, null, 2], [5, 7], [9], []]);
  assert.deepEqual(texts(0), ["a", "a", "b", "c"]); // what went forward has changed nothing
});

test("each step is told in a sentence", () => {
  assert.equal(describeMerge(word, 0, "help"), "4 bytes, and 3 merges to come. Next: b + c, the lowest rank here, 3; seen 1,200 times in help.");
  assert.equal(describeMerge(word, 1, "help"), "1 of 3 merges made. Next: a + a, the lowest rank here, 6; seen once in help.");
  assert.match(describeMerge(word, 3, "help"), /^3 of 3 .* these are the tokens\.$/);
  assert.match(describeMerge({ start: [parts("x")], ranks: [], merges: [] }, 0, ""), /^Nothing to merge/);
  assert.equal(mostMerged([{ merges: [] }, word, { merges: [1] }]), 1);
});

test("the file holds every merge of every word", () => {
  assert.deepEqual(mergeRows(word)[2], [3, 10, "aa", "bc", "aabc", 0]);
  assert.deepEqual(linesOf({ words: [word, word] }).map(([name, step]) => [name, step]), [1, 2, 3, 1, 2, 3].map((step) => ["aabc", step]));
});

test("a threshold keeps what a plain filter keeps", () => {
  const counts = Uint32Array.from([9, 4, 4, 2, 1, 1, 1]);
  for (let least = 1; least < 12; least++) assert.equal(keptOf(counts, least), counts.filter((count) => count >= least).length);
  assert.deepEqual([...sumsOf(counts)], [0, 9, 13, 17, 19, 20, 21, 22]);
  assert.deepEqual([0, 3, 4, -1].map((place) => integerOf(place, 4)), [4, 7, 1, 1]);
});

test("the list tells its beginning and both sides of the border", () => {
  assert.deepEqual(placesToTell(3, 5, 2, 1), [0, 1, 2, 3]);
  assert.deepEqual(placesToTell(50, 100, 2, 1), [0, 1, null, 49, 50]);
  assert.deepEqual(placesToTell(0, 3), [0, 1, 2]);
});
