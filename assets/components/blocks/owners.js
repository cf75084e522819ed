// Whose features are whose, and what is said of them. Heads count from 0, null is all of them. Pure functions.
import { clamp } from "../shared/numbers.js";

export const MATRICES = {
  w_q: { name: "W_Q", makes: "queries" },
  w_k: { name: "W_K", makes: "keys" },
  w_v: { name: "W_V", makes: "values" },
  w_o: { name: "W_O", makes: "" },
};

/** The head that owns a cell of a matrix: its row says whose feature is made, in W_O its column whose is read. */
export const ownerOf = (matrix, row, column, { cells, heads }) => Math.floor((matrix === "w_o" ? column : row) / (cells / heads));

/** The features of a head, counted from 1: "65–128". */
export const featuresOf = (head, { width, heads }) => `${(head * width) / heads + 1}–${((head + 1) * width) / heads}`;

/** The choice that an arrow leads to: all heads, then each of them; undefined for another key. */
export function ledTo(head, key, heads) {
  const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -99, End: 99 }[key];
  if (!step) return undefined;
  const to = clamp(0, (head === null ? 0 : head + 1) + step, heads);
  return to ? to - 1 : null;
}

/** A head, or all, in words. */
export function toldHead(header, head) {
  const { heads, width } = header, d_k = width / heads;
  if (head === null) return `${width} features in ${heads} run${heads > 1 ? "s" : ""} of ${d_k}. No matrix has an empty block: each head reads all ${width} features of its input.`;
  const own = featuresOf(head, header);
  return `Head ${head + 1} owns features ${own}: rows ${own} of W_Q, W_K and W_V make them, from all ${width} of the input; columns ${own} of W_O read what it found, and write to all ${width}.`;
}

/** A square of a matrix in words; `step` is how many weights a side of it has. */
export const toldWeight = (where, value, step) => `${where}: ${value.toPrecision(3)}, ${step > 1 ? `the root mean square of its ${step} × ${step} weights` : "the size of this weight"}.`;

/** A weight of a map in words; `whole` is the one of the single head that compares all features. */
export function toldPair({ rows, columns, width }, head, [row, column], value, whole) {
  const looks = `“${rows[row]}” looks at “${columns[column]}”`, one = `one head of all ${width} features: ${whole.toFixed(3)}`;
  return head === null ? `${looks}, ${one}.` : `${looks}, head ${head + 1}: ${value.toFixed(3)}; ${one}.`;
}

/** How many pieces a row spreads over, as a mean over the rows: 2 to the power of its entropy in bits. */
export function spread(values, rows, columns) {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    let bits = 0;
    for (let column = 0; column < columns; column++) {
      const weight = values[row * columns + column];
      if (weight > 0) bits -= weight * Math.log2(weight);
    }
    sum += 2 ** bits;
  }
  return sum / rows;
}
