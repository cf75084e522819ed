// What a person takes away: the picture as it is seen, the weights of all maps, and one of them in Python.
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";
import { paintCanvas } from "./draw_blocks.js";

export function saveBlocks(view) {
  const { blocks } = view.part, paint = (canvas, pen, width, height) => paintCanvas(view, canvas, pen, width, height);
  offerToSave(view.part.save, view.listeners, () => view.header.file, [
    ["png", "Picture of these heads", "PNG, as it is seen", () => pngOf(blocks, paint)],
    ["svg", "Picture of these heads", "SVG, squares and letters", () => svgOf(blocks, "A width cut into heads", view.header.provenance, paint)],
    ["csv", "Numbers of these maps", "CSV, one head and all heads", () => csvOfMaps(view)],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

/** A line for each pair of pieces: the weight of the one head, then that of each head. */
export function csvOfMaps({ header: { provenance, rows, columns, heads }, values }) {
  const size = rows.length * columns.length, names = Array.from({ length: heads }, (_, head) => `head_${head + 1}`);
  const lines = rows.flatMap((row, i) => columns.map((column, j) => {
    const at = i * columns.length + j;
    return [i + 1, row, j + 1, column, fewDigits(values.one[at]), ...names.map((_, head) => fewDigits(values.maps[head * size + at]))];
  }));
  return csvOf(provenance, ["row", "looking", "column", "looked_at", "one_head", ...names], lines);
}
