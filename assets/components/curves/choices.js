// What the curves run along, and whether the loss is drawn by its logarithm: chosen here, kept while the data grows.
import { button, element } from "../shared/dom.js";
import { interpolate } from "./axis.js";
import { redraw } from "./draw.js";
import { AXES } from "./scales.js";

/** Where each point of each curve stands on the axis that was chosen. */
export function along(view) {
  for (const panel of view.panels) {
    for (const curve of panel.curves) {
      const table = curve.tables[view.axis] ?? view.tables[view.axis];
      const place = (step) => (table ? interpolate(table, step) : step);
      curve.x = table ? Float32Array.from(curve.steps, place) : curve.steps;
      curve.gaps = Array.from({ length: curve.gapSteps.length / 2 }, (_, i) => [place(curve.gapSteps[2 * i]), curve.gapSteps[2 * i + 1]]);
    }
  }
}

/** The row of buttons; `offer` shows those that there are numbers for. */
export function choices(view) {
  const row = element("div", "choices"), group = element("span", "axes");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "What the curves run along");
  view.buttons = {};
  for (const [axis, { name }] of Object.entries(AXES)) {
    const made = (view.buttons[axis] = button("choice", name));
    made.onclick = () => {
      [view.axis, view.zoom, view.at] = [axis, null, null];
      view.all.hidden = true;
      along(view);
      offer(view);
      redraw(view);
    };
    group.append(made);
  }
  view.logarithm = button("choice", "log");
  view.logarithm.title = "Draw the loss by its logarithm";
  view.logarithm.onclick = () => {
    view.log = !view.log;
    offer(view);
    redraw(view);
  };
  row.append(group, view.logarithm);
  return row;
}

export function offer(view) {
  for (const [axis, made] of Object.entries(view.buttons)) {
    made.hidden = !(axis in view.ends);
    if (axis === "tokens") made.textContent = view.labels;
    made.setAttribute("aria-pressed", String(axis === view.axis));
  }
  view.logarithm.setAttribute("aria-pressed", String(view.log));
}
