// Pure functions of the tokenizer file. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { describeEntry, search, sorted } from "../../assets/components/file/entries.js";
import { askedIn, keptOf } from "../../assets/components/file/remember_file.js";
import { ledTo } from "../../assets/components/file/list.js";

const labels = ["[PAD]", "a", "·Ban", "ban", "·banking", "3"];
const view = {
  header: { labels, counted: "help" }, lengths: Uint32Array.from([5, 1, 4, 3, 8, 1]), seen: Uint32Array.from([0, 9, 2, 2, 1, 4]),
  made: Uint32Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 1234, 0, 0, 0]),
};
const find = (query) => search(labels, labels.map((label) => label.toLowerCase()), query);

test("a piece is found by its letters, its space and its integer", () => {
  assert.deepEqual(find("BAN"), [2, 3, 4]);
  assert.deepEqual(find(" ban"), [2, 4]);
  assert.deepEqual(find("3"), [3, 5]); // the integer first, then the digit
  assert.deepEqual(find(""), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(find("zz"), []);
});

test("each order is that of a plain sort, equals by their integers", () => {
  const all = [0, 1, 2, 3, 4, 5];
  assert.deepEqual(sorted(all, "longest", view), [4, 0, 2, 3, 1, 5]);
  assert.deepEqual(sorted(all, "shortest", view), [1, 5, 3, 2, 0, 4]);
  assert.deepEqual(sorted(all, "most", view), [1, 5, 2, 3, 4, 0]);
  assert.deepEqual(sorted(all, "least", view), [0, 4, 2, 3, 5, 1]);
  assert.deepEqual(sorted(all, "id", view), all);
});

test("an entry is told in a sentence", () => {
  assert.equal(describeEntry(view, 4), "4: ·banking, 8 long, made from ·Ban and ban by merge 1,234; seen once in help.");
  assert.equal(describeEntry({ ...view, seen: undefined }, 1), "1: a, 1 long.");
});

test("keys lead through the list, others nowhere", () => {
  assert.deepEqual(["ArrowDown", "PageUp", "End", "x"].map((key) => ledTo(key, 5, 12, 100)), [6, -7, 99, null]);
});

test("what is searched, sorted, pointed at and open comes back from the address", () => {
  const orders = ["id", "longest"], seen = { query: "~è 1", order: "longest", id: 4, open: [0, 3] };
  const kept = Object.fromEntries(Object.entries(keptOf(seen)).map(([name, value]) => [name, String(value)]));
  assert.deepEqual(askedIn(kept, orders, 6, 4), { ...seen, told: "" });
  assert.deepEqual(keptOf({ query: "", order: "id", id: null, open: [] }), {});
  const usual = { query: "", order: "id", id: null, open: [] };
  assert.deepEqual(askedIn({}, orders, 6, 4), { ...usual, told: "" });
  assert.deepEqual(askedIn({ by: "most", at: "6", open: "4" }, orders, 6, 4), { ...usual, told: "The link asks for what is not here: no such order, no such piece, no such part." });
  assert.equal(askedIn({ find: "a".repeat(1e5) }, orders, 6, 4).query.length, 60);
  assert.equal(askedIn({ at: "x" }, orders, 6, 4).id, null);
});
