// Pure functions of the bridge. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { bridgeRows } from "../../assets/components/bridge/save_bridge.js";
import { cellOf, partOf, toldBridge } from "../../assets/components/bridge/told_bridge.js";

// Two heads, three pieces: weights, derivatives, products, and their mean.
const view = {
  header: { heads: 2, labels: [[["·", true], ["red", false]], [["car", false]], [["[EOS]", false]]], cells: ["w[HEAD, PIECE]", "g[HEAD, PIECE]", "p[HEAD, PIECE]", "m[PIECE]"] },
  numbers: Float32Array.from([0.75, 0, 0.25, 0.5, 0, 0.5, 2, 3, -1, 0.0008, 3, 0, 1.5, 0, 0, 0.0004, 0, 0, 0.7502, 0, 0]),
};

test("a row is of one part and one head", () => {
  assert.deepEqual([0, 3, 4, 6].map((row) => partOf(row, 2)), [{ part: 0, head: 0 }, { part: 1, head: 1 }, { part: 2, head: 0 }, { part: 3, head: 0 }]);
});

test("a cell is told with the numbers that it is made from", () => {
  const first = "·red, head 1: weight 0.750, derivative 2.000, product after the ReLU 1.500";
  assert.deepEqual([0, 2, 4].map((row) => toldBridge(view, [row, 0])), [first, first, first]);
  assert.equal(toldBridge(view, [1, 2]), "[EOS], head 2: weight 0.500, derivative 0.000, product after the ReLU 0.000");
  assert.equal(toldBridge(view, [5, 0]), "·red, head 2: weight 0.500, derivative 8.0e−4, product after the ReLU 4.0e−4");
  assert.equal(toldBridge(view, [6, 0]), "·red, the mean of the 2 heads: 0.750");
});

test("each cell has its expression in Python", () => {
  assert.deepEqual([[1, 0], [2, 1], [5, 1], [6, 1]].map((cell) => cellOf(view, cell)), ["w[1, 0]", "g[0, 1]", "p[1, 1]", "m[1]"]);
});

test("the CSV has a row a head and piece", () => {
  assert.deepEqual(bridgeRows(view)[3], [2, "·red", 0.5, 0.0008, 0.0004]);
  assert.equal(bridgeRows(view).length, 6);
});
