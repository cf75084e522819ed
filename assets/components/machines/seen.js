// Who may see whom, in words and as rows of a mask. A focus is { side: "text" | "target", place }: a piece of the text, which
// all three machines read, or one that the encoder-decoder wrote. Pure functions.
import { clamp } from "../shared/numbers.js";

export const shownPiece = (piece) => piece.map(([text]) => text).join("");

/** The row or column of a mask that a focus is: { row } or { col }; null where it is neither. */
export function lineOf(machine, mask, focus) {
  if (!focus) return null;
  const at = focus.side === "text" ? machine.places[focus.place] : focus.place;
  if (at === undefined) return null;
  return focus.side === mask.rows ? { row: at } : focus.side === mask.cols ? { col: at } : null;
}

/** The focus that a row of a mask is; null for [SOS] and [EOS] around the text, which are no piece of it. */
export function focusOf(machine, mask, row) {
  const place = mask.rows === "text" ? machine.places.indexOf(row) : row;
  return place < 0 || place >= machine.sides[mask.rows].length ? null : { side: mask.rows, place };
}

/** Whether a cell of a mask is in the line of a focus. */
export const inLine = (line, row, col) => line !== null && (line.row === row || line.col === col);

/** The pieces of the text that the piece at `place` may see in a machine, in the attention of the text to itself. */
export function seenFrom(machine, allowed, place) {
  const number = machine.masks.findIndex(({ rows, cols }) => rows === "text" && cols === "text");
  if (number < 0) return [];
  const columns = machine.sides.text.length, row = machine.places[place];
  return machine.places.flatMap((col, other) => (allowed[number][row * columns + col] ? [other] : []));
}

const listed = (names) => (names.length > 6 ? `${names.slice(0, 3).join(" ")} … ${names.slice(-2).join(" ")}` : names.join(" "));

/** What the focus may see in one machine, a sentence a mask. */
export function told(machine, allowed, focus) {
  return machine.masks.flatMap((mask, number) => {
    const line = lineOf(machine, mask, focus), [rows, cols] = [machine.sides[mask.rows], machine.sides[mask.cols]];
    if (!line) return focus?.side === "text" && mask.rows === "target" && mask.cols === "target" ? ["The decoder does not read the source itself."] : [];
    if (line.row !== undefined) {
      const free = cols.filter((_, col) => allowed[number][line.row * cols.length + col]);
      return [`${mask.title}: “${shownPiece(rows[line.row])}” may see ${free.length} of ${cols.length}: ${listed(free.map(shownPiece))}.`];
    }
    const from = rows.filter((_, row) => allowed[number][row * cols.length + line.col]).length;
    return [`${mask.title}: ${from === rows.length ? "each" : from} of the ${rows.length} rows may see “${shownPiece(cols[line.col])}”.`];
  }).join(" ");
}

/** The place that a key leads to in a row of `count` pieces; null for another key. */
export function ledTo(place, key, count, turned = 1) {
  const step = { ArrowRight: turned, ArrowLeft: -turned, Home: -Infinity, End: Infinity }[key];
  if (step === undefined || !count) return null;
  return clamp(0, place === null ? (step === Infinity ? count - 1 : 0) : place + step, count - 1);
}

/** What is hidden once the word of a piece is pressed: all of its pieces, or, where all are hidden, none of them. */
export function toggled(hidden, words, place) {
  const [first, end] = words.find(([from, to]) => from <= place && place < to), word = Array.from({ length: end - first }, (_, at) => first + at);
  const others = hidden.filter((one) => one < first || one >= end);
  return word.every((one) => hidden.includes(one)) ? others : [...others, ...word].sort((a, b) => a - b);
}

/** A share as a person reads it. */
export const percent = (share) => (share >= 0.0995 ? `${Math.round(100 * share)} %` : share >= 0.0005 ? `${(100 * share).toFixed(1)} %` : "< 0.1 %");
