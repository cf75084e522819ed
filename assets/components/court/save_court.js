// What a person takes away from the court: the table as it is seen, its numbers, and one of them as five lines of Python.
import { pieceText } from "../shared/grid.js";
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";

export function saveCourt(view) {
  const { court, line } = view.part, about = () => `${view.header.provenance} · ${line.textContent}`;
  offerToSave(view.part.save, view.listeners, () => `why-${view.header.prefix}-${view.header.hide}`, [
    ["png", "Picture of this table", "PNG, as it is seen", () => pngOf(court)],
    ["svg", "Picture of this table", "SVG, boxes and letters", () => svgOf(court, "What each method says", about())],
    ["csv", "Numbers of this table", "CSV, scores and ranks", () => csvOfScores(view, view.header.provenance)],
    ["python", "A number in Python", "the cell pointed at last, in five lines", () => inPython(view)],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

const inPython = ({ header, cell: [row, column] }) => header.script.replace("METHOD", row).replace("CELL", column);

/** A line a score; the rank is that in the order of hiding, empty where a piece is never hidden. */
export function csvOfScores({ header: { rows, labels, src }, scores, ranks }, about) {
  const lines = rows.flatMap(({ name, unit }, row) => labels.map((label, column) => {
    const place = row * labels.length + column;
    return [name, unit, column < src ? "source" : "written before", column < src ? column : column - src, pieceText(label), fewDigits(scores.values[place], 7), ranks.values[place] || ""];
  }));
  return csvOf(about, ["method", "unit", "side", "place", "piece", "score", "rank"], lines);
}
