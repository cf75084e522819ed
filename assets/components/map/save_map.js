// What a person takes away from the map: the picture as it is seen, and where every piece lies.
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";
import { paintMap } from "./draw.js";

export function saveMap(view) {
  const stage = view.root.querySelector(".stage"), paint = (canvas, pen, width, height) => paintMap(view, pen, width, height);
  const about = () => `${view.header.title} · nearest to ${view.header.labels[view.chosen]} by ${view.header.measure}`;
  offerToSave(view.root.querySelector(".save"), view.listeners, () => "map-of-the-vocabulary", [
    ["png", "Picture of this map", "PNG, as it is seen", () => pngOf(stage)],
    ["svg", "Picture of this map", "SVG, dots and letters", () => svgOf(stage, view.header.title, about(), paint)],
    ["csv", "Numbers of this map", "CSV, the place of every piece", () => csvOfMap(view)],
    ["python", "The nearest pieces again", "five lines of Python, into the clipboard", () => view.header.script],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

/** A line a piece: its integer, its label and where it lies; how often it was seen and whether the lasso holds it, where that is
 * known. */
export function csvOfMap({ header: { title, labels, counted }, points, counts, inside }) {
  const about = counts ? `${title} · seen in ${counted}` : title;
  const columns = ["id", "piece", "x", "y", ...(counts ? ["seen"] : []), ...(inside ? ["inside"] : [])];
  return csvOf(about, columns, labels.map((label, n) => [n, label, fewDigits(points[2 * n], 7), fewDigits(points[2 * n + 1], 7), ...(counts ? [counts[n]] : []), ...(inside ? [inside[n]] : [])]));
}
