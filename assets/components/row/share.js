// What a bar that is dragged leaves for the others. Pure.
import { clamp } from "../shared/numbers.js";

/** `weights` with the one at `place` set to `value`; the others keep their proportions (equal ones where all were 0),
 * and all of them sum to 1. A row of one weight is 1. */
export function shared(weights, place, value) {
  if (weights.length < 2) return [1];
  const set = clamp(0, value, 1);
  const others = weights.reduce((sum, weight, at) => (at === place ? sum : sum + weight), 0);
  return weights.map((weight, at) => (at === place ? set : (1 - set) * (others > 1e-9 ? weight / others : 1 / (weights.length - 1))));
}

/** Weights as they go into a link: four digits are enough, Python brings them to a sum of 1. */
export const rounded = (weights) => weights.map((weight) => Number(weight.toFixed(4)));

/** The weights of a row that may be written: in a causal head those up to its own place. */
export const rowOf = (values, columns, row, causal) => [...values.subarray(row * columns, row * columns + (causal ? row + 1 : columns))];
