// Pure functions of the additions. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { cellIn, cellText, ledFrom, madeFrom } from "../../assets/components/sums/cells.js";

const header = { pieces: [0, 1], start: 8, count: 3 };

test("keys lead from number to number, over the border of a piece, and stay in the table", () => {
  const led = (cell, ...keys) => keys.reduce((at, key) => ledFrom(at, key, header), cell);
  assert.deepEqual(led(null, "ArrowDown"), [0, 0, 0]);
  assert.deepEqual(led([0, 3, 1], "ArrowDown"), [1, 0, 1]);
  assert.deepEqual(led([1, 0, 1], "PageUp"), [0, 0, 1]);
  assert.deepEqual(led([1, 3, 2], "ArrowDown", "ArrowRight", "Home", "End"), [1, 3, 2]);
  assert.equal(led([0, 0, 0], "x"), undefined);
});

test("a sum is made from two numbers above it, a scaled one from one", () => {
  assert.deepEqual(madeFrom([1, 3, 2]), [[1, 1, 2], [1, 2, 2]]);
  assert.deepEqual([madeFrom([0, 1, 0]), madeFrom([0, 0, 0]), madeFrom([0, 2, 0])], [[[0, 0, 0]], [], []]);
});

test("a number comes back from the address where it is on show", () => {
  assert.deepEqual(cellIn(cellText({ piece: 2, row: 4, dim: 10 }), header), [1, 3, 2]);
  for (const [piece, row, dim] of [[3, 1, 8], [1, 5, 8], [1, 1, 11], [1, 1, 7], [1, 1, "x"], ["", "", ""], [1, undefined, undefined]]) assert.equal(cellIn(cellText({ piece, row, dim }), header), null);
  assert.equal(cellText({}), null);
});
