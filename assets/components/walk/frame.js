// A frame: what has changed is painted once, however often it was asked for.
import { buildFigures, markChosen, writeNumber, writeStep } from "./elements_walk.js";
import { paintFigure } from "./paint_figure.js";
import { arrange, extent } from "./places.js";
import { goesInto, lit, valueAt } from "./uses.js";

/** Another step, piece or width: the board is laid anew. */
export function restep(view) {
  view.board = null;
  refresh(view);
}

/** Another number in focus: the board is lit anew. */
export function refresh(view) {
  view.waiting ||= requestAnimationFrame(() => {
    view.waiting = 0;
    if (view.header && view.part.board.clientWidth) draw(view);
  });
}

function draw(view) {
  if (!view.board) lay(view);
  view.focus = view.lock ?? view.hover ?? telling(view);
  const { made } = view.header.steps[view.step];
  view.ahead = made.includes(view.focus.name) ? [] : goesInto(view.tensors, made, view.focus, view.row);
  const places = [...lit(view.tensors, view.focus), ...view.ahead];
  for (const figure of view.board.figures) paintFigure(view, figure, view.named ? whole(view, figure) : places.filter(({ tensor }) => tensor === figure.name));
  writeNumber(view);
  const touched = new Set(places.map(({ tensor }) => tensor));
  for (const word of view.part.says.querySelectorAll(".named")) word.classList.toggle("lit", touched.has(word.dataset.tensor));
  view.part.copy.textContent = "Copy";
  Object.assign(view.part.walk.dataset, { step: view.header.steps[view.step].name, focus: `${view.focus.name} ${view.focus.i} ${view.focus.j}`, drawn: (view.drawn += 1) });
  performance.mark("dawn-walk-drawn");
}

/** The sentence points at one tensor: all of it is lit, and nothing else. */
const whole = ({ named, tensors }, { name }) => (named === name ? [{ rows: [0, tensors[name].shape[0]], cols: [0, tensors[name].shape[1]] }] : []);

function lay(view) {
  const { part, header, step, row, tensors } = view;
  view.width = part.board.clientWidth;
  view.board = arrange(header.steps[step], tensors, row, view.width);
  markChosen(part.strip, step, "aria-selected");
  markChosen(part.pieces, row, "aria-checked");
  part.back.disabled = step === 0;
  part.on.disabled = step === header.steps.length - 1;
  writeStep(view);
  buildFigures(view);
  for (const figure of view.board.figures) {
    const [width, height] = extent(figure, tensors[figure.name].shape);
    Object.assign(figure.canvas.style, { width: `${width}px`, height: `${height}px` });
  }
}

/** Nobody points: the largest number of what this step makes speaks for it. */
function telling({ header, step, row, tensors }) {
  const name = header.steps[step].made.at(-1), { shape, rows } = tensors[name];
  let best = { name, i: rows === "one" ? 0 : Math.min(row, shape[0] - 1), j: 0 };
  for (let j = 0; j < shape[1]; j++) {
    if (valueAt(tensors[name], best.i, j) > valueAt(tensors[name], best.i, best.j)) best = { ...best, j };
  }
  return best;
}

