// What a cell says and how strongly it is coloured. Pure.
import { KINDS } from "../shared/kinds.js";
import { clamp, signed } from "../shared/numbers.js";

/** The number of a cell: three figures at most, a true minus sign; "–" where the model made no number. */
export function figure(nats) {
  if (!Number.isFinite(nats)) return "–";
  const size = Math.abs(nats);
  if (size < 0.0005) return "0";
  return signed(nats, size < 0.0995 ? 3 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

/** Strength of a colour, −1 to 1: the square root, so that one large head does not pale all others. */
export const strength = (nats, largest) =>
  Number.isFinite(nats) && largest > 0 ? clamp(-1, Math.sign(nats) * Math.sqrt(Math.abs(nats) / largest), 1) : 0;

/** The largest size of a number in several tables. */
export const largestOf = (tables) => Math.max(0, ...tables.flatMap((values) => [...values]).map(Math.abs).filter(Number.isFinite));

/** A cell as a sentence. measure is { of, unit }; off is "zero", "mean" or undefined. */
export function sentence(kind, layer, head, nats, measure, off) {
  const place = `${KINDS[kind].title}, layer ${layer + 1}, head ${head + 1}`;
  const now = off ? `It is ${off === "mean" ? "at its mean" : "off"} now: click to switch it on.` : "Click to switch it off.";
  if (!Number.isFinite(nats)) return `${place}: the model gives no number here. ${now}`;
  if (figure(nats) === "0") return `${place}: without it ${measure.of} loses less than 0.0005 ${measure.unit}. ${now}`;
  const change = nats > 0 ? "loses" : "gains";
  return `${place}: without it ${measure.of} ${change} ${figure(Math.abs(nats))} ${measure.unit}. ${now}`;
}

/** Where an arrow leads from a cell of a layers x heads table; column −1 is the switch of the whole layer. */
export function step(key, { layer, head }, layers, heads) {
  const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  return move && { layer: clamp(0, layer + move[0], layers - 1), head: clamp(-1, head + move[1], heads - 1) };
}
