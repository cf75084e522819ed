// Pure functions of the map. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { fit, labelBox, nearestPoint, project, take, zoomed } from "../../assets/components/map/camera.js";
import { csvOfMap } from "../../assets/components/map/save_map.js";
import { search } from "../../assets/components/map/search.js";

test("all but outliers fit into the canvas, up is up", () => {
  const points = Float32Array.from([-10, -1, 10, 1, 0, 0]);
  const camera = fit(points, 600, 400, 30);
  const [left, low] = project(camera, -10, -1), [right, high] = project(camera, 10, 1);
  assert.ok(Math.abs(left - 30) < 1e-6 && Math.abs(right - 570) < 1e-6);
  assert.ok(low > high);
  const many = new Float32Array(4000).map((_, i) => (i >> 1) % 50);
  many.set([1e6, 1e6], 0);
  assert.ok(fit(many, 600, 400).scale > 1, "one point far away does not shrink the rest");
  assert.ok(Number.isFinite(fit(Float32Array.from([2, 2, 2, 2]), 600, 400).scale), "all in one place");
});

test("zooming holds the place under the pointer still", () => {
  const camera = { scale: 2, x: 10, y: 20 };
  const before = [(100 - camera.x) / camera.scale, (camera.y - 50) / camera.scale];
  const [x, y] = project(zoomed(camera, 1.7, 100, 50), ...before);
  assert.ok(Math.abs(x - 100) < 1e-9 && Math.abs(y - 50) < 1e-9);
});

test("the nearest point within reach is under the pointer, or none", () => {
  const points = Float32Array.from([0, 0, 5, 5, 6, 5]), camera = { scale: 10, x: 0, y: 100 };
  assert.equal(nearestPoint(points, camera, 52, 50, 14), 1);
  assert.equal(nearestPoint(points, camera, 58, 50, 14), 2);
  assert.equal(nearestPoint(points, camera, 300, 300, 14), null);
  assert.equal(nearestPoint(points, camera, 300, 300, Infinity), 2);
});

test("search: the very word, then beginnings, then the rest; a space is a dot", () => {
  const labels = ["·the", "other", "·them", "The", "·theme", "ing"];
  assert.deepEqual(search(labels, "the"), [3, 0, 2, 4, 1]);
  assert.deepEqual(search(labels, " the"), [0, 2, 4]);
  assert.deepEqual(search(labels, ""), []);
  assert.deepEqual(search(labels, "xyz"), []);
});

test("labels take their place and never overlap", () => {
  const taken = [];
  assert.ok(take(taken, [0, 0, 10, 10]));
  assert.ok(!take(taken, [5, 5, 15, 15]));
  assert.ok(take(taken, [10, 0, 20, 10]));
  assert.equal(taken.length, 2);
});

test("a label goes where there is room beside its point, inside the canvas", () => {
  const taken = [], spots = Array.from({ length: 4 }, () => labelBox(taken, [100, 100], 40, 300, 200));
  assert.ok(spots.every((spot) => spot.free));
  assert.equal(new Set(spots.map((spot) => String(spot.box))).size, 4);
  const edge = labelBox([], [290, 100], 40, 300, 200);
  assert.ok(edge.free && edge.box[2] <= 300);
  const full = Array.from({ length: 30 }, () => labelBox(taken, [100, 100], 40, 300, 200)).at(-1);
  assert.ok(!full.free && full.box);
});

test("the CSV of the map has a line for each piece", () => {
  const lines = csvOfMap({ header: { title: "PCA of tiny", labels: ["·a", 'b"'] }, points: Float32Array.from([1, 2, 0.5, -3]) }).trim().split("\n");
  assert.deepEqual(lines, ["# PCA of tiny", "id,piece,x,y", '0,"·a",1,2', '1,"b""",0.5,-3']);
});
