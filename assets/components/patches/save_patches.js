// What a person takes away: the pictures as they are seen, and where each head looks from the chosen token.
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";
import { paintPart } from "./draw_patches.js";
import { gazeRows } from "./gaze.js";

export function savePatches(view) {
  const { patches } = view.part, about = () => `${view.header.provenance} · ${view.token ? `patch ${view.token}` : "class token"}`;
  const paint = (canvas, pen, width, height) => (canvas.matches("canvas") ? paintPart(view, canvas, pen, width, height) : undefined);
  offerToSave(view.part.save, view.listeners, () => `patches-${view.token || "class"}`, [
    ["png", "Pictures of this page", "PNG, as they are seen", () => pngOf(patches, paint)],
    ["svg", "Pictures of this page", "SVG, lines and letters", () => svgOf(patches, "A picture in patches", about(), paint)],
    ["csv", "Where this token looks", "CSV, every head; token 0 is the class's", () => csvOf(about(), ["layer", "head", "from", "to", "weight"], gazeRows(view.arrays.attention, view.token, fewDigits))],
    ["python", "The weights in Python", "five lines, into the clipboard", () => scriptOf(view)],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

/** The script that prints the weights on show; a person's own picture is in no script. */
function scriptOf({ header: { script }, layer, head, token }) {
  if (!script) return { sorry: "Your picture stays here, so no script can read it: choose a scene." };
  return Object.entries({ LAYER: layer, HEAD: head, TOKEN: token }).reduce((text, [name, value]) => text.replace(name, value), script);
}
