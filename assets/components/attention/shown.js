// What is on show: the weights as they came, changed by what the person has set. Made once a setting, kept until the data change.
import { decodeHalves } from "../shared/blob.js";
import { KINDS } from "../shared/kinds.js";
import { joined, kept, mean, strongest, timesNorm, tops } from "./transform.js";

/** All weights of a kind as they came: { shape, values }, decoded once. */
export const raw = (view, kind) => (view.sets[kind] ??= { shape: view.arrays[kind].shape, values: decodeHalves(view.arrays[kind].values) });

export const byNorm = ({ settings, norms }, kind) => settings.measure === "norms" && kind in norms;

/** All heads of the chosen kind: { shape, values, rows, cols, causal, top, tops }, rows and cols being labels. */
export function shownHeads(view) {
  const { choice: { kind }, settings } = view;
  return (view.sets[[kind, settings.unit, settings.specials, byNorm(view, kind)].join()] ??= made(view, kind));
}

function made(view, kind) {
  const { unit, specials } = view.settings, norm = byNorm(view, kind);
  const axes = [axis(view, KINDS[kind].rows, unit, specials), axis(view, KINDS[kind].cols, unit, specials)];
  let set = raw(view, kind);
  if (norm) set = timesNorm(set, view.norms[kind].values);
  if (unit === "words") set = joined(set, axes[0].spans, axes[1].spans);
  if (!specials) set = kept(set, axes[0].places, axes[1].places, !norm);
  return scaled(set, axes[0].labels, axes[1].labels, KINDS[kind].causal, norm ? null : 1);
}

/** The tokens of a side in a unit: labels, and what the weights need in order to follow. */
function axis({ header }, side, unit, specials) {
  const { special, spans, words } = header.sides[side];
  const all = unit === "words" ? words : header[side];
  const isSpecial = (i) => special.includes(unit === "words" ? spans[i][0] : i);
  const others = [...all.keys()].filter((i) => !isSpecial(i));
  const places = specials || !others.length ? [...all.keys()] : others; // nothing else to see: show them
  return { spans, places, labels: places.map((i) => all[i]) };
}

/** `top` is where one colour scale for all ends: 1 for weights, the longest vector of all for norms. */
function scaled(set, rows, cols, causal, top) {
  const each = tops(set);
  return { ...set, rows, cols, causal, tops: each, top: top ?? Math.max(...each, 1e-6), flags: {} };
}

/** Which cells of a set are among those that hold the mass that was set. */
export function flagged(set, mass) {
  if (!(mass in set.flags)) set.flags = { [mass]: strongest(set, mass) };
  return set.flags[mass];
}

/** The set, and the place in it, of what the detail shows: a head, or a mean of heads. */
function subjectSet(view) {
  const all = shownHeads(view), { layer, head } = view.choice, { mean: which } = view.settings;
  if (which === "head") return { set: all, layer, head };
  const key = which === "layer" ? `mean of ${layer}` : "mean";
  const set = (all[key] ??= scaled(mean(all, which === "layer" ? layer : null), all.rows, all.cols, all.causal, all.top));
  return { set, layer: 0, head: 0 };
}

/** What the detail shows: its tokens, w(row, col), and whether a cell is among the strongest. */
export function current(view) {
  const { set, layer, head } = subjectSet(view), { rows, cols, causal, values } = set;
  const flags = flagged(set, view.settings.mass), number = layer * set.shape[1] + head;
  const start = number * rows.length * cols.length;
  const top = view.settings.scale === "own" ? set.tops[number] || 1 : set.top;
  return { set, layer, head, rows, cols, causal, top, norm: byNorm(view, view.choice.kind),
    w: (i, j) => values[start + i * cols.length + j], strong: (i, j) => flags[start + i * cols.length + j] === 1 };
}

/** What the cells on show add up to, row by row and column by column. */
export function sums({ rows, cols, w, strong }) {
  const shown = (i, j) => (strong(i, j) ? w(i, j) : 0);
  return { rows: rows.map((_, i) => cols.reduce((sum, _, j) => sum + shown(i, j), 0)), cols: cols.map((_, j) => rows.reduce((sum, _, i) => sum + shown(i, j), 0)) };
}
