// Pure functions of the grouped convolution. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOfKernels } from "../../assets/components/groups/save_groups.js";
import { ledInMatrix, ledThrough, pairsOf, placeFrom, placeText, told } from "../../assets/components/groups/wiring.js";

const header = { inputs: ["red", "green", "blue", "light"], outputs: ["a", "b", "c", "d", "e", "f", "g", "h"], kernel: 3, options: [1, 2, 4].map((groups) => ({ groups })) };

test("pairs are a block for each group, and all of a channel's are those of its group", () => {
  assert.equal(pairsOf(header, 1).length, 32);
  assert.deepEqual(pairsOf(header, 4), [[0, 0], [1, 0], [2, 1], [3, 1], [4, 2], [5, 2], [6, 3], [7, 3]]);
  assert.deepEqual(pairsOf(header, 2, [4, null]), [[4, 2], [4, 3]]);
  assert.deepEqual(pairsOf(header, 2, [null, 1]), [[0, 1], [1, 1], [2, 1], [3, 1]]);
  assert.deepEqual([pairsOf(header, 2, [0, 3]), pairsOf(header, 2, [0, 0])], [[], [[0, 0]]]);
});

test("arrows lead through the columns and across, and stay inside", () => {
  const led = (at, ...keys) => keys.reduce((place, key) => ledThrough(place, key, header), at);
  assert.deepEqual(led(null, "ArrowDown", "ArrowDown"), [null, 1]);
  assert.deepEqual(led([null, 3], "ArrowDown"), [null, 3]);
  assert.deepEqual(led([null, 2], "ArrowRight"), [2, null]);
  assert.deepEqual(led([7, null], "ArrowLeft"), [null, 3]);
  assert.deepEqual(led([6, null], "ArrowDown", "ArrowDown"), [7, null]);
  assert.equal(led([0, null], "x"), undefined);
});

test("arrows lead from kernel to kernel in the matrix", () => {
  assert.deepEqual(["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft"].reduce((place, key) => ledInMatrix(place, key, header), null), [1, 0]);
  assert.deepEqual(ledInMatrix([7, null], "ArrowDown", header), [7, 0]);
  assert.equal(ledInMatrix(null, "Tab", header), undefined);
});

test("a place is told with what it costs, and a kernel that was cut away as not there", () => {
  assert.equal(told(header, { groups: 1 }, [1, null]), "B reads red, green, blue and light: 4 kernels of 3 × 3 and a bias, 37 parameters.");
  assert.equal(told(header, { groups: 4 }, [1, null]), "B reads red: 1 kernel of 3 × 3 and a bias, 10 parameters.");
  assert.match(told(header, { groups: 2 }, [0, 3]), /^Light does not reach a/);
  assert.equal(told(header, { groups: 4 }, null), "4 groups: 2 outputs of each read 1 input and no other.");
});

test("groups and place come back from the address, and nothing that is not there", () => {
  for (const [option, place] of [[0, null], [1, [2, null]], [2, [null, 3]], [1, [7, 0]]]) {
    const said = Object.fromEntries(Object.entries(placeText(header.options[option].groups, place)).map(([name, value]) => [name, String(value)]));
    assert.deepEqual(placeFrom(said, header), { option, place });
  }
  assert.deepEqual(placeFrom({ groups: "3", out: "9", in: "x" }, header), { option: 0, place: null });
});

test("the file holds the kernels that are there, each number in its place", () => {
  const small = { inputs: ["x", "y"], outputs: ["a", "b"], kernel: 1, options: [{ groups: 1 }, { groups: 2 }] };
  const rows = (option) => csvOfKernels({ header: small, arrays: { weights: { values: Float32Array.of(1, 2, 3, 4) } }, option }, "of").split("\n");
  assert.deepEqual(rows(0), ["# of", "group,output,input,w_1_1", '1,"a","x",1', '1,"a","y",2', '1,"b","x",3', '1,"b","y",4', ""]);
  assert.deepEqual(rows(1).slice(2), ['1,"a","x",1', '2,"b","y",4', ""]);
});
