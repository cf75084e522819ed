// What a person takes away from the walk: the step as it is seen, and the numbers in it.
import { shown } from "../attention/describe.js";
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";
import { paintFigureWith } from "./paint_figure.js";
import { shownIn } from "./places.js";
import { valueAt } from "./uses.js";

export function saveWalk(view) {
  const { walk } = view.part;
  offerToSave(view.part.save, view.listeners, () => nameOfStep(view), [
    ["png", "Picture of this step", "PNG, as it is seen", () => pngOf(walk, paintWith(view))],
    ["svg", "Picture of this step", "SVG, lines and letters", () => svgOf(walk, nameOfStep(view), aboutStep(view), paintWith(view))],
    ["csv", "Numbers of this step", "CSV, all tensors on show", () => csvOfStep(view, aboutStep(view))],
    ["link", "Link to this step", "into the clipboard", () => location.href],
  ]);
}

const nameOfStep = ({ header: { kind, layer, head, steps }, step }) => `walk-${kind}-layer${layer + 1}-head${head + 1}-${steps[step].name}`;

const aboutStep = ({ header, step, row }) => `${header.provenance} · step ${step + 1} of ${header.steps.length}: ${header.steps[step].title} · for ${shown(header.pieces.query[row])}`;

const paintWith = (view) => (canvas, pen) => paintFigureWith(view, view.board.figures.find((figure) => figure.canvas === canvas), pen);

/** Every number on show, a line each, with the names of its row and column where they are pieces. */
export function csvOfStep({ header, tensors, step, row }, about) {
  const label = (axis, at) => (header.pieces[axis] ? shown(header.pieces[axis][at]) : "");
  const lines = shownIn(header.steps[step], tensors).flatMap((name) => {
    const { shape: [count, width], rows, cols } = tensors[name];
    const mine = rows === "query" ? [row] : Array.from({ length: count }, (_, i) => i);
    return mine.flatMap((i) => Array.from({ length: width }, (_, j) => [name, i, label(rows, i), j, label(cols, j), fewDigits(valueAt(tensors[name], i, j), 7)]));
  });
  return csvOf(about, ["tensor", "row", "row_token", "column", "column_token", "value"], lines);
}
