// Pure functions of the paths. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { shortened } from "../../assets/components/paths/draw_paths.js";
import { hueOf, othersOf, placeAt, stepped } from "../../assets/components/paths/plane.js";
import { csvOfPaths, scriptOf } from "../../assets/components/paths/save_paths.js";

const points = Float32Array.from([0, 0, 2, 4, 10, 10, 20, 30]); // two paths of two stops

test("a path is at its stops, and between two of them on the way", () => {
  assert.deepEqual(placeAt(points, 2, 1, 0), [10, 10]);
  assert.deepEqual(placeAt(points, 2, 1, 1), [20, 30]);
  assert.deepEqual(placeAt(points, 2, 0, 0.5), [1, 2]);
});

test("the others are told by their distance at that stop, without the path itself", () => {
  const distances = Float32Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.25, 0.5, 0, 1, 0.25, 1, 0]); // (2, 3, 3)
  assert.deepEqual(othersOf(distances, 3, 1, 0), [[2, 0.25], [1, 0.5]]);
  assert.deepEqual(othersOf(distances, 3, 1, 2), [[0, 0.25], [1, 1]]);
});

test("arrows stay inside, other keys lead nowhere", () => {
  assert.deepEqual(stepped([0, 0], "ArrowUp", 2, 3), [0, 0]);
  assert.deepEqual(stepped([0, 0], "ArrowRight", 2, 3), [0, 1]);
  assert.deepEqual(stepped([1, 0], "End", 2, 3), [1, 2]);
  assert.equal(stepped([0, 0], "a", 2, 3), null);
});

test("colours are of the paths, or of the sides where there are two", () => {
  const sides = [0, 0, 1];
  assert.notEqual(hueOf({ groups: [""], sides }, 0), hueOf({ groups: [""], sides }, 1));
  assert.equal(hueOf({ groups: ["a", "b"], sides }, 0), hueOf({ groups: ["a", "b"], sides }, 1));
  assert.notEqual(hueOf({ groups: ["a", "b"], sides }, 0), hueOf({ groups: ["a", "b"], sides }, 2));
});

test("a long sentence is cut on the map", () => assert.equal(shortened("word ".repeat(20)).length <= 40, true));

test("the CSV has a line for each stop of each path", () => {
  const header = { provenance: "tiny", labels: ["a", "b"], stops: ["x", "y"], sides: [0, 0], tensors: [["s", "t"]], near: [[[["u", 1]], [["v", 0.5]]], [[["u", 1]], [["w", -0.5]]]] };
  const lines = csvOfPaths({ header, points }).trim().split("\n");
  assert.equal(lines.length, 6);
  assert.equal(lines.at(-1), '"b","y","t",20,30,"w",-0.5');
});

test("the script is of the path that is held, else of the one in mind, at this stop", () => {
  const view = { header: { scripts: ["'CELL' a[CELL, 1]", "b[CELL, 2]"] }, at: 3, lock: null, focus: 0 };
  assert.equal(scriptOf(view), "'CELL' a[3, 1]");
  assert.equal(scriptOf({ ...view, lock: 1 }), "b[3, 2]");
  assert.ok(scriptOf({ ...view, header: { scripts: [] } }).sorry);
});
