// What a person takes away from the map: the picture as it is seen, and where every piece lies.
import { pngOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";

export function saveMap(view) {
  const stage = view.root.querySelector(".stage");
  offerToSave(view.root.querySelector(".save"), view.listeners, () => "map-of-the-vocabulary", [
    ["png", "Picture of this map", "PNG, as it is seen", () => pngOf(stage)],
    ["csv", "Numbers of this map", "CSV, the place of every piece", () => csvOfMap(view)],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

/** A line a piece: its integer, its label and where it lies. */
export const csvOfMap = ({ header: { title, labels }, points }) =>
  csvOf(title, ["id", "piece", "x", "y"], labels.map((label, number) => [number, label, fewDigits(points[2 * number], 7), fewDigits(points[2 * number + 1], 7)]));
