// Pure functions of the step view. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { percent, readSteps, rowsOf, within } from "../../assets/components/steps/rows.js";

test("readSteps finds header and arrays, at any place in a buffer", () => {
  const arrays = { taken: { dtype: "uint32", shape: [2], offset: 0 }, top: { dtype: "uint32", shape: [2, 1], offset: 8 }, logProbs: { dtype: "float32", shape: [2], offset: 16 } };
  const text = new TextEncoder().encode(JSON.stringify({ provenance: "שלום 👩‍👩‍👧", arrays }));
  const start = Math.ceil((4 + text.length) / 8) * 8;
  for (const shift of [0, 1, 4]) {
    const bytes = new Uint8Array(shift + start + 24).subarray(shift);
    const data = new DataView(bytes.buffer, shift);
    data.setUint32(0, text.length, true);
    bytes.set(text, 4);
    [7, 9, 3, 4].forEach((n, i) => data.setUint32(start + 4 * i, n, true));
    [-0.5, -2].forEach((n, i) => data.setFloat32(start + 16 + 4 * i, n, true));
    const blob = readSteps(bytes);
    assert.equal(blob.header.provenance, "שלום 👩‍👩‍👧");
    assert.deepEqual([...blob.arrays.taken, ...blob.arrays.top, ...blob.arrays.logProbs], [7, 9, 3, 4, -0.5, -2]);
    assert.deepEqual([blob.steps, blob.most], [2, 1]);
  }
});

test("a probability is never rounded to what it is not", () => {
  assert.deepEqual([1, 0.99996, 0.9969, 0.5, 0.0042, 0.00003, 0].map(percent),
    ["100.00 %", "> 99.99 %", "99.69 %", "50.0 %", "0.42 %", "< 0.01 %", "0.00 %"]);
});

const blob = (taken, logProb, rank) => ({
  header: { vocabulary: 12 }, most: 2,
  arrays: { top: [5, 3], topProbs: [0.5, 0.25], taken: [taken], logProbs: [logProb], ranks: [rank] },
});

test("rows name the piece taken and what is left", () => {
  const rows = rowsOf(blob(3, Math.log(0.25), 2), 0);
  assert.deepEqual(rows.map((row) => [row.label, row.taken]), [[5, false], [3, true], [undefined, undefined]]);
  assert.equal(rows[2].rest, 10);
  assert.ok(Math.abs(rows[2].p - 0.25) < 1e-9);
});

test("a piece taken from further down gets a row of its own", () => {
  const rows = rowsOf(blob(8, Math.log(0.125), 4), 0);
  assert.deepEqual(rows.map((row) => row.label), [5, 3, 8, undefined]);
  assert.equal(rows[2].rank, 4);
  assert.equal(rows[3].rest, 9);
  assert.ok(Math.abs(rows.reduce((sum, row) => sum + row.p, 0) - 1) < 1e-9);
});

test("steps stay inside", () => {
  assert.deepEqual([-1, 0, 3, 9].map((step) => within(step, 4)), [0, 0, 3, 3]);
});
