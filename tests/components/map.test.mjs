// Pure functions of the map. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { cameraAt, fit, labelBox, lensOf, nearestPoint, place, project, take, zoomed } from "../../assets/components/map/camera.js";
import { dots, levelsOf } from "../../assets/components/map/cloud.js";
import { KIND_COLOURS } from "../../assets/components/map/kinds.js";
import { circle, CORNERS, lassoFrom, lassoText, simplified, within } from "../../assets/components/map/lasso.js";
import { settingsFrom, settingsOf } from "../../assets/components/map/remember_map.js";
import { barsOf } from "../../assets/components/map/side.js";
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

test("some islands far away do not shrink the rest, and an even cloud is shown as far as it reaches", () => {
  const spread = (i) => (i * 0.618034) % 1, cloud = Float32Array.from({ length: 4000 }, (_, i) => spread(i));
  const islands = cloud.map((value, i) => (i < 60 ? 40 * (i % 4 < 2 ? -1 : 1) : value)); // 0.75 % at either end
  const [alone, among] = [fit(cloud, 600, 400), fit(islands, 600, 400)];
  assert.ok(among.scale > alone.scale * 0.8 && among.scale <= alone.scale, `${among.scale} ${alone.scale}`);
  const [, high] = project(alone, 0, 0.99);
  assert.ok(high >= 32 && high < 45, String(high));
});

test("bars of cosines reach from 0 to 1; those of distances begin below the least, and that is told", () => {
  assert.deepEqual(barsOf([0.5, -0.25, 1.2], "cosine"), { lengths: [0.5, 0.25, 1], told: "" });
  const { lengths, told } = barsOf([1.372, 1.377, 1.382], "distance");
  assert.ok(lengths[0] > 0.05 && lengths[0] < 0.15 && lengths[2] === 1 && Math.abs(lengths[1] - 0.545) < 0.01, String(lengths));
  assert.equal(told, "Distances; bars begin at 1.371, not at 0");
  assert.deepEqual(barsOf([2, 2], "distance").lengths, [1, 1]);
  assert.deepEqual(barsOf([0, 1], "distance").lengths, [0, 1]);
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
  const beside = labelBox([[250, 0, 300, 150]], [240, 100], 40, 300, 200);
  assert.ok(beside.free && beside.box[2] <= 250, "not where the buttons lie");
  const full = Array.from({ length: 30 }, () => labelBox(taken, [100, 100], 40, 300, 200)).at(-1);
  assert.ok(!full.free && full.box);
});

test("the CSV of the map has a line for each piece", () => {
  const lines = csvOfMap({ header: { title: "PCA of tiny", labels: ["·a", 'b"'] }, points: Float32Array.from([1, 2, 0.5, -3]) }).trim().split("\n");
  assert.deepEqual(lines, ["# PCA of tiny", "id,piece,x,y", '0,"·a",1,2', '1,"b""",0.5,-3']);
});

test("the CSV tells how often and what the lasso holds where that is known", () => {
  const view = { header: { title: "PCA", labels: ["a", "b"], counted: "9 texts of x" }, points: Float32Array.from([1, 2, 3, 4]), counts: Uint32Array.from([7, 0]), inside: Uint8Array.from([0, 1]) };
  assert.deepEqual(csvOfMap(view).trim().split("\n"), ["# PCA · seen in 9 texts of x", "id,piece,x,y,seen,inside", '0,"a",1,2,7,0', '1,"b",3,4,0,1']);
});

test("a lasso holds the points inside it, a bay left out", () => {
  const bay = [[0, 0], [10, 0], [10, 10], [5, 4], [0, 10]];
  assert.deepEqual([...within(Float32Array.from([1, 1, 5, 8, 9, 7, 5, 3, -1, 5, 11, 5]), bay)], [1, 0, 1, 1, 0, 0]);
  const ring = within(Float32Array.from([3, 4, 3.9, 4, 4.2, 4, 3, 5.1]), circle(3, 4, 1));
  assert.deepEqual([...ring], [1, 1, 0, 0]);
});

test("a shape keeps the corners that say most, and comes back from the address as it went", () => {
  const square = [[0, 0], [50, 0.1], [100, 0], [100, 100], [0, 100]];
  assert.deepEqual(simplified(square), [[0, 0], [100, 0], [100, 100], [0, 100]]);
  const wild = Array.from({ length: 300 }, (_, i) => [200 * Math.cos(i / 47.7) * (1 + (i % 2)), 200 * Math.sin(i / 47.7)]);
  assert.equal(simplified(wild).length, CORNERS);
  const kept = lassoFrom(lassoText(wild.slice(0, 5)));
  assert.deepEqual(lassoFrom(lassoText(kept)), kept);
  assert.ok(lassoText(simplified(wild)).length < 20 * CORNERS);
  for (const text of [undefined, "", "1_2_3_4", "1_2_3_4_5", "1_2_3_4_5_x", "1_2_3_4_5_Infinity", "1_2_3__5_6", Array(2 * CORNERS + 2).fill(1).join("_")]) assert.equal(lassoFrom(text), null);
});

test("what is frequent is larger, and what is never seen is still drawn", () => {
  const levels = levelsOf(Uint32Array.from([0, 1, 16, 10_000, 160_000]));
  assert.equal(levels[0], 0);
  assert.ok(levels.every((level, i) => !i || level >= levels[i - 1]) && levels[4] > levels[3] && levels[3] > levels[2]);
  assert.ok(levelsOf(new Uint32Array(3)).every((level) => level === 0));
});

/** A view of five points, and a pen that tells what it drew. */
function seenWith(change) {
  const drawn = [], pen = { beginPath() {}, arc(x, y, radius) { drawn.push([x, y, Number(radius.toFixed(2)), this.globalAlpha, this.fillStyle]); }, fill() {} };
  const points = Float32Array.from([0, 0, 10, 0, 0, 10, 10, 10, 900, 0]), camera = { scale: 10, x: 20, y: 150 };
  const view = { points, kind: Uint8Array.from([0, 0, 1, 0, 0]), camera, fitted: camera, header: { kinds: ["start", "byte"] }, found: [], inside: null, alone: false, sized: false, ...change };
  return { seen: dots(view, pen, 300, 200), drawn };
}

test("each point in view is a dot; a lasso pales the rest or leaves it out; sizes follow counts, small ones on top", () => {
  assert.deepEqual(seenWith({}).seen, [0, 1, 3, 2]);
  assert.deepEqual(seenWith({}).drawn[0].slice(0, 2), [20, 150]);
  assert.deepEqual(seenWith({}).drawn.map(([, , , alpha, colour]) => [alpha, colour]), [...Array(3).fill([0.62, KIND_COLOURS.start]), [0.62, KIND_COLOURS.byte]]);
  const inside = Uint8Array.from([0, 1, 0, 0, 0]);
  assert.deepEqual(seenWith({ inside }).drawn.map(([, , , alpha]) => alpha), [0.14, 0.62, 0.14, 0.14]);
  assert.deepEqual(seenWith({ inside, alone: true }).seen, [1]);
  const counts = Uint32Array.from([1, 500, 0, 40, 9]), byCount = Uint32Array.from([1, 3, 4, 0, 2]);
  const { seen, drawn } = seenWith({ sized: true, levels: levelsOf(counts), byCount });
  assert.deepEqual(seen, [1, 3, 0, 2]);
  assert.ok(drawn[0][2] > drawn[1][2] && drawn[1][2] > drawn[2][2]);
});

test("only points that are shown can be under the pointer", () => {
  const points = Float32Array.from([0, 0, 5, 5]), camera = { scale: 1, x: 0, y: 0 };
  assert.equal(nearestPoint(points, camera, 0, 0, 99, Uint8Array.from([0, 1])), 1);
  assert.equal(nearestPoint(points, camera, 0, 0, 99, new Uint8Array(2)), null);
});

test("what a camera shows stays in the middle of a canvas of another size", () => {
  const fitted = { scale: 2, x: 300, y: 200 }, camera = { scale: 6, x: 100, y: -40 }, lens = lensOf(camera, fitted, 600, 400);
  assert.equal(lens.zoom, 3);
  const other = cameraAt(lens, { scale: 1, x: 150, y: 100 }, 300, 200), at = (one, ...middle) => place(one, ...middle).map((value) => Number(value.toFixed(9)));
  assert.equal(other.scale, 3);
  assert.deepEqual(at(other, 150, 100), at(camera, 300, 200));
  assert.deepEqual(cameraAt(lensOf(camera, fitted, 600, 400), fitted, 600, 400), camera);
});

test("the map is in the address as it is seen, and nonsense in it is passed over", () => {
  const fitted = { scale: 2, x: 300, y: 200 }, canvas = { clientWidth: 600, clientHeight: 400 }, plain = { camera: { ...fitted }, fitted, canvas, input: { value: " " }, lasso: null, alone: false, sized: false };
  assert.deepEqual(settingsOf(plain), {});
  const lasso = [[0, 0], [1, 0], [1, 1]], told = settingsOf({ ...plain, camera: { scale: 4, x: 300, y: 200 }, input: { value: "a~b" }, lasso, alone: true, sized: true });
  assert.deepEqual(told, { zoom: 2, x: 0, y: 0, find: "a~b", lasso: "0_0_1_0_1_1", alone: 1, sized: 1 });
  const texts = Object.fromEntries(Object.entries(told).map(([name, value]) => [name, String(value)]));
  assert.deepEqual(settingsFrom(texts), { lens: { zoom: 2, x: 0, y: 0 }, find: "a~b", lasso, alone: true, sized: true });
  const nothing = { lens: null, find: "", lasso: null, alone: false, sized: false };
  assert.deepEqual(settingsFrom({}), nothing);
  assert.deepEqual(settingsFrom({ zoom: "1e9", x: "0", y: "0", lasso: "1_2", alone: "1", sized: "yes" }), nothing);
});
