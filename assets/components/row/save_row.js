// What a person takes away from a row of attention: its bars and its numbers.
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";

export function saveRow(view) {
  const { row } = view.part, about = () => [view.header.provenance, view.header.tensor, view.part.dims.textContent].join(" · ");
  offerToSave(view.part.save, view.listeners, () => `row-${view.row + 1}-${view.header.kind}-layer${view.header.layer}-head${view.header.head}`, [
    ["png", "Picture of this row", "PNG, as it is seen", () => pngOf(row, bars(view))],
    ["svg", "Picture of this row", "SVG, bars and letters", () => svgOf(row, view.part.title.textContent, about(), bars(view))],
    ["csv", "Numbers of this row", "CSV", () => csvOfRow(view, about())],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

/** A bar that can be dragged, drawn as a bar. */
const bars = (view) => (input, pen, width, height) => {
  const { color } = getComputedStyle(input), hue = getComputedStyle(view.part.row).getPropertyValue("--hue").trim();
  for (const [colour, share, alpha] of [[color, 1, 0.08], [hue, view.weights[input.dataset.place], 1]]) {
    Object.assign(pen, { fillStyle: colour, globalAlpha: alpha });
    pen.fillRect(0, 0, width * share, height);
  }
};

export function csvOfRow({ header, weights }, about) {
  const lines = weights.map((weight, at) => [at, header.columns[at].map(([text]) => text).join(""), fewDigits(weight, 7)]);
  return csvOf(about, ["column", "column_token", "weight"], lines);
}
