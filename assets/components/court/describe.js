// Numbers of the table in words.
import { signed } from "../shared/numbers.js";

export const pieceText = (parts) => parts.map(([text]) => text).join("");

/** How strong a value is among those of its row: 0..1, by size and whatever its sign. */
export function strength(value, values) {
  const largest = values.reduce((most, v) => (Math.abs(v) > most ? Math.abs(v) : most), 0);
  return largest && !Number.isNaN(value) ? Math.abs(value) / largest : 0;
}

/** A score with three digits that say something; never 0 where it is not. */
export function number(value, withSign) {
  if (Number.isNaN(value)) return "never hidden";
  const size = Math.abs(value);
  if (size > 0 && size < 0.001) return `${value < 0 ? "−" : withSign ? "+" : ""}${size.toExponential(1).replace("-", "−")}`;
  return signed(value, 3, withSign ? "+" : "");
}

const nth = (rank) => (rank ? `, named ${["first", "second", "third"][rank - 1] ?? `${rank}th`}` : "");

/** "relevance · source piece red: 0.312 relevance, named first". */
export function describeCell({ header, scores, ranks }, row, column) {
  const { name, unit, signed: withSign } = header.rows[row];
  const place = row * header.labels.length + column;
  const side = column < header.src ? "source" : "written before";
  const value = scores.values[place];
  const told = Number.isNaN(value) ? "never hidden" : `${number(value, withSign)} ${unit}`;
  return `${name} · ${side} · ${pieceText(header.labels[column])}: ${told}${nth(ranks.values[place])}`;
}

/** All methods on one piece. */
export function describeColumn({ header, scores }, column) {
  const told = header.rows.map(({ name, signed: withSign }, row) => `${name} ${number(scores.values[row * header.labels.length + column], withSign)}`);
  return `${pieceText(header.labels[column])}: ${told.join(" · ")}`;
}

/** The cell that a key leads to, or null where the key leads nowhere. */
export function moved([row, column], key, rows, columns) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -columns], End: [0, columns] };
  if (!steps[key]) return null;
  const within = (value, count) => Math.min(count - 1, Math.max(0, value));
  return [within(row + steps[key][0], rows), within(column + steps[key][1], columns)];
}
