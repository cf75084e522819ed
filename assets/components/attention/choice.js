// Which head is on show: what may be chosen, and who is ahead, the person or Python.
import { decodeHalves } from "../shared/blob.js";
import { KINDS } from "./kinds.js";

/** The choice nearest to `choice` that exists in `arrays`. */
export function validChoice(choice, arrays) {
  const kind = Object.hasOwn(arrays, choice?.kind) ? choice.kind : Object.keys(arrays)[0];
  const within = (n, size) => (Number.isInteger(n) && n >= 0 && n < size ? n : 0);
  const [layers, heads] = arrays[kind].shape;
  return { kind, layer: within(choice?.layer, layers), head: within(choice?.head, heads) };
}

/** Python's choice, unless the person is already further than Python had seen when it answered. */
export function reconcile(local, header) {
  const ahead = local.choice && (local.waiting || header.seen < local.sent);
  return ahead ? local.choice : header.choice;
}

/** The head on show: its tokens and w(row, col). */
export function current(view) {
  const { kind, layer, head } = view.choice;
  const [, heads, rows, cols] = view.arrays[kind].shape;
  const floats = decoded(view, kind);
  const start = (layer * heads + head) * rows * cols;
  return { rows: view.header[KINDS[kind].rows], cols: view.header[KINDS[kind].cols], causal: KINDS[kind].causal, w: (i, j) => floats[start + i * cols + j] };
}

/** All weights of a kind as float32, decoded once. */
export const decoded = (view, kind) => (view.floats[kind] ??= decodeHalves(view.arrays[kind].values));
