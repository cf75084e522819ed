// What a person takes away: the picture as it is seen, every guess with its probability, the filling in Python.
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";
import { paintMask } from "./draw_masks.js";
import { shownPiece } from "./seen.js";

export function saveMachines(view) {
  const { machines, save } = view.part, about = () => Object.values(view.header.machines).map(({ stand }) => stand).filter(Boolean).join(" · ");
  const paint = (element, pen, width, height) => element.matches("canvas") && paintMask(view, element, pen, width, height);
  offerToSave(save, view.listeners, () => "three-machines", [
    ["png", "Picture of all three", "PNG, as it is seen", () => pngOf(machines, paint)],
    ["svg", "Picture of all three", "SVG, lines and letters", () => svgOf(machines, "One sentence, three machines", about(), paint)],
    ["csv", "All guesses", "CSV, a row a guess", () => csvOf(about(), ["machine", "place", "piece", "rank", "guess", "probability"], guessRows(view.header))],
    ["python", "The filling in Python", "five lines, into the clipboard", () => view.header.machines.encoder.answer.script ?? { sorry: "There is no encoder-only model to ask here." }],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

/** A line for each guess of both machines that guess pieces; the decoder's last place is behind the end of the text. */
export function guessRows({ machines }) {
  return ["encoder", "decoder"].flatMap((name) => Object.entries(machines[name].answer.guesses ?? {}).flatMap(([place, { best, own }]) =>
    best.map(([piece, share], rank) => [name, Number(place) + 1, own ? shownPiece(own[0]) : "", rank + 1, shownPiece(piece), fewDigits(share)])));
}
