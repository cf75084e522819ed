// Pure functions of the table of heads. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { figure, largestOf, sentence, step, strength } from "../../assets/components/ablation/words.js";

const OWN = { of: "the translation", unit: "nats" };

test("a number keeps its sign, and what is nothing is 0", () => {
  assert.deepEqual([19.4106, 9.996, 0.333, 0.0999, -0.0412, -0.0004, 123.4, NaN].map(figure), ["19.4", "10.0", "0.33", "0.10", "−0.041", "0", "123", "–"]);
});

test("colour is signed, ends at the largest and is none at 0", () => {
  assert.deepEqual([4, -4, 1, 0, NaN].map((nats) => strength(nats, 4)), [1, -1, 0.5, 0, 0]);
  assert.equal(strength(0, 0), 0);
  assert.equal(largestOf([[1, -3], [NaN, 2]]), 3);
});

test("a cell says what is lost, what is gained, and whether it is off", () => {
  assert.equal(sentence("cross", 0, 1, 19.41, OWN), "Cross, layer 1, head 2: without it the translation loses 19.4 nats. Click to switch it off.");
  assert.equal(sentence("encoder", 0, 0, -0.289, OWN, "mean"), "Encoder self, layer 1, head 1: without it the translation gains 0.29 nats. It is at its mean now: click to switch it on.");
  assert.match(sentence("decoder", 0, 0, NaN, OWN, "zero"), /gives no number here. It is off now/);
});

test("arrows stay in the table and reach the switch of a layer", () => {
  assert.deepEqual(step("ArrowLeft", { layer: 0, head: 0 }, 2, 3), { layer: 0, head: -1 });
  assert.deepEqual(step("ArrowLeft", { layer: 0, head: -1 }, 2, 3), { layer: 0, head: -1 });
  assert.deepEqual(step("ArrowDown", { layer: 1, head: 2 }, 2, 3), { layer: 1, head: 2 });
  assert.equal(step("Enter", { layer: 1, head: 2 }, 2, 3), undefined);
});
