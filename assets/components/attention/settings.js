// How the weights are shown: what a person may set, and what it is called. All of it happens in the browser.
import { KINDS } from "../shared/kinds.js";
import { sized } from "../shared/numbers.js";
import { byNorm } from "./shown.js";

/** What each may be; the first is what it is at first. */
export const CHOICES = {
  unit: ["pieces", "words"], measure: ["weights", "norms"], specials: [true, false], scale: ["shared", "own"], mean: ["head", "layer", "all"], sums: [false, true],
  mass: Array.from({ length: 11 }, (_, step) => (100 - 5 * step) / 100),
};
export const DEFAULTS = Object.fromEntries(Object.entries(CHOICES).map(([name, [first]]) => [name, first]));
const IN_MORE = ["specials", "scale", "sums", "mass"];

/** The controls as the settings are. */
export function showSettings({ part, settings, norms }) {
  for (const input of part.view.querySelectorAll("input")) {
    const value = settings[input.name];
    if (input.type === "radio") input.checked = input.value === value;
    else if (input.type === "checkbox") input.checked = input.name === "specials" ? !value : value;
    else input.value = Math.round(100 * value);
  }
  part.massed.textContent = settings.mass < 1 ? `${Math.round(100 * settings.mass)} % of each row` : "all cells";
  part.controls.querySelector(".again").hidden = settings.measure === "norms";
  part.controls.querySelector(".measure").hidden = !Object.keys(norms).length;
  const changed = IN_MORE.filter((name) => settings[name] !== DEFAULTS[name]).length;
  part.more.querySelector("summary").textContent = changed ? `More · ${changed}` : "More";
}

/** The legend: what a colour stands for, from 0 to what, and for which heads. */
export function scaleWords({ part, settings }, { top, norm }) {
  part.quantity.textContent = norm ? "weight × ‖v W_O‖" : "weight";
  part.top.textContent = settings.scale === "own" || norm ? sized(top, 2) : "1";
  part.scaling.textContent = settings.scale === "own" ? "a scale for each head, this is the chosen one's" : "one scale for all heads";
}

export function subjectName({ choice: { kind, layer, head }, settings: { mean }, arrays }) {
  const [layers, heads] = arrays[kind].shape;
  if (mean === "layer") return `Layer ${layer + 1}, mean of ${heads} heads`;
  return mean === "all" ? `Mean of all ${layers * heads} heads` : `Layer ${layer + 1}, head ${head + 1}`;
}

/** Whether nothing is made of what a head finds. */
export const isOff = ({ header: { off } }, kind, layer, head) => Boolean(off?.some(([k, l, h]) => k === kind && l === layer && h === head));

/** Whether that is so of the head on show. */
export const nothingUsed = (view) => view.settings.mean === "head" && isOff(view, view.choice.kind, view.choice.layer, view.choice.head);

/** What was done to the tensor on the way to the picture. */
export function note(view) {
  const { settings: { unit, specials, mass }, choice: { kind } } = view, norm = byNorm(view, kind);
  const names = new Set([KINDS[kind].rows, KINDS[kind].cols].map((side) => (side === "src" ? "[EOS]" : "[SOS]")));
  return [nothingUsed(view) && "switched off: nothing is made of what it looks at", norm && "times the length of each value after W_O (Kobayashi et al., 2020)", unit === "words" && "words: columns added, rows averaged",
    !specials && `without ${[...names].join(" and ")}${norm ? "" : ", rows scaled to 1 again"}`, mass < 1 && `the strongest cells that hold ${Math.round(100 * mass)} % of each row`].filter(Boolean).join(" · ");
}
