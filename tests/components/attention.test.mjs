// Pure functions of the attention view. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { reconcile, validChoice } from "../../assets/components/attention/choice.js";
import { colourTable, luminance, mix } from "../../assets/components/attention/colours.js";
import { describe, plain, visible } from "../../assets/components/attention/describe.js";
import { detailLayout, gridLayout, hit } from "../../assets/components/attention/layout.js";

test("the colour table runs one way from the paper", () => {
  for (const [paper, dark] of [[[253, 251, 248], false], [[21, 19, 42], true]]) {
    for (const hue of [[69, 131, 214], [208, 84, 140], [141, 107, 216]]) {
      const table = colourTable(paper, hue, dark);
      assert.equal(table.length, 256);
      const light = [...table].map((c) => luminance([c & 255, (c >> 8) & 255, (c >> 16) & 255]) * (dark ? 1 : -1));
      assert.ok(light.every((value, i) => i === 0 || value >= light[i - 1] - 0.004), "lightness turns back");
      assert.ok(light[255] - light[0] > 0.35);
      assert.ok([...table].every((colour) => colour >>> 24 === 255));
    }
  }
});

test("mixing keeps its ends", () => {
  assert.deepEqual(mix([10, 200, 30], [250, 0, 90], 0), [10, 200, 30]);
  assert.deepEqual(mix([10, 200, 30], [250, 0, 90], 1), [250, 0, 90]);
});

const weights = [[0.9, 0.06, 0.04], [0.1, 0.2, 0.7]];
const piece = (text) => (text[0] === " " ? [["·", true], [text.slice(1), false]] : [[text, false]]);
const head = { rows: ["[SOS]", " rossa"].map(piece), cols: ["The", " red", " car"].map(piece), w: (i, j) => weights[i][j] };

test("a row, a column, a cell and nothing are put into words", () => {
  assert.equal(plain(describe(head, { row: 1, col: null })), "`·rossa` looks at `·car` 0.700, `·red` 0.200, `The` 0.100");
  assert.equal(plain(describe(head, { row: null, col: 1 })), "`·red` is seen by `·rossa` 0.200, `[SOS]` 0.060");
  assert.match(plain(describe(head, { row: 1, col: 0 })), /^`·rossa` looks at `The` 0\.100\. Besides: `·car` 0\.700, `·red` 0\.200$/);
  assert.match(plain(describe(head, null)), /^Strongest here: `\[SOS\]` looks at `The` 0\.900; `·rossa` looks at `·car` 0\.700/);
});

test("the future is called masked, and is not listed", () => {
  const causal = { rows: ["a", "b"].map(piece), cols: ["a", "b"].map(piece), w: (i, j) => [[1, 0], [0.4, 0.6]][i][j], causal: true };
  assert.equal(plain(describe(causal, { row: 0, col: 1 })), "`b` is in the future of `a`: masked. `a` looks at `a` 1.000");
  assert.equal(plain(describe(causal, { row: null, col: 1 })), "`b` is seen by `b` 0.600");
});

test("what stands for the unseen is quiet", () => {
  assert.deepEqual(visible(piece(" red")), [{ text: "·", quiet: true }, { text: "red", quiet: false }]);
});

test("a choice that does not exist falls back", () => {
  const arrays = { encoder: { shape: [2, 3, 4, 4] }, cross: { shape: [2, 3, 4, 4] } };
  assert.deepEqual(validChoice({ kind: "cross", layer: 1, head: 2 }, arrays), { kind: "cross", layer: 1, head: 2 });
  assert.deepEqual(validChoice({ kind: "cross", layer: 2, head: -1 }, arrays), { kind: "cross", layer: 0, head: 0 });
  assert.deepEqual(validChoice({ kind: "toString", layer: "1" }, arrays), { kind: "encoder", layer: 0, head: 0 });
});

test("Back is applied, an old echo is not", () => {
  const mine = { kind: "cross", layer: 1, head: 1 }, older = { kind: "cross", layer: 0, head: 0 };
  const answer = (local, seen) => reconcile({ choice: mine, sent: 2, waiting: false, ...local }, { choice: older, seen });
  assert.equal(answer({ choice: null, sent: 0 }, 0), older, "the first choice");
  assert.equal(answer({}, 2), older, "Back: Python has seen all and says otherwise");
  assert.equal(answer({}, 1), mine, "Python answered before it saw the last choice");
  assert.equal(answer({ waiting: true }, 2), mine, "a choice is about to be sent");
});

test("thumbnails fill the width and never overlap", () => {
  for (const [width, layers, heads] of [[340, 4, 4], [340, 12, 12], [358, 6, 8], [314, 2, 24], [340, 3, 128]]) {
    const layout = gridLayout(width, [layers, heads, 9, 9]), all = [...Array(layers * heads).keys()].map((at) => layout.at(Math.floor(at / heads), at % heads));
    assert.ok(all.every(([x, y]) => x + layout.cellW <= width && y + layout.cellH <= layout.height));
    assert.equal(new Set(all.map(String)).size, layers * heads);
    assert.ok(layout.at(0, 1)[0] - layout.at(0, 0)[0] > layout.cellW);
    assert.ok(layout.at(1, 0)[1] - layout.at(0, 0)[1] > layout.cellH);
  }
});

test("each cell and label of the detail is found where it was laid", () => {
  for (const [width, rows, cols] of [[700, 7, 9], [358, 7, 9], [700, 32, 32], [358, 64, 64]]) {
    const layout = detailLayout({ width, rows, cols, rowLabel: 60, colLabel: 50 });
    const { matrix, links } = layout;
    for (const [row, col] of [[0, 0], [rows - 1, cols - 1], [3, 5]]) {
      const at = [matrix.x + (col + 0.5) * matrix.cellW, matrix.y + (row + 0.5) * matrix.cellH];
      assert.deepEqual(hit(layout, rows, cols, ...at), { row, col });
    }
    assert.deepEqual(hit(layout, rows, cols, links.left + 5, links.y + 2.5 * links.pitch), { row: 2, col: null });
    assert.deepEqual(hit(layout, rows, cols, links.to + 9, links.y + 4.5 * links.pitch), { row: null, col: 4 });
    assert.deepEqual(hit(layout, rows, cols, matrix.x + 2.5 * matrix.cellW + 10, matrix.y - 10), { row: null, col: 2 });
    assert.ok(links.to > links.from, "room for the lines");
    assert.ok(matrix.right <= layout.width && links.end <= layout.width && links.y + links.pitch * Math.max(rows, cols) <= layout.height);
  }
});
