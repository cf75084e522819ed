// Pure functions of the row that is written. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { rounded, rowOf, shared } from "../../assets/components/row/share.js";

const sum = (weights) => weights.reduce((total, weight) => total + weight, 0);

test("the others make room in proportion, and the row sums to 1", () => {
  const after = shared([0.5, 0.3, 0.2], 0, 0.75);
  assert.deepEqual(after.map((w) => Number(w.toFixed(9))), [0.75, 0.15, 0.1]);
  for (const value of [0, 0.2, 1, -1, 7]) assert.ok(Math.abs(sum(shared([0.5, 0.3, 0.2], 1, value)) - 1) < 1e-12);
});

test("where nothing was left for the others they share equally; a row of one is 1", () => {
  assert.deepEqual(shared([1, 0, 0], 0, 0.5), [0.5, 0.25, 0.25]);
  assert.deepEqual(shared([1], 0, 0.2), [1]);
});

test("a causal row ends at its own place", () => {
  const values = Float32Array.from([1, 0, 0, 0.5, 0.5, 0, 0.25, 0.25, 0.5]);
  assert.deepEqual(rowOf(values, 3, 1, true), [0.5, 0.5]);
  assert.deepEqual(rowOf(values, 3, 1, false), [0.5, 0.5, 0]);
  assert.deepEqual(rounded([0.123456, 0.876544]), [0.1235, 0.8765]);
});
