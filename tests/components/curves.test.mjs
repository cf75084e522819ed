// Pure functions of the learning curves. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, compact, interpolate, logTicks, nearest, short, span, stretches, ticks, timeTicks } from "../../assets/components/curves/axis.js";

test("ticks are round, inside, and about as many as wanted", () => {
  assert.deepEqual(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(2.1, 9.3, 4), [4, 6, 8]);
  for (const [low, high] of [[0, 0.003], [-5, 5], [1e6, 3e6], [0, 1500]]) {
    const found = ticks(low, high, 6);
    assert.ok(found.length >= 3 && found.length <= 8, `${found}`);
    assert.ok(found.every((value) => value >= low - 1e-12 && value <= high * (1 + 1e-9)));
  }
  assert.deepEqual(ticks(3, 3, 5), []);
  assert.deepEqual(ticks(0, 4769, 1.98), [0, 2000, 4000]); // 0 alone, with 5,000 just out of sight, is no scale
});

test("numbers on an axis are short", () => {
  assert.deepEqual([0, 2, 0.002, 1500, 0.30000000000000004].map(short), ["0", "2", "0.002", "1,500", "0.3"]);
  assert.equal(short(0.00002), "2e−5");
  assert.deepEqual([99_000, 150_000, 2_000_000].map(short), ["99,000", "150K", "2M"]);
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

test("logarithmic ticks are inside, ascending, and not too many", () => {
  for (const [low, high] of [[2, 9.5], [0.9, 9], [1e-5, 1e-3], [3, 3.4], [0.002, 4000]]) {
    const found = logTicks(low, high, 8);
    assert.ok(found.every((value, i) => value >= low && value <= high && (!i || value > found[i - 1])), `${found}`);
    assert.ok(found.length <= 8, `${found}`);
  }
  assert.deepEqual(logTicks(2, 9.5, 8), [2, 3, 4, 5, 6, 8]);
});

test("times stand at whole minutes and hours", () => {
  assert.deepEqual(timeTicks(0, 600, 5), [0, 120, 240, 360, 480, 600].slice(0, timeTicks(0, 600, 5).length));
  assert.deepEqual(timeTicks(0, 7200, 4), [0, 1800, 3600, 5400, 7200]);
  assert.deepEqual([0, 59, 60, 754, 5400, 90000].map(clock), ["0 s", "59 s", "1 min", "12 min 34 s", "1 h 30 min", "1 d 1 h"]);
  assert.equal(compact(1500000), "1.5M");
});

test("a step becomes the tokens by then, and beyond the table its ends", () => {
  const table = Float32Array.of(10, 100, 20, 300, 40, 400);
  assert.deepEqual([0, 10, 15, 20, 30, 40, 99].map((x) => interpolate(table, x)), [100, 100, 200, 300, 350, 400, 400]);
  assert.equal(interpolate(Float32Array.of(), 7), 7);
  assert.equal(interpolate(Float32Array.of(5, 50), 7), 50);
});

test("a logarithm passes over what is not above zero", () => {
  assert.deepEqual(stretches([1, 0, 2, -1, 3], true), [[0, 1], [2, 3], [4, 5]]);
  assert.deepEqual(stretches([1, 0, 2]), [[0, 3]]);
  const curve = { x: [1, 2, 3], y: [0, 2, 4] };
  const [low, high] = span([curve], 0, 9, true);
  assert.ok(low > 1.8 && low < 2 && high > 4 && high < 4.4);
});
