// Every head as a switch, coloured by what is lost without it. Python sends one blob; hover, focus and the choice of
// what is measured stay here, and only a switch that was pressed goes back.
import { unpack } from "../shared/blob.js";
import { button, element, listening } from "../shared/dom.js";
import { KINDS } from "../shared/kinds.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { saveAblation } from "./save_ablation.js";
import { figure, largestOf, sentence, step, strength } from "./words.js";

export default mounted({ build, receive });

function build(parent) {
  const part = partsOf(parent, ["ablation", "measures", "kinds", "says", "model", "unit", "low", "high", "save"]);
  const view = { part, listeners: new AbortController(), measure: 0, told: { kind: "encoder", layer: 0, head: 0 }, drawn: 0 };
  saveAblation(view);
  const on = listening(view.listeners);
  on(part.measures, "click", (event) => event.target.dataset.place && measure(view, Number(event.target.dataset.place)));
  on(part.kinds, "click", (event) => press(view, event.target.closest("button")));
  on(part.kinds, "keydown", (event) => move(view, event));
  on(part.kinds, "pointerover", (event) => say(view, event.target.closest("button")));
  on(part.kinds, "focusin", (event) => say(view, event.target.closest("button")));
  on(part.kinds, "pointerleave", () => say(view, null));
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float32");
  const shape = JSON.stringify(Object.entries(arrays).map(([name, array]) => [name, array.shape]));
  Object.assign(view, { header, arrays });
  view.off = new Map(header.off.map(({ kind, layer, head, how }) => [`${kind}.${layer}.${head}`, how]));
  if (view.measure >= header.measures.length) view.measure = 0;
  if (view.shape !== shape) {
    view.shape = shape;
    view.part.kinds.replaceChildren(...Object.keys(KINDS).map((kind) => table(view, kind)));
  }
  view.part.measures.hidden = header.measures.length < 2;
  paint(view);
}

function table(view, kind) {
  const [layers, heads] = view.arrays[`${kind}0`].shape;
  const section = element("section", "kind");
  section.setAttribute("role", "group");
  section.setAttribute("aria-label", `${KINDS[kind].title} attention, layers are rows and heads are columns`);
  const grid = element("div", "grid");
  grid.style.setProperty("--heads", heads);
  grid.append(element("span", "corner", "layer"), ...Array.from({ length: heads }, (_, head) => element("span", "column", `${head ? "" : "head "}${head + 1}`)));
  for (let layer = 0; layer < layers; layer++)
    for (let head = -1; head < heads; head++) {
      const cell = button(head < 0 ? "layer" : "cell", head < 0 ? `${layer + 1}` : "");
      Object.assign(cell.dataset, { kind, layer, head });
      cell.tabIndex = !layer && !head ? 0 : -1;
      grid.append(cell);
    }
  section.append(element("h3", "", KINDS[kind].title), grid);
  section.dataset.kind = kind;
  return section;
}

function paint(view) {
  const { header, measure: at } = view;
  const values = (kind) => view.arrays[`${kind}${at}`].values;
  const largest = largestOf(Object.keys(KINDS).map(values));
  view.part.measures.replaceChildren(...header.measures.map(({ name }, place) => {
    const choice = Object.assign(button("", name), { tabIndex: place === at ? 0 : -1 });
    choice.dataset.place = place;
    choice.setAttribute("role", "radio");
    choice.setAttribute("aria-checked", place === at);
    return choice;
  }));
  const words = { unit: `lost without it, ${header.measures[at].unit}; below 0 gained`, low: figure(-largest), high: figure(largest), model: `${header.provenance} · ${header.measures[at].of}` };
  for (const [name, text] of Object.entries(words)) view.part[name].textContent = text;
  for (const cell of view.part.kinds.querySelectorAll("button")) {
    const { kind, layer, head } = place(cell);
    const [, heads] = view.arrays[`${kind}${at}`].shape;
    if (head < 0) {
      const all = Array.from({ length: heads }, (_, h) => view.off.get(`${kind}.${layer}.${h}`)).every(Boolean);
      cell.setAttribute("aria-pressed", all);
      cell.setAttribute("aria-label", `${KINDS[kind].title}, layer ${layer + 1}, all heads off`);
      continue;
    }
    const nats = values(kind)[layer * heads + head], share = strength(nats, largest);
    cell.replaceChildren(element("span", "", figure(nats)));
    cell.style.setProperty("--share", `${Math.abs(share) * 78}%`);
    cell.dataset.sign = share < 0 ? "gain" : "loss";
    const off = view.off.get(`${kind}.${layer}.${head}`);
    cell.setAttribute("aria-pressed", Boolean(off));
    cell.setAttribute("aria-label", `${KINDS[kind].title}, layer ${layer + 1}, head ${head + 1}, off; lost without it ${figure(nats)} nats`);
  }
  say(view, null);
  view.part.ablation.dataset.drawn = view.drawn += 1;
}

const place = (cell) => ({ kind: cell.dataset.kind, layer: Number(cell.dataset.layer), head: Number(cell.dataset.head) });

function measure(view, at) {
  view.measure = at;
  paint(view);
}

function press(view, cell) {
  if (!cell) return;
  const { kind, layer, head } = place(cell);
  cell.setAttribute("aria-pressed", cell.getAttribute("aria-pressed") !== "true"); // until Python has answered
  view.streamlit.setTriggerValue("toggle", { kind, layer: layer + 1, head: head < 0 ? null : head + 1 });
}

function move(view, event) {
  const cell = event.target.closest("button");
  const from = place(cell);
  const [layers, heads] = view.arrays[`${from.kind}0`].shape;
  const to = step(event.key, from, layers, heads);
  if (!to) return;
  event.preventDefault();
  const next = view.part.kinds.querySelector(`[data-kind="${from.kind}"] button[data-layer="${to.layer}"][data-head="${to.head}"]`);
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function say(view, cell) {
  if (!cell) {
    view.part.says.textContent = view.header.hint;
    return;
  }
  const { kind, layer, head } = place(cell);
  if (head < 0) {
    view.part.says.textContent = `${KINDS[kind].title}, layer ${layer + 1}: click to switch all its heads off, or on again.`;
    return;
  }
  view.told = { kind, layer, head };
  const nats = view.arrays[`${kind}${view.measure}`].values[layer * view.arrays[`${kind}0`].shape[1] + head];
  view.part.says.textContent = sentence(kind, layer, head, nats, view.header.measures[view.measure], view.off.get(`${kind}.${layer}.${head}`));
}
