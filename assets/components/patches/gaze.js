// Tokens, heads and where they look. A token is 0, the class token, or 1 and more, a patch. Pure functions.
import { placeIn } from "../shared/address.js";
import { clamp } from "../shared/numbers.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -999], End: [0, 999] };

/** The token that a key leads to in a square of patches; undefined for another key. */
export function ledTo(token, key, across) {
  if (key === "Escape") return 0;
  const [down, right] = MOVES[key] ?? [];
  if (down === undefined) return undefined;
  if (!token) return 1;
  const [row, column] = [Math.floor((token - 1) / across), (token - 1) % across];
  return 1 + clamp(0, row + down, across - 1) * across + clamp(0, column + right, across - 1);
}

/** The head, { layer, head }, that a key leads to; undefined for another key. */
export function ledToHead({ layer, head }, key, layers, heads) {
  const [down, right] = MOVES[key] ?? [];
  if (down === undefined) return undefined;
  return { layer: clamp(0, layer + down, layers - 1), head: clamp(0, head + right, heads - 1) };
}

/** The weights of one token over all, the class token first. */
export function rowOf({ shape: [, heads, tokens], values }, layer, head, token) {
  const start = ((layer * heads + head) * tokens + token) * tokens;
  return values.subarray(start, start + tokens);
}

/** The patch below a point of a square picture with that side; null outside. */
export function patchAt(x, y, side, across) {
  const [column, row] = [Math.floor((x / side) * across), Math.floor((y / side) * across)];
  return column >= 0 && row >= 0 && column < across && row < across ? 1 + row * across + column : null;
}

export const nameOf = (token, across) => (token ? `patch ${token} (row ${Math.floor((token - 1) / across) + 1}, column ${((token - 1) % across) + 1})` : "the class token");

const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** Which tokens one looks at most, in words. */
export function toldMost(weights, token, across, most = 3) {
  const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, most);
  const named = order.map((at) => `${at === token ? "itself" : at ? `patch ${at}` : "the class token"} (${percent(weights[at])})`);
  const first = order.includes(0) ? "" : `; at the class token ${percent(weights[0])}`;
  return `${capital(nameOf(token, across))} looks most at ${named.join(", ")}${first}. At all alike would be ${percent(1 / weights.length)} each.`;
}

/** What is pointed at: a token, and whether it is hidden. */
export function toldToken(token, hidden, across) {
  if (!token) return "The class token: it shows no part of the picture, and reads what is in it from all patches.";
  const name = capital(nameOf(token, across));
  return hidden.has(token) ? `${name} is hidden: the model gets one learned vector in its place, and its position. Press it to show it again.` : `${name}: press it, or Enter, to hide it.`;
}

/** How well the hidden patches were painted. */
export function toldPaint(hidden, errors, tokens) {
  if (!hidden.size) return "Nothing is hidden, so nothing is painted: what you see is the picture itself.";
  const count = `${hidden.size} of ${tokens - 1} hidden.`;
  if (!errors.length) return `${count} With nothing to see, it paints what pictures usually have there.`;
  const [own, mean] = errors.map((error) => error.toFixed(4));
  return `${count} Squared error of the paint ${own}; of one flat colour, the mean of what is seen, ${mean}.`;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** The usual look is not told: the class token, the first head, every patch a token. */
export const gazeText = ({ token, layer, head, step }, tokens) => ({ ...(token && { patch: token }), ...(layer && { layer: layer + 1 }), ...(head && { head: head + 1 }), ...(step < tokens && { step }) });

/** What an address says of it; what is not there falls away. */
export function gazeFrom(said, { shape: [layers, heads, tokens] }) {
  const step = /^\d{1,4}$/.test(said.step ?? "") ? Math.min(Number(said.step), tokens) : tokens;
  const token = (placeIn(said.patch, tokens - 1) ?? -1) + 1;
  return { token, layer: placeIn(said.layer, layers) ?? 0, head: placeIn(said.head, heads) ?? 0, step };
}

/** The same gaze on a model of other sizes: what is not there falls back, and who saw all patches sees all. */
export const within = ({ token, layer, head, step }, before, [layers, heads, tokens]) => ({ token: token < tokens ? token : 0, layer: Math.min(layer, layers - 1), head: Math.min(head, heads - 1), step: step >= before ? tokens : Math.min(step, tokens) });

/** A row for each token that is looked at: layer, head, from, to, weight. */
export function gazeRows(attention, token, round) {
  const [layers, heads] = attention.shape, rows = [];
  for (let layer = 0; layer < layers; layer++) for (let head = 0; head < heads; head++) {
    rowOf(attention, layer, head, token).forEach((weight, to) => rows.push([layer + 1, head + 1, token, to, round(weight)]));
  }
  return rows;
}
