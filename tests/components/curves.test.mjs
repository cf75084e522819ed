// Pure functions of the learning curves. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest, short, span, stretches, ticks } from "../../assets/components/curves/axis.js";

test("ticks are round, inside, and about as many as wanted", () => {
  assert.deepEqual(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(2.1, 9.3, 4), [4, 6, 8]);
  for (const [low, high] of [[0, 0.003], [-5, 5], [1e6, 3e6], [0, 1500]]) {
    const found = ticks(low, high, 6);
    assert.ok(found.length >= 3 && found.length <= 8, `${found}`);
    assert.ok(found.every((value) => value >= low - 1e-12 && value <= high * (1 + 1e-9)));
  }
  assert.deepEqual(ticks(3, 3, 5), []);
});

test("numbers on an axis are short", () => {
  assert.deepEqual([0, 2, 0.002, 1500, 0.30000000000000004].map(short), ["0", "2", "0.002", "1,500", "0.3"]);
  assert.equal(short(0.00002), "2e−5");
});

test("nearest finds the place of the nearest step", () => {
  const xs = Float32Array.of(1, 5, 6, 100);
  for (const [x, place] of [[-3, 0], [2.9, 0], [3.1, 1], [5.6, 2], [60, 3], [1e9, 3]]) assert.equal(nearest(xs, x), place);
  assert.equal(nearest(Float32Array.of(), 3), -1);
  assert.equal(nearest(Float32Array.of(7), 3), 0);
});

test("span holds what is finite between two steps, with some air", () => {
  const curve = { x: Float32Array.of(1, 2, 3, 4), y: Float32Array.of(100, 2, NaN, 4) };
  const [low, high] = span([curve], 2, 4);
  assert.ok(low < 2 && low > 1 && high > 4 && high < 5);
  assert.equal(span([curve], 3, 3), null);
  assert.equal(span([], 0, 10), null);
  const flat = span([{ x: [1], y: [0] }], 0, 2);
  assert.ok(flat[0] < 0 && flat[1] > 0);
});

test("a line is cut where there is no number", () => {
  assert.deepEqual(stretches(Float32Array.of(NaN, 1, 2, Infinity, 0)), [[1, 3], [4, 5]]);
  assert.deepEqual(stretches([]), []);
  assert.deepEqual(stretches([0]), [[0, 1]]);
});
