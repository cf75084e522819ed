// The numbers of a step, put for reading.
import { unpack } from "../shared/blob.js";
import { clamp } from "../shared/numbers.js";

/** A blob of the step view: its header, its arrays, how many steps it has and how many of the likeliest pieces each. */
export function readSteps(bytes) {
  const { header, arrays } = unpack(bytes, "uint32", "float32");
  const values = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.values]));
  return { header, arrays: values, steps: arrays.taken.shape[0], most: arrays.top.shape[1] };
}

/** A probability as a person reads it: never 0 % or 100 % where it is not. */
export function percent(p) {
  if (p > 0 && p < 0.0001) return "< 0.01 %";
  if (p < 1 && p > 0.9999) return "> 99.99 %";
  return `${(100 * p).toFixed(p < 0.01 || p > 0.99 ? 2 : 1)} %`;
}

/** The rows of one step: {label, p, taken, rank}, best first, the piece taken even where it is not among them,
 * and at the end what is left for all the others ({rest: how many pieces}). */
export function rowsOf({ header, arrays, most }, step) {
  const rows = [];
  let left = 1;
  const taken = arrays.taken[step];
  for (let place = 0; place < most; place++) {
    const label = arrays.top[step * most + place];
    const p = arrays.topProbs[step * most + place];
    rows.push({ label, p, taken: label === taken, rank: place + 1 });
    left -= p;
  }
  if (!rows.some((row) => row.taken)) {
    const p = Math.exp(arrays.logProbs[step]);
    rows.push({ label: taken, p, taken: true, rank: arrays.ranks[step] });
    left -= p;
  }
  const rest = header.vocabulary - rows.length;
  if (rest > 0) rows.push({ rest, p: Math.max(0, left) });
  return rows;
}

/** A step that exists, nearest to the one asked for. */
export const within = (step, steps) => clamp(0, step, steps - 1);
