// What a person takes away: the picture as it is seen, the numbers in it, and the one under the cursor as five lines of Python.
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";
import { Vector } from "../shared/vector.js";
import { shown } from "./describe.js";
import { paintOn } from "./draw_detail.js";
import { cellInMind, expression } from "./expression.js";
import { KINDS } from "../shared/kinds.js";
import { note, subjectName } from "./settings.js";

export function listenToSaving(view) {
  offerToSave(view.part.save, view.listeners, () => fileName(view), [
    ["png", "Picture of all this", "PNG, as it is seen", () => png(view)],
    ["svg", "Picture of this head", "SVG, lines and letters", () => svg(view)],
    ["csv", "Numbers of this head", "CSV, as they are shown", () => csv(view.subject, about(view))],
    ["python", "A number in Python", "the cell pointed at last, in five lines", () => python(view)],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

/** Where the numbers come from, in one line. */
export function about(view) {
  const { header, part } = view;
  return [header.provenance, part.tensor.textContent, part.dims.textContent, subjectName(view), note(view)].filter(Boolean).join(" · ");
}

const fileName = ({ choice: { kind, layer, head }, settings: { mean } }) =>
  `attention-${kind}-${mean === "head" ? `layer${layer + 1}-head${head + 1}` : mean === "layer" ? `layer${layer + 1}-mean` : "mean"}`;

/** A line a cell: row, column, number; what is masked or left out has none. */
export function csv({ rows, cols, w, strong, causal }, origin) {
  const cells = rows.flatMap((from, i) => cols.map((to, j) => [i, j, from, to])).filter(([i, j]) => !(causal && j > i) && strong(i, j));
  return csvOf(origin, ["row", "row_token", "column", "column_token", "weight"], cells.map(([i, j, from, to]) => [i, shown(from), j, shown(to), fewDigits(w(i, j))]));
}

function python(view) {
  const code = expression(view, ...cellInMind({ ...view.subject, pointed: view.told }));
  return code ? view.header.script.replace("CELL", () => code) : { sorry: "These numbers are made after the pass: show weights, with [SOS] and [EOS], to find one in it." };
}

function svg(view) {
  const { layout: { width, height }, theme, part } = view;
  const pen = new Vector(width, height, part.detail.getContext("2d"));
  paintOn(view, pen, view.subject);
  return pen.svg(theme.css(theme.paper), `${KINDS[view.choice.kind].title} attention. ${subjectName(view)}`, about(view));
}

/** All heads and the one in detail beside each other, on the page's paper, with the line that says what it is. */
function png(view) {
  const { part: { thumbs, detail }, theme } = view;
  const ratio = devicePixelRatio || 1, gap = 32 * ratio, line = 40 * ratio;
  const canvas = new OffscreenCanvas(thumbs.width + gap + detail.width + 2 * gap, Math.max(thumbs.height, detail.height) + 2 * gap + line);
  const pen = canvas.getContext("2d");
  pen.fillStyle = theme.css(theme.paper);
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(thumbs, gap, gap);
  pen.drawImage(detail, 2 * gap + thumbs.width, gap);
  pen.fillStyle = theme.css(theme.ink, 0.7);
  pen.font = `${12 * ratio}px ${theme.font}`;
  pen.fillText(about(view), gap, canvas.height - gap / 2, canvas.width - 2 * gap);
  return canvas.convertToBlob({ type: "image/png" });
}

