// Pure functions of a picture in patches. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { lineHeight, lineOf } from "../../assets/components/patches/draw_tokens.js";
import { gazeFrom, gazeRows, gazeText, ledTo, ledToHead, patchAt, rowOf, toldMost, toldPaint, toldToken, within } from "../../assets/components/patches/gaze.js";

const attention = { shape: [2, 3, 5, 5], values: Float32Array.from({ length: 150 }, (_, at) => at) };

test("arrows lead through the square of patches and stay inside, Escape leads to the class token", () => {
  const led = (token, ...keys) => keys.reduce((at, key) => ledTo(at, key, 6), token);
  assert.equal(led(0, "ArrowDown"), 1);
  assert.equal(led(1, "ArrowDown", "ArrowRight"), 8);
  assert.equal(led(6, "ArrowRight"), 6);
  assert.equal(led(31, "ArrowDown"), 31);
  assert.equal(led(15, "End"), 18);
  assert.equal(led(15, "Escape"), 0);
  assert.equal(led(15, "Enter"), undefined);
});

test("arrows lead from head to head and stay inside", () => {
  assert.deepEqual(ledToHead({ layer: 0, head: 0 }, "ArrowUp", 4, 4), { layer: 0, head: 0 });
  assert.deepEqual(ledToHead({ layer: 2, head: 3 }, "ArrowDown", 4, 4), { layer: 3, head: 3 });
  assert.equal(ledToHead({ layer: 2, head: 3 }, "x", 4, 4), undefined);
});

test("a row is the weights of one token in one head of one layer", () => {
  assert.deepEqual([...rowOf(attention, 1, 2, 3)], [140, 141, 142, 143, 144]);
  assert.deepEqual([...rowOf(attention, 0, 1, 0)], [25, 26, 27, 28, 29]);
});

test("a point of the picture is in a patch, and one outside in none", () => {
  assert.equal(patchAt(0, 0, 300, 6), 1);
  assert.equal(patchAt(299, 51, 300, 6), 12);
  assert.equal(patchAt(300, 10, 300, 6), null);
  assert.equal(patchAt(-1, 10, 300, 6), null);
});

test("tokens stand beside each other without overlap, the class token first", () => {
  const { corner, cell } = lineOf({ across: 6 }, 700, Infinity), places = Array.from({ length: 37 }, (_, token) => corner(token));
  assert.deepEqual(places[0], [0, 0]);
  assert.equal(new Set(places.map(String)).size, 37);
  for (const [x] of places) assert.ok(x + cell <= 700);
  const height = lineHeight({ across: 6 }, 700); // in a picture of that height the width still is what limits them
  assert.ok(Math.abs(lineOf({ across: 6 }, 700, height).cell - cell) < 0.5);
});

test("what a token looks at is told with the largest first, and the class token always", () => {
  const told = toldMost(Float32Array.of(0.05, 0.5, 0.25, 0.125, 0.075), 2, 2);
  assert.match(told, /^Patch 2 \(row 1, column 2\) looks most at patch 1 \(50 %\), itself \(25 %\), patch 3 \(13 %\); at the class token 5.0 %\./);
  assert.doesNotMatch(toldMost(Float32Array.of(0.6, 0.4), 0, 1), /; at the class token/);
});

test("a hidden patch says so, and paint is told with its errors only where there are some", () => {
  assert.match(toldToken(3, new Set([3]), 6), /is hidden/);
  assert.doesNotMatch(toldToken(4, new Set([3]), 6), /is hidden/);
  assert.match(toldPaint(new Set(), [], 37), /Nothing is hidden/);
  assert.match(toldPaint(new Set([1, 2]), [0.02, 0.03], 37), /^2 of 36 hidden\. Squared error of the paint 0\.0200; .* 0\.0300\.$/);
  assert.match(toldPaint(new Set([1]), [], 2), /nothing to see/);
});

test("token, head and step come back from the address, and nothing that is not there", () => {
  for (const gaze of [{ token: 0, layer: 0, head: 0, step: 5 }, { token: 3, layer: 1, head: 2, step: 2 }, { token: 0, layer: 0, head: 1, step: 0 }]) {
    const said = Object.fromEntries(Object.entries(gazeText(gaze, 5)).map(([name, value]) => [name, String(value)]));
    assert.deepEqual(gazeFrom(said, attention), gaze);
  }
  assert.deepEqual(gazeText({ token: 0, layer: 0, head: 0, step: 5 }, 5), {});
  assert.deepEqual(gazeFrom({ patch: "9", layer: "x", head: "4", step: "-1" }, attention), { token: 0, layer: 0, head: 0, step: 5 });
});

test("the file has a row for each weight of the chosen token", () => {
  const rows = gazeRows(attention, 4, (value) => value);
  assert.equal(rows.length, 2 * 3 * 5);
  assert.deepEqual(rows.at(-1), [2, 3, 4, 4, 149]);
  assert.deepEqual(rows[5], [1, 2, 4, 0, 45]);
});

test("a gaze on a model of other sizes falls back where that has nothing, and all stays all", () => {
  assert.deepEqual(within({ token: 30, layer: 3, head: 3, step: 37 }, 37, [3, 2, 17]), { token: 0, layer: 2, head: 1, step: 17 });
  assert.deepEqual(within({ token: 16, layer: 0, head: 1, step: 20 }, 37, [3, 4, 17]), { token: 16, layer: 0, head: 1, step: 17 });
  assert.deepEqual(within({ token: 5, layer: 2, head: 0, step: 17 }, 17, [4, 4, 37]), { token: 5, layer: 2, head: 0, step: 37 });
});
