// One sentence through three machines: its pieces once, and for each machine who may see whom, what it learns from and what it
// answers. Pointing stays here; what is hidden, where the text goes on and how it is drawn are asked of Python.
import { unpack } from "../shared/blob.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { listenMachines, MACHINES, mark, show } from "./act_machines.js";
import { repaint } from "./draw_masks.js";
import { fillAnswer, fillColumn, fillPieces } from "./fill_machines.js";
import { saveMachines } from "./save_machines.js";

export default mounted({ build, receive, draw: (view) => view.header && repaint(view), end });

function build(parent) {
  const part = partsOf(parent, ["machines", "pieces", "says", "columns", "temperature", "seed", "heat", "save"]), listeners = new AbortController();
  const columns = Object.fromEntries(MACHINES.map((name) => [name, parent.querySelector(`[data-machine=${name}]`)]));
  const view = { part, columns, listeners, hover: null, focus: null, frame: 0, drawn: 0 };
  listenMachines(view);
  saveMachines(view);
  part.pieces.tabIndex = 0;
  view.observer = new ResizeObserver(() => view.header && repaint(view));
  view.observer.observe(part.columns);
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "uint8"), before = view.header;
  Object.assign(view, { header, arrays, waiting: {} });
  if (JSON.stringify(before?.pieces) !== JSON.stringify(header.pieces)) {
    view.hover = view.focus = null;
    fillPieces(view);
  }
  const { temperature, seed, hottest, seeds } = header.asked, { part } = view;
  Object.assign(part.temperature, { max: hottest, value: temperature });
  Object.assign(part.seed, { max: seeds, value: seed });
  part.heat.textContent = temperature.toFixed(1);
  part.temperature.closest(".drawing").hidden = Boolean(header.machines.decoder.sorry);
  for (const name of MACHINES) {
    fillColumn(view, name);
    fillAnswer(view, name);
  }
  mark(view);
  show(view);
  part.machines.classList.remove("asking");
  part.machines.dataset.drawn = String((view.drawn += 1));
}

function end(view) {
  view.observer.disconnect();
  cancelAnimationFrame(view.frame);
}
