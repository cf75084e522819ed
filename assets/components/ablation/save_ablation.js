// What a person takes away from the table of heads: the picture, its numbers, and one of them as five lines of Python.
import { KINDS } from "../shared/kinds.js";
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";

export function saveAblation(view) {
  const { ablation } = view.part;
  offerToSave(view.part.save, view.listeners, () => "what-each-head-is-worth", [
    ["png", "Picture of this table", "PNG, as it is seen", () => pngOf(ablation)],
    ["svg", "Picture of this table", "SVG, boxes and letters", () => svgOf(ablation, "What each head is worth", view.part.model.textContent)],
    ["csv", "Numbers of this table", "CSV, every measure", () => csvOfHeads(view)],
    ["python", "A number in Python", "the head pointed at last, in five lines", () => inPython(view)],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

/** The measure on this sentence can be taken again by a script; that on held-out text takes minutes, and `trainer derive`. */
function inPython({ header, measure, told: { kind, layer, head } }) {
  if (measure) return { sorry: "This table was measured when the model was exported: python -m trainer derive takes it again." };
  return header.script.replace("CELL", `("${kind}", ${layer + 1}, ${head + 1})`);
}

/** A line a head and measure. */
export function csvOfHeads({ header, arrays }) {
  const lines = header.measures.flatMap(({ name, unit }, at) => Object.keys(KINDS).flatMap((kind) => {
    const { shape: [, heads], values } = arrays[`${kind}${at}`];
    return [...values].map((nats, place) => [name, unit, kind, Math.floor(place / heads) + 1, (place % heads) + 1, fewDigits(nats, 7)]);
  }));
  return csvOf(`${header.provenance} · lost without each head`, ["measure", "unit", "kind", "layer", "head", "lost"], lines);
}
