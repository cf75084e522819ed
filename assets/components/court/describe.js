// Numbers of the table in words.
import { pieceText } from "../shared/grid.js";
import { threeDigits } from "../shared/numbers.js";

/** A score with three digits that say something. */
export const number = (value, withSign) => (Number.isNaN(value) ? "never hidden" : threeDigits(value, withSign ? "+" : ""));

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
