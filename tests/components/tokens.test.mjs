// Pure functions of the tokens. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { diverging } from "../../assets/components/tokens/colours.js";
import { outputOf } from "../../assets/components/tokens/output.js";

test("the scale is centred on 0 and ends at its limit", () => {
  assert.equal(diverging(0, 2)[3], 0);
  assert.equal(diverging(2, 2)[3], 255);
  assert.equal(diverging(-9, 2)[3], 255);
  assert.notDeepEqual(diverging(1, 2).slice(0, 3), diverging(-1, 2).slice(0, 3));
  assert.equal(diverging(1, 2)[3], diverging(-1, 2)[3]);
  assert.ok(Number.isFinite(diverging(1, 0)[3]));
});

test("the output is the text itself, or a list that JSON reads", () => {
  const output = { text: 'a "b"', pieces: [" a", ' "b"'], ids: [5, 80] };
  assert.equal(outputOf(output, "text"), 'a "b"');
  assert.deepEqual(JSON.parse(outputOf(output, "pieces")), output.pieces);
  assert.equal(outputOf(output, "ids"), "[5, 80]");
});
