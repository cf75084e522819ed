// Pure functions of the court. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { describeCell, describeColumn, number } from "../../assets/components/court/describe.js";
import { moved, strength } from "../../assets/components/shared/grid.js";

const view = {
  header: {
    src: 2,
    labels: [[["·", true], ["red", false]], [["[EOS]", false]], [["[SOS]", false]]],
    rows: [{ name: "rollout", unit: "share", signed: false }, { name: "occlusion", unit: "nats", signed: true }],
  },
  scores: { values: Float32Array.from([0.5, 0.25, 0.125, -2, NaN, NaN]) },
  ranks: { values: Uint32Array.from([1, 0, 4, 2, 0, 0]) },
};

test("strength is the share of the largest of its row, whatever the sign", () => {
  assert.deepEqual([1, -4, 0, NaN].map((v) => strength(v, [1, -4, 0, NaN])), [0.25, 1, 0, 0]);
  assert.equal(strength(0, [0, 0]), 0);
});

test("a number is never rounded to 0 where it is not", () => {
  assert.deepEqual([0.5, 0, 0.00042].map((v) => number(v, false)), ["0.500", "0.000", "4.2e−4"]);
  assert.deepEqual([1.2345, -0.5, -0.0001, NaN].map((v) => number(v, true)), ["+1.234", "−0.500", "−1.0e−4", "never hidden"]);
});

test("a cell is told with method, side, unit and rank", () => {
  assert.equal(describeCell(view, 0, 0), "rollout · source · ·red: 0.500 share, named first");
  assert.equal(describeCell(view, 0, 2), "rollout · written before · [SOS]: 0.125 share, named 4th");
  assert.equal(describeCell(view, 1, 1), "occlusion · source · [EOS]: never hidden");
});

test("a column is told with every method", () => {
  assert.equal(describeColumn(view, 0), "·red: rollout 0.500 · occlusion −2.000");
});

test("arrows stay inside the table, other keys lead nowhere", () => {
  assert.deepEqual(moved([0, 0], "ArrowLeft", 2, 3), [0, 0]);
  assert.deepEqual(moved([0, 0], "ArrowDown", 2, 3), [1, 0]);
  assert.deepEqual(moved([0, 0], "ArrowRight", 2, 3), [0, 1]);
  assert.deepEqual(moved([1, 2], "ArrowLeft", 2, 3), [1, 1]);
  assert.deepEqual(moved([1, 1], "ArrowUp", 2, 3), [0, 1]);
  assert.deepEqual(moved([1, 1], "End", 2, 3), [1, 2]);
  assert.deepEqual(moved([1, 2], "Home", 2, 3), [1, 0]);
  assert.equal(moved([1, 1], "x", 2, 3), null);
});
