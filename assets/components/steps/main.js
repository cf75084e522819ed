// The step view: a translation piece by piece, and at each step the likeliest next pieces. Python sends one blob
// with all steps; scrubbing happens here, and only the choice of another translation goes back.
import { mounted, partsOf } from "../shared/mounted.js";
import { grouped } from "../shared/numbers.js";
import { listen } from "./act.js";
import { paintList, paintTarget } from "./paint_list.js";
import { paintStep } from "./paint_step.js";
import { readSteps, within } from "./rows.js";

export default mounted({ build, receive });

function build(parent) {
  const names = ["steps", "list", "figures", "target", "back", "on", "place", "bars", "says", "sum", "model", "dims"];
  const part = partsOf(parent, names);
  part.range = parent.querySelector("input");
  const view = { part, listeners: new AbortController(), step: 0, drawn: 0 };
  listen(view);
  return view;
}

function receive(view, bytes) {
  const before = view.blob?.header;
  view.blob = readSteps(bytes);
  const { header, steps } = view.blob;
  if (before?.list !== header.list) view.step = 0;
  view.step = within(view.step, steps);
  view.part.range.max = steps;
  view.part.model.textContent = header.provenance;
  view.part.dims.textContent = `b t v = 1 × ${steps} × ${grouped(header.vocabulary)}`;
  paintList(view);
  paintTarget(view);
  paintStep(view);
  view.part.steps.dataset.drawn = String((view.drawn += 1));
}
