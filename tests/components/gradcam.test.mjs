// Pure functions of Grad-CAM's steps. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { readCam } from "../../assets/components/gradcam/main.js";
import { mapRows } from "../../assets/components/gradcam/save_cam.js";
import { hitText, ledTo, lookFrom, placeAt, placeWords, stageOf, toldCam } from "../../assets/components/gradcam/stage_cam.js";

const cam = { method: "Grad-CAM", layer: 2, asks: true, part: "channel", count: 9, shown: 8, numbers: [[4, 0, 1, 2, 3, 5, 6, 7], [8, 0, 1, 2, 3, 5, 6, 7]], size: [2, 3], has: ["activations", "gradients", "weights", "summed", "map"], hottest: [[1, 1], null], on: ["tiger", null], scales: { activations: 2, gradients: 0.5, weights: 0.1, summed: 1, map: 1 } };
const rollout = { ...cam, method: "rollout", layer: 0, asks: false, part: "", count: 0, shown: 0, numbers: [[], []], has: ["map"] };
const looks = [{ ...cam, layer: 1 }, cam, rollout];

test("every part has its picture, in the order of the steps, and none lies on another", () => {
  for (const width of [170, 520]) {
    const { boxes, height } = stageOf(cam, width);
    assert.deepEqual([...new Set(boxes.map(({ kind, over }) => (over ? "over" : kind)))], ["over", "activations", "gradients", "weights", "summed", "map"]);
    assert.equal(boxes.filter(({ kind }) => kind === "activations").length, 8);
    boxes.forEach((one, at) => {
      assert.ok(one.x >= 0 && one.x + one.width <= width + 1e-6 && one.y + one.height <= height);
      for (const other of boxes.slice(at + 1)) assert.ok(one.x + one.width <= other.x + 1e-6 || other.x + other.width <= one.x + 1e-6 || one.y + one.height <= other.y + 1e-6);
    });
  }
  assert.deepEqual(stageOf(rollout, 520).boxes.map(({ kind }) => kind), ["map", "map"]);
});

test("a point of any picture is the same cell", () => {
  const stage = stageOf(cam, 520);
  for (const box of stage.boxes.filter(({ kind }) => kind !== "weights")) {
    assert.deepEqual(placeAt(stage, cam.size, box.x + box.width * 0.99, box.y + box.height * 0.49), { cell: [0, 2], slot: box.slot });
  }
  assert.equal(placeAt(stage, cam.size, 1, 1), null);
});

test("keys lead through cells and channels, stay inside, and Escape frees", () => {
  const led = (from, ...keys) => keys.reduce((place, key) => ledTo(place, key, cam), from);
  assert.deepEqual(led(null, "ArrowDown"), { cell: [0, 0], slot: null });
  assert.deepEqual(led(null, "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"), { cell: [1, 1], slot: null });
  assert.deepEqual(led(null, "PageDown", "PageDown", "ArrowLeft"), { cell: [0, 0], slot: 1 });
  assert.deepEqual(led({ cell: null, slot: 7 }, "PageDown"), { cell: null, slot: 7 });
  assert.equal(ledTo({ cell: [0, 0], slot: null }, "Escape", cam), null);
  assert.equal(ledTo(null, "Escape", cam), undefined);
  assert.equal(ledTo(null, "PageDown", rollout), undefined);
});

test("method, layer and place come back from the address", () => {
  assert.deepEqual(placeWords(cam, { cell: [1, 2], slot: 0 }), { method: "Grad-CAM", layer: 2, row: 2, column: 3, rank: 1 });
  assert.deepEqual(placeWords(rollout, null), { method: "rollout" });
  assert.deepEqual([{}, { method: "Grad-CAM", layer: "1" }, { method: "rollout", layer: "7" }, { method: "x", layer: "1" }].map((said) => lookFrom(said, looks)), [1, 0, 2, 0]);
});

const arrays = Object.fromEntries(Object.entries({ activations: [2, 8, 2, 3], gradients: [2, 8, 2, 3], weights: [2, 8], summed: [2, 2, 3], map: [2, 2, 3] }).map(([name, shape]) => [`1.${name}`, { shape, values: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) => at) }]));
const read = (...place) => readCam({ header: { looks }, arrays }, ...place);

test("a number is that of its place, times the scale of its kind", () => {
  assert.equal(read(1, "activations", 1, 2, 1, 2), 2 * (48 + 12 + 5));
  assert.equal(read(1, "gradients", 0, 7, 0, 1), 0.5 * 43);
  assert.ok(Math.abs(read(1, "weights", 1, 3) - 1.1) < 1e-6);
  assert.equal(read(1, "map", 1, null, 1, 0), 9);
});

test("the sentence tells the numbers of the cell, and the part by its own number", () => {
  const told = toldCam(cam, 1, { cell: [1, 2], slot: 2 }, (...place) => read(1, ...place));
  assert.equal(told, "Row 2, column 3. Channel 2: activation 130, derivative 32.500, times its weight 1.000 is 130. All 9 channels together 11.000, after the ReLU 11.000.");
  assert.match(toldCam(cam, 0, null, () => -0.004), /^Channel 5: its derivatives have the mean −0\.00400, so where it is active it speaks against/);
});

test("where the hottest point lies is said as the scene knows it", () => {
  const tiger = { name: "tiger", there: true };
  assert.equal(hitText(cam, 0, tiger, ["tiger"]), "Yes: the hottest point lies on the tiger.");
  assert.equal(hitText({ ...cam, on: ["cat"] }, 0, tiger, ["tiger", "cat"]), "No: the hottest point lies on the cat.");
  assert.match(hitText(cam, 1, tiger, ["tiger"]), /^Nothing speaks for it/);
  assert.match(hitText(cam, 0, { name: "dog", there: false }, ["tiger"]), /no dog in this scene; .* on the tiger/);
  assert.match(hitText(rollout, 0, tiger, ["tiger"]), /does not ask for the query/);
  assert.match(hitText(cam, 0, tiger, []), /nobody told us/);
});

test("the file has a row for each cell of both queries", () => {
  const rows = mapRows({ header: { queries: [{ name: "a" }, { name: "b" }], looks }, look: 1, read });
  assert.equal(rows.length, 12);
  assert.deepEqual([rows[0], rows[11]], [["a", 1, 1, 0], ["b", 2, 3, 11]]);
});
