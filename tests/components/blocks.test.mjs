// Pure functions of the width cut into heads. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { featuresOf, ledTo, ownerOf, spread, toldHead, toldPair, toldWeight } from "../../assets/components/blocks/owners.js";
import { csvOfMaps } from "../../assets/components/blocks/save_blocks.js";

const header = { heads: 4, width: 256, cells: 64, rows: ["a", "b"], columns: ["x", "y"], provenance: "of" };

test("a head owns rows of three matrices and columns of the fourth", () => {
  assert.deepEqual([0, 15, 16, 63].map((row) => ownerOf("w_q", row, 40, header)), [0, 0, 1, 3]);
  assert.deepEqual([0, 15, 16, 63].map((column) => ownerOf("w_o", 40, column, header)), [0, 0, 1, 3]);
  assert.deepEqual([0, 3].map((head) => featuresOf(head, header)), ["1–64", "193–256"]);
});

test("arrows lead from all heads to the first and on to the last", () => {
  assert.deepEqual([ledTo(null, "ArrowRight", 4), ledTo(0, "ArrowLeft", 4), ledTo(2, "ArrowRight", 4), ledTo(3, "ArrowRight", 4)], [0, null, 3, 3]);
  assert.deepEqual([ledTo(2, "Home", 4), ledTo(null, "End", 4), ledTo(1, "a", 4)], [null, 3, undefined]);
});

test("a head and a pair are told with their numbers", () => {
  assert.match(toldHead(header, null), /256 features in 4 runs of 64/);
  assert.match(toldHead(header, 1), /Head 2 owns features 65–128/);
  assert.equal(toldPair(header, 1, [1, 0], 0.25, 0.5), "“b” looks at “x”, head 2: 0.250; one head of all 256 features: 0.500.");
  assert.equal(toldPair(header, null, [1, 0], null, 0.5), "“b” looks at “x”, one head of all 256 features: 0.500.");
});

test("a square is told as what it is", () => {
  assert.equal(toldWeight("W_Q, head 1, rows 1–4, columns 5–8", 0.051234, 4), "W_Q, head 1, rows 1–4, columns 5–8: 0.0512, the root mean square of its 4 × 4 weights.");
  assert.match(toldWeight("W_O", 0.5, 1), /: 0.500, the size of this weight\.$/);
});

test("a row on one piece spreads over one, an even one over all", () => {
  assert.equal(spread([1, 0, 0, 1], 2, 2), 1);
  assert.equal(spread([0.25, 0.25, 0.25, 0.25], 1, 4), 4);
  assert.equal(spread([1, 0, 0.5, 0.5], 2, 2), 1.5);
});

test("the file holds each pair with the one head and all heads", () => {
  const two = { ...header, heads: 2 }, values = { one: [0.1, 0.9, 0.2, 0.8], maps: [1, 0, 0, 1, 0.5, 0.5, 0.25, 0.75] };
  assert.deepEqual(csvOfMaps({ header: two, values }).split("\n").slice(1, 4), ["row,looking,column,looked_at,one_head,head_1,head_2", '1,"a",1,"x",0.1,1,0.5', '1,"a",2,"y",0.9,0,0.5']);
});
