// Pure functions of the learning curves. Run by tests/components/test_curves.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";

// Under the name .mjs, because to node a bare .js file would be CommonJS.
const folder = mkdtempSync(join(tmpdir(), "dawn-curves-"));
after(() => rmSync(folder, { recursive: true }));
copyFileSync(new URL("../../assets/components/curves/main.js", import.meta.url), join(folder, "main.mjs"));
const view = await import(pathToFileURL(join(folder, "main.mjs")));

/** A blob as docs/architecture.md describes it, written here by hand and not by the code under test. */
function blob(header, numbers) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((4 + text.length) / 8) * 8;
  const bytes = new Uint8Array(start + numbers.length * 4);
  const data = new DataView(bytes.buffer);
  data.setUint32(0, text.length, true);
  bytes.set(text, 4);
  numbers.forEach((number, i) => data.setFloat32(start + 4 * i, number, true));
  return bytes;
}

test("unpack finds header and numbers, NaN included, at any place in a buffer", () => {
  const header = { run: "è", arrays: { a: { dtype: "float32", shape: [3], offset: 0 } } };
  const bytes = blob(header, [0.5, NaN, 0]);
  for (const shift of [0, 1, 4, 7]) {
    const buffer = new Uint8Array(bytes.length + shift);
    buffer.set(bytes, shift);
    const read = view.unpack(buffer.subarray(shift));
    assert.equal(read.header.run, "è");
    assert.deepEqual([...read.arrays.a], [0.5, NaN, 0]);
  }
  const other = { arrays: { a: { dtype: "float64", shape: [1], offset: 0 } } };
  assert.throws(() => view.unpack(blob(other, [0, 0])), /float64/);
});

test("ticks are round, inside, and about as many as wanted", () => {
  assert.deepEqual(view.ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(view.ticks(2.1, 9.3, 4), [4, 6, 8]);
  for (const [low, high] of [[0, 0.003], [-5, 5], [1e6, 3e6], [0, 1500]]) {
    const found = view.ticks(low, high, 6);
    assert.ok(found.length >= 3 && found.length <= 8, `${found}`);
    assert.ok(found.every((value) => value >= low - 1e-12 && value <= high * (1 + 1e-9)));
  }
  assert.deepEqual(view.ticks(3, 3, 5), []);
});

test("numbers on an axis are short", () => {
  assert.deepEqual([0, 2, 0.002, 1500, 0.30000000000000004].map(view.short), ["0", "2", "0.002", "1,500", "0.3"]);
  assert.equal(view.short(0.00002), "2e−5");
});

test("nearest finds the place of the nearest step", () => {
  const xs = Float32Array.of(1, 5, 6, 100);
  for (const [x, place] of [[-3, 0], [2.9, 0], [3.1, 1], [5.6, 2], [60, 3], [1e9, 3]]) assert.equal(view.nearest(xs, x), place);
  assert.equal(view.nearest(Float32Array.of(), 3), -1);
  assert.equal(view.nearest(Float32Array.of(7), 3), 0);
});

test("span holds what is finite between two steps, with some air", () => {
  const curve = { x: Float32Array.of(1, 2, 3, 4), y: Float32Array.of(100, 2, NaN, 4) };
  const [low, high] = view.span([curve], 2, 4);
  assert.ok(low < 2 && low > 1 && high > 4 && high < 5);
  assert.equal(view.span([curve], 3, 3), null);
  assert.equal(view.span([], 0, 10), null);
  const flat = view.span([{ x: [1], y: [0] }], 0, 2);
  assert.ok(flat[0] < 0 && flat[1] > 0);
});

test("a line is cut where there is no number", () => {
  assert.deepEqual(view.stretches(Float32Array.of(NaN, 1, 2, Infinity, 0)), [[1, 3], [4, 5]]);
  assert.deepEqual(view.stretches([]), []);
  assert.deepEqual(view.stretches([0]), [[0, 1]]);
});
