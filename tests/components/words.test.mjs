// Pure functions of the map and of the tokens. Run by tests/components/test_words.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = mkdtempSync(join(tmpdir(), "dawn-words-"));
after(() => rmSync(folder, { recursive: true }));
async function load(name) {
  copyFileSync(new URL(`../../assets/components/${name}/main.js`, import.meta.url), join(folder, `${name}.mjs`));
  return import(pathToFileURL(join(folder, `${name}.mjs`)));
}
const map = await load("map"), tokens = await load("tokens");

/** A blob as docs/architecture.md describes it, written by hand: an array of float32, then one of bytes. */
function blob(header, floats, bytes = []) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((4 + text.length) / 8) * 8, second = Math.ceil((floats.length * 4) / 8) * 8;
  const all = new Uint8Array(start + second + bytes.length), view = new DataView(all.buffer);
  view.setUint32(0, text.length, true);
  all.set(text, 4);
  floats.forEach((value, i) => view.setFloat32(start + 4 * i, value, true));
  all.set(bytes, start + second);
  return all;
}

test("both components read their blob at any place in a buffer", () => {
  const points = { dtype: "float32", shape: [1, 2], offset: 0 }, kind = { dtype: "uint8", shape: [3], offset: 8 };
  for (const shift of [0, 1, 4, 7]) {
    const bytes = blob({ label: "è👩", arrays: { points, kind } }, [1.5, -2], [7, 8, 9]);
    const buffer = new Uint8Array(bytes.length + shift);
    buffer.set(bytes, shift);
    const read = map.unpack(buffer.subarray(shift));
    assert.equal(read.header.label, "è👩");
    assert.deepEqual([...read.arrays.points], [1.5, -2]);
    assert.deepEqual([...read.arrays.kind], [7, 8, 9]);
    const rows = tokens.unpack(blob({ arrays: { rows: points } }, [1.5, -2])).arrays.rows;
    assert.deepEqual([rows.shape, [...rows.values]], [[1, 2], [1.5, -2]]);
  }
  assert.throws(() => tokens.unpack(blob({ arrays: { rows: { dtype: "int64", shape: [1], offset: 0 } } }, [0, 0])), /int64/);
});

test("all but outliers fit into the canvas, up is up", () => {
  const points = Float32Array.from([-10, -1, 10, 1, 0, 0]);
  const camera = map.fit(points, 600, 400, 30);
  const [left, low] = map.project(camera, -10, -1), [right, high] = map.project(camera, 10, 1);
  assert.ok(Math.abs(left - 30) < 1e-6 && Math.abs(right - 570) < 1e-6);
  assert.ok(low > high);
  const many = new Float32Array(4000).map((_, i) => (i >> 1) % 50);
  many.set([1e6, 1e6], 0);
  assert.ok(map.fit(many, 600, 400).scale > 1, "one point far away does not shrink the rest");
  assert.ok(Number.isFinite(map.fit(Float32Array.from([2, 2, 2, 2]), 600, 400).scale), "all in one place");
});

test("zooming holds the place under the pointer still", () => {
  const camera = { scale: 2, x: 10, y: 20 };
  const before = [(100 - camera.x) / camera.scale, (camera.y - 50) / camera.scale];
  const [x, y] = map.project(map.zoomed(camera, 1.7, 100, 50), ...before);
  assert.ok(Math.abs(x - 100) < 1e-9 && Math.abs(y - 50) < 1e-9);
});

test("the nearest point within reach is under the pointer, or none", () => {
  const points = Float32Array.from([0, 0, 5, 5, 6, 5]), camera = { scale: 10, x: 0, y: 100 };
  assert.equal(map.nearestPoint(points, camera, 52, 50, 14), 1);
  assert.equal(map.nearestPoint(points, camera, 58, 50, 14), 2);
  assert.equal(map.nearestPoint(points, camera, 300, 300, 14), null);
  assert.equal(map.nearestPoint(points, camera, 300, 300, Infinity), 2);
});

test("search: the very word, then beginnings, then the rest; a space is a dot", () => {
  const labels = ["·the", "other", "·them", "The", "·theme", "ing"];
  assert.deepEqual(map.search(labels, "the"), [3, 0, 2, 4, 1]);
  assert.deepEqual(map.search(labels, " the"), [0, 2, 4]);
  assert.deepEqual(map.search(labels, ""), []);
  assert.deepEqual(map.search(labels, "xyz"), []);
});

test("labels take their place and never overlap", () => {
  const taken = [];
  assert.ok(map.take(taken, [0, 0, 10, 10]));
  assert.ok(!map.take(taken, [5, 5, 15, 15]));
  assert.ok(map.take(taken, [10, 0, 20, 10]));
  assert.equal(taken.length, 2);
});

test("the scale is centred on 0 and ends at its limit", () => {
  assert.equal(tokens.diverging(0, 2)[3], 0);
  assert.equal(tokens.diverging(2, 2)[3], 255);
  assert.equal(tokens.diverging(-9, 2)[3], 255);
  assert.notDeepEqual(tokens.diverging(1, 2).slice(0, 3), tokens.diverging(-1, 2).slice(0, 3));
  assert.equal(tokens.diverging(1, 2)[3], tokens.diverging(-1, 2)[3]);
  assert.ok(Number.isFinite(tokens.diverging(1, 0)[3]));
});

test("numbers are written with their sign", () => {
  assert.deepEqual([tokens.signed(-0.0412), tokens.signed(0.3, 1)], ["−0.041", "+0.3"]);
});
