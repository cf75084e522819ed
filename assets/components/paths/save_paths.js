// What a person takes away from the paths: the picture as it is seen, and every place in it.
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";
import { paintPaths } from "./draw_paths.js";

export function savePaths(view) {
  const { paths } = view.part, about = () => `${view.header.provenance} · at ${view.header.stops[view.at]}`;
  const paint = (canvas, pen, width, height) => paintPaths(view, pen, width, height);
  offerToSave(view.part.save, view.listeners, () => view.header.file, [
    ["png", "Picture of these paths", "PNG, as it is seen", () => pngOf(paths, paint)],
    ["svg", "Picture of these paths", "SVG, lines and letters", () => svgOf(paths, view.header.title, about(), paint)],
    ["csv", "Numbers of these paths", "CSV, places and nearest words", () => csvOfPaths(view)],
    ["python", "This vector again", "five lines of Python, into the clipboard", () => scriptOf(view)],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

/** The Python that finds the vector of the path in mind at this stop again. */
export function scriptOf({ header: { scripts }, at, lock, focus }) {
  if (!scripts.length) return { sorry: "The states of both languages are traced on the attention page: take its script." };
  const script = scripts[lock ?? focus], cut = script.lastIndexOf("CELL"); // a sentence may hold this word as well
  return `${script.slice(0, cut)}${at}${script.slice(cut + 4)}`;
}

/** A line for each stop of each path: where it lies in the plane, and the nearest word with its cosine. */
export function csvOfPaths({ header: { provenance, labels, stops, tensors, sides, near }, points }) {
  const lines = labels.flatMap((label, path) => stops.map((stop, at) => {
    const place = 2 * (path * stops.length + at), [word, cosine] = near[path][at][0];
    return [label, stop, tensors[sides[path]][at], fewDigits(points[place], 7), fewDigits(points[place + 1], 7), word, cosine];
  }));
  return csvOf(provenance, ["path", "stop", "tensor", "x", "y", "nearest_word", "cosine"], lines);
}
