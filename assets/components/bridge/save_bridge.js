// What a person takes away from the bridge: the table as it is seen, its numbers, and one of them as five lines of Python.
import { pieceText } from "../shared/grid.js";
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";
import { cellOf } from "./told_bridge.js";

export function saveBridge(view) {
  const { bridge, line } = view.part, about = () => `${view.header.provenance} · ${line.textContent}`;
  offerToSave(view.part.save, view.listeners, () => "which-words", [
    ["png", "Picture of this table", "PNG, as it is seen", () => pngOf(bridge)],
    ["svg", "Picture of this table", "SVG, boxes and letters", () => svgOf(bridge, "Which words", about())],
    ["csv", "Numbers of this table", "CSV, a row a head and piece", () => csvOf(view.header.provenance, ["head", "piece", "weight", "derivative", "product"], bridgeRows(view))],
    ["python", "A number in Python", "the cell pointed at last, in five lines", () => view.header.script.replace("CELL", cellOf(view, view.shown))],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

/** A row for each head and piece: weight, derivative and product. */
export function bridgeRows({ header: { heads, labels }, numbers }) {
  return Array.from({ length: heads }, (_, head) => labels.map((label, column) => {
    const values = [0, 1, 2].map((part) => fewDigits(numbers[(part * heads + head) * labels.length + column], 7));
    return [head + 1, pieceText(label), ...values];
  })).flat();
}
