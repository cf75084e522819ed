// What a person takes away from the merges.
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, offerToSave } from "../shared/save.js";
import { mergeRows, piecesText } from "./replay.js";

export function saveMerges(view) {
  const counted = ({ header: { provenance, counted } }) => (counted ? `${provenance} · seen: counted on ${counted} alone` : provenance);
  const { merges, says } = view.part, about = () => `${view.header.provenance} · ${piecesText(view.word.label)} · ${says.textContent}`;
  offerToSave(view.part.save, view.listeners, () => `merges-${view.chosen + 1}-${view.count}`, [
    ["png", "Picture of these steps", "PNG, as it is seen", () => pngOf(merges)],
    ["svg", "Picture of these steps", "SVG, boxes and letters", () => svgOf(merges, "From text to integers", about())],
    ["csv", "All merges of the text", "CSV, a line a merge", () => csvOf(counted(view), ["word", "step", "rank", "left", "right", "becomes", "seen"], linesOf(view.header))],
    ["link", "Link to this step", "into the clipboard", () => location.href],
  ]);
}

/** Of all words, in the order of the text. */
export const linesOf = ({ words }) => words.flatMap((word) => mergeRows(word).map(([step, rank, left, right, made, seen]) => [piecesText(word.label), step, rank, left, right, made, seen ?? ""]));
