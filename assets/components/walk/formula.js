// The formula of a cell with its own numbers in it, as parts: plain strings, and { number, tensor } in the hue of a tensor.
import { numbersOf, touched, valueAt } from "./uses.js";

const MOST = 3; // terms of a long sum that are written out; all others are one number, so that it still adds up

/** A number as a person reads it, to three or four digits, with a true minus sign. */
export function digits(value) {
  if (Number.isNaN(value)) return "NaN";
  const size = Math.abs(value), sign = value < 0 ? "−" : "";
  if (size === Infinity) return `${sign}∞`;
  if (size === 0) return "0";
  if (size < 0.000995 || size >= 1e6) {
    const [head, power] = size.toExponential(2).split("e");
    return `${sign}${head}·10${[...power.replace("+", "")].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻").join("")}`;
  }
  if (size >= 1000) return sign + size.toFixed(0);
  if (size >= 0.0995) return sign + size.toFixed(size >= 99.95 ? 1 : size >= 9.995 ? 2 : 3);
  return sign + size.toFixed(size >= 0.00995 ? 4 : 5);
}

/** A number inside a formula: a negative one in brackets. */
const inside = (value, tensor) => ({ number: value < 0 ? `(${digits(value)})` : digits(value), tensor, value });

/** Terms, largest first, and what the others come to: [{ at, value }], rest, count of the rest. */
export function largest(terms, most = MOST) {
  const order = terms.map((value, at) => ({ at, value })).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const few = terms.length <= most + 1 ? order.length : most;
  return { shown: order.slice(0, few), rest: order.slice(few).reduce((sum, term) => sum + term.value, 0), left: terms.length - few };
}

function sum(terms, write) {
  const { shown, rest, left } = largest(terms);
  const parts = shown.flatMap((term, n) => [...(n ? [" + "] : []), ...write(term.at)]);
  return left ? [...parts, " + ", { number: rest < 0 ? `(${digits(rest)})` : digits(rest), value: rest }, { quiet: ` from ${left} more` }] : parts;
}

const WRITE = {
  dot([a, b, bias], [u, v, w]) {
    const parts = sum(a.map((x, n) => x * b[n]), (n) => [inside(a[n], u), "·", inside(b[n], v)]);
    return bias ? [...parts, " + ", inside(bias[0], w)] : parts;
  },
  add: ([a, b], [u, v]) => [inside(a[0], u), " + ", inside(b[0], v)],
  times: ([a, b], [u, v]) => [inside(a[0], u), " · ", inside(b[0], v)],
  over: ([a, b], [u, v]) => [inside(a[0], u), " / ", inside(b[0], v)],
  mean: ([row], [u]) => ["(", ...sum(row, (n) => [inside(row[n], u)]), `) / ${row.length}`],
  deviation: ([row, mean], [u, v]) =>
    ["√((", ...sum(row.map((x) => (x - mean[0]) ** 2), (n) => [...minus(row[n], mean[0], u, v), "²"]), `) / ${row.length} + 10⁻⁵)`],
  normalise: ([x, mean, deviation, gain, bias], [u, m, d, g, b]) =>
    [...minus(x[0], mean[0], u, m), " / ", inside(deviation[0], d), " · ", inside(gain[0], g), " + ", inside(bias[0], b)],
  mask: ([score, allowed], [u]) => (allowed[0] ? ["may look: ", inside(score[0], u)] : ["may not look"]),
  largest: ([row]) => [`the largest of ${row.filter((x) => x !== -Infinity).length}`],
  exp: ([score, most], [u, v]) => ["exp", ...minus(score[0], most[0], u, v)],
  total: ([row], [u]) => sum(row, (n) => [inside(row[n], u)]),
  place: (heads, names) => [`the same number of ${names[heads.findIndex((cells) => cells.length)].replace("_", " ")}`],
};

const minus = (x, y, u, v) => ["(", { ...inside(x, u), number: digits(x) }, " − ", inside(y, v), ")"];

/** The formula of a cell, ending in its value; [] for a number that the walk starts from. */
export function formula(tensors, { name, i, j }) {
  const { rule, uses } = tensors[name];
  if (!rule) return [];
  const cells = uses.map((use) => numbersOf(tensors, touched(use, tensors[use[0]].shape, i, j)));
  return [...WRITE[rule](cells, uses.map(([tensor]) => tensor)), " = ", inside(valueAt(tensors[name], i, j), name)]
    .map((part, n, all) => (n === all.length - 1 ? { ...part, number: digits(part.value) } : part));
}

/** The first number of a formula that is itself one made number, as a cell: what is told in the second line. */
export function before(tensors, { name, i, j }) {
  for (const use of tensors[name].uses) {
    const { tensor, rows, cols } = touched(use, tensors[use[0]].shape, i, j);
    if (rows[1] - rows[0] === 1 && cols[1] - cols[0] === 1 && tensors[tensor].rule) return { name: tensor, i: rows[0], j: cols[0] };
  }
  return null;
}

/** The script that finds the number again: Python's text with the cell's own expression in it; "" where there is none. */
export const script = (text, tensor, i, j) => (tensor.code ? text.replace("CELL", () => cellCode(tensor, i, j)) : "");

/** Python for one number, as Cells.cell_code in transformer/analysis/dependencies.py makes it. */
export function cellCode({ code, cols, source }, i, j) {
  const row = code.replaceAll("{i}", i);
  if (cols === "one") return row;
  return code.startsWith(`trace["${source}"]`) ? `${row.slice(0, -1)}, ${j}]` : `${row}[${j}]`;
}

/** Where a number lies: name of the tap and index in it, or what it is where it has no tap. */
export function address(tensor, i, j) {
  const { source, code } = tensor;
  if (!source) return "made between two taps";
  return code.startsWith(`trace["${source}"]`) ? source + cellCode(tensor, i, j).slice(`trace["${source}"]`.length) : source;
}
