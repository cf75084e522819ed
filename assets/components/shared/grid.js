// Tables of coloured cells: a column for each piece of a text, and arrow keys that lead from cell to cell.
import { element } from "./dom.js";

export const pieceText = (parts) => parts.map(([text]) => text).join("");

/** A piece as the head of its column; what cannot be seen is drawn quietly. */
export function pieceHead(parts, column, className) {
  const cell = Object.assign(element("th", className), { scope: "col", title: pieceText(parts) }), name = element("bdi");
  for (const [text, quiet] of parts) name.append(quiet ? element("i", "", text) : text);
  cell.dataset.column = column;
  cell.append(name);
  return cell;
}

/** The largest size among values, whatever their signs. */
export const largestOf = (values) => values.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);

/** How strong a value is among those of its row: 0..1, by size and whatever its sign. */
export function strength(value, values) {
  const largest = largestOf(values);
  return largest && !Number.isNaN(value) ? Math.abs(value) / largest : 0;
}

/** The cell that a key leads to, or null where the key leads nowhere. */
export function moved([row, column], key, rows, columns) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -columns], End: [0, columns] };
  if (!steps[key]) return null;
  const within = (value, count) => Math.min(count - 1, Math.max(0, value));
  return [within(row + steps[key][0], rows), within(column + steps[key][1], columns)];
}

/** The one cell of a table that Tab leads to. */
export function reachable(table, [row, column]) {
  table.querySelectorAll('[tabindex="0"]').forEach((cell) => (cell.tabIndex = -1));
  const cell = table.querySelector(`[data-row="${row}"][data-column="${column}"]`);
  if (cell) cell.tabIndex = 0;
  return cell;
}
