// The cells of the additions: [piece, row, place of the dimension], from 0. Pure functions.
import { placeIn } from "../shared/address.js";
import { clamp } from "../shared/numbers.js";

const ROWS = 4; // embedding, scaled, position, sum

/** What a number is made from, among the numbers on show. */
export const madeFrom = ([piece, row, at]) => ({ 1: [[piece, 0, at]], 3: [[piece, 1, at], [piece, 2, at]] })[row] ?? [];

/** The cell that a key leads to; undefined for a key that leads nowhere. */
export function ledFrom(cell, key, { pieces, count }) {
  const last = pieces.length * ROWS - 1;
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], PageUp: [-ROWS, 0], PageDown: [ROWS, 0], Home: [0, -count], End: [0, count] }[key];
  if (!step) return undefined;
  if (!cell) return [0, 0, 0];
  const row = clamp(0, cell[0] * ROWS + cell[1] + step[0], last);
  return [Math.floor(row / ROWS), row % ROWS, clamp(0, cell[2] + step[1], count - 1)];
}

/** What an address says of a number, null where it says nothing. */
export const cellText = ({ piece, row, dim }) => (piece === undefined ? null : { piece: String(piece), row: String(row), dim: String(dim) });

/** The cell of a number in words of an address, where it is on show. */
export function cellIn({ piece, row, dim }, { pieces, start, count }) {
  const found = [placeIn(piece, pieces.length), placeIn(row, ROWS), /^\d{1,5}$/.test(dim) ? Number(dim) - start : -1];
  return found[0] !== null && found[1] !== null && found[2] >= 0 && found[2] < count ? found : null;
}
