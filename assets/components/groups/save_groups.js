// What a person takes away: the picture as it is seen, every kernel, and the module in Python.
import { pngOf, svgOf } from "../shared/portrait.js";
import { csvOf, fewDigits, offerToSave } from "../shared/save.js";
import { paintMatrix, paintStage } from "./draw_groups.js";
import { groupOf, pairsOf } from "./wiring.js";

export function saveGroups(view) {
  const { groups, wires } = view.part, about = () => `${view.header.provenance} · groups ${groupsOf(view)}`;
  const paint = (canvas, pen, width, height) => (canvas === wires ? paintStage : paintMatrix)(view, pen, width, height);
  offerToSave(view.part.save, view.listeners, () => `grouped-convolution-${groupsOf(view)}`, [
    ["png", "Picture of these channels", "PNG, as it is seen", () => pngOf(groups, paint)],
    ["svg", "Picture of these channels", "SVG, lines and letters", () => svgOf(groups, "Grouped convolution", about(), paint)],
    ["csv", "Numbers of these kernels", "CSV, a row for each that is there", () => csvOfKernels(view, about())],
    ["python", "The same in Python", "five lines, into the clipboard", () => view.header.script.replace("GROUPS", groupsOf(view))],
    ["link", "Link to this page", "into the clipboard", () => location.href],
  ]);
}

const groupsOf = ({ header, option }) => header.options[option].groups;

/** A line for each kernel that these groups leave, its numbers row by row. */
export function csvOfKernels({ header, arrays: { weights }, option }, about) {
  const { inputs, outputs, kernel } = header, { groups } = header.options[option], size = kernel ** 2;
  const names = Array.from({ length: size }, (_, at) => `w_${Math.floor(at / kernel) + 1}_${(at % kernel) + 1}`);
  const lines = pairsOf(header, groups).map(([output, input]) => {
    const start = (output * inputs.length + input) * size;
    return [groupOf(output, outputs.length, groups) + 1, outputs[output], inputs[input], ...[...weights.values.subarray(start, start + size)].map((weight) => fewDigits(weight, 7))];
  });
  return csvOf(about, ["group", "output", "input", ...names], lines);
}
