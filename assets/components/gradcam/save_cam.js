// What a person takes away: the pictures as they are seen, the maps of this method, and the same in Python.
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";
import { paintCam, paintScene, paintThumb } from "./draw_cam.js";

export function saveCam(view) {
  const look = () => view.header.looks[view.look], about = () => `${view.header.provenance} · ${look().method}${look().layer ? ` · layer ${look().layer}` : ""}`;
  const paint = (canvas, pen, width, height) => {
    const own = canvas === view.part.scene ? paintScene : canvas.dataset.query ? paintCam : paintThumb;
    own(view, canvas, pen, width, height);
  };
  offerToSave(view.part.save, view.listeners, () => `gradcam-${view.header.queries.map(({ name }) => name.replaceAll(" ", "-")).join("-")}`, [
    ["png", "Picture of these steps", "PNG, as it is seen", () => pngOf(view.part.gradcam, paint)],
    ["svg", "Picture of these steps", "SVG, lines and letters", () => svgOf(view.part.gradcam, "Which pixels", about(), paint)],
    ["csv", "Numbers of these maps", "CSV, a row for each cell", () => csvOf(about(), ["query", "row", "column", "map"], mapRows(view))],
    ["python", "The same in Python", "prints both maps, into the clipboard", () => view.header.script.replace("LOOK", view.look) || { sorry: "Your own picture is in this session alone: choose a scene." }],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

/** A row for each cell of both queries' maps. */
export function mapRows({ header, look, read }) {
  const [rows, columns] = header.looks[look].size;
  return header.queries.flatMap(({ name }, query) => Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return [name, row + 1, column + 1, fewDigits(read(look, "map", query, null, row, column))];
  }));
}
