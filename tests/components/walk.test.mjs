// Pure functions of the walk. Run by tests/components/test_in_node.py, or: node --test tests/components/
import assert from "node:assert/strict";
import { test } from "node:test";
import { address, before, cellCode, digits, formula, largest, script } from "../../assets/components/walk/formula.js";
import { arrange, box, cellAt, extent, shownIn } from "../../assets/components/walk/places.js";
import { goesInto, lit, numbersOf, touched } from "../../assets/components/walk/uses.js";

const matrix = (rows, more = {}) => ({ shape: [rows.length, rows[0].length], values: Float32Array.from(rows.flat()), rows: "query", cols: "head", symbol: "m", uses: [], rule: "", source: "", code: "", dims: "", ...more });
const plainText = (parts) => parts.map((part) => (typeof part === "string" ? part : part.number ?? part.quiet)).join("");

const tensors = {
  x: matrix([[1, -2, 0.5], [0, 3, 1]], { cols: "width" }),
  w: matrix([[2, 1], [0.25, -1], [4, 0]], { rows: "width" }),
  b: matrix([[0.125, -3]], { rows: "one" }),
  q: matrix([[3.625, 0], [4.875, -6]], { rule: "dot", uses: [["x", "i", "*", 0], ["w", "*", "j", 0], ["b", "0", "j", 0]], source: "a.q", code: 'trace["a.q"][0, 1, {i}]' }),
  k: matrix([[1, 2], [0.5, -1], [3, 3]], { rows: "key" }),
  dots: matrix([[3.625, 1.8125, 10.875], [-7.125, 8.4375, -3.375]], { cols: "key", rule: "dot", uses: [["q", "i", "*", 0], ["k", "j", "*", 0]] }),
  root_k: matrix([[2]], { rows: "one", cols: "one", code: "4 ** 0.5" }),
  scores: matrix([[1.8125, 0.90625, 5.4375], [-3.5625, 4.21875, -1.6875]], { cols: "key", rule: "over", uses: [["dots", "i", "j", 0], ["root_k", "0", "0", 0]] }),
  head_1: matrix([[1, 2], [3, 4]]), head_2: matrix([[5, 6], [7, 8]]),
  concat: matrix([[1, 2, 5, 6], [3, 4, 7, 8]], { cols: "width", rule: "place", uses: [["head_1", "i", "j", 0], ["head_2", "i", "j", 2]] }),
};

test("a use touches the row, the column or the cell that it declares, and nothing outside", () => {
  assert.deepEqual(touched(["x", "i", "*", 0], [2, 3], 1, 0), { tensor: "x", rows: [1, 2], cols: [0, 3] });
  assert.deepEqual(touched(["w", "*", "j", 0], [3, 2], 1, 0), { tensor: "w", rows: [0, 3], cols: [0, 1] });
  assert.deepEqual(touched(["k", "j", "*", 0], [3, 2], 1, 2), { tensor: "k", rows: [2, 3], cols: [0, 2] });
  assert.deepEqual(touched(["h", "i", "j", 2], [2, 2], 1, 1).cols, [0, 0]);
  assert.deepEqual(numbersOf(tensors, lit(tensors, { name: "q", i: 1, j: 0 })[2]), [2, 0.25, 4]);
});

test("what a number goes into is what is made from it", () => {
  for (const [name, { shape }] of Object.entries(tensors)) for (const target of ["q", "dots", "scores", "concat"]) for (let row = 0; row < 2; row++) {
    for (let i = 0; i < shape[0]; i++) for (let j = 0; j < shape[1]; j++) {
      const ahead = goesInto(tensors, [target], { name, i, j }, row);
      const [, width] = tensors[target].shape;
      for (let c = 0; c < width; c++) {
        const uses = lit(tensors, { name: target, i: row, j: c }).slice(1).some(({ tensor, rows, cols }) => tensor === name && i >= rows[0] && i < rows[1] && j >= cols[0] && j < cols[1]);
        const says = ahead.some(({ rows, cols }) => row >= rows[0] && row < rows[1] && c >= cols[0] && c < cols[1]);
        assert.equal(says, uses, `${name} ${i} ${j} into ${target} ${row} ${c}`);
      }
    }
  }
});

test("the formula of a cell holds its own numbers and comes to its value", () => {
  assert.equal(plainText(formula(tensors, { name: "q", i: 0, j: 0 })), "1.000·2.000 + 0.500·4.000 + (−2.000)·0.250 + 0.125 = 3.625");
  assert.equal(plainText(formula(tensors, { name: "scores", i: 0, j: 2 })), "10.88 / 2.000 = 5.438");
  assert.deepEqual(before(tensors, { name: "scores", i: 0, j: 2 }), { name: "dots", i: 0, j: 2 });
  assert.equal(plainText(formula(tensors, { name: "concat", i: 1, j: 2 })), "the same number of head 2 = 7.000");
  assert.deepEqual(formula(tensors, { name: "x", i: 0, j: 0 }), []);
});

test("a long sum keeps its largest terms, and the rest makes it add up", () => {
  const terms = [0.1, -5, 0.2, 3, 0.3, 0.4, 2];
  const { shown, rest, left } = largest(terms);
  assert.deepEqual(shown.map(({ value }) => value), [-5, 3, 2]);
  assert.equal(left, 4);
  assert.ok(Math.abs(shown.reduce((sum, { value }) => sum + value, rest) - terms.reduce((a, b) => a + b)) < 1e-12);
  assert.equal(largest([1, 2, 3, 4]).left, 0); // "1 more" would be no shorter
});

test("numbers have three or four digits, at any size", () => {
  assert.deepEqual([0, 12345.6, 99.97, 9.996, 0.4, -0.0712, 0.00814, 0.00012, -3e-12, -Infinity, NaN].map(digits),
    ["0", "12346", "100.0", "10.00", "0.400", "−0.0712", "0.00814", "1.20·10⁻⁴", "−3.00·10⁻¹²", "−∞", "NaN"]);
});

test("the script asks for the cell in focus, as Python writes it", () => {
  assert.equal(cellCode(tensors.q, 3, 7), 'trace["a.q"][0, 1, 3, 7]');
  assert.equal(script("print(CELL)", tensors.root_k, 0, 0), "print(4 ** 0.5)");
  assert.equal(script("print(CELL)", tensors.k, 0, 0), "");
  assert.equal(cellCode({ code: 'f("w").T[{i}, 4:8]', source: "w", cols: "head" }, 2, 1), 'f("w").T[2, 4:8][1]');
  assert.equal(address(tensors.q, 3, 7), "a.q[0, 1, 3, 7]");
});

const steps = { queries: { name: "queries", made: ["q"] }, dots: { name: "dots", made: ["dots"] }, scale: { name: "scale", made: ["scores"] }, concat: { name: "concat", made: ["concat"] } };

test("a step shows what it uses and makes, inside the width, and each point is one cell", () => {
  assert.deepEqual(shownIn(steps.queries, tensors), ["x", "w", "b", "q"]);
  for (const width of [354, 1000]) for (const step of Object.values(steps)) {
    const { figures } = arrange(step, tensors, 1, width);
    for (const figure of figures) {
      const { shape } = tensors[figure.name], [wide, high] = extent(figure, shape);
      assert.ok(wide <= width && high > 0, `${step.name} ${figure.name} ${wide}`);
      const cell = cellAt(figure, shape, wide - 0.01, high - 0.01);
      assert.deepEqual([cell.i, cell.j], [figure.from + figure.count - 1, shape[1] - 1]);
      const [x, y, w, h] = box(figure, [cell.i, cell.i + 1], [cell.j, cell.j + 1]);
      assert.ok(Math.abs(x + w - wide) < 1e-6 && Math.abs(y + h - high) < 1e-6);
      assert.equal(cellAt(figure, shape, wide + 0.1, 0), null);
    }
  }
});

test("a figure of one piece shows its row alone; what lies outside has no box", () => {
  const q = arrange(steps.queries, tensors, 1, 600).figures.find(({ name }) => name === "q");
  assert.deepEqual([q.from, q.count], [1, 1]);
  assert.equal(box(q, [0, 1], [0, 1]), null);
});
