// Hover previews a channel or a kernel, a click holds it, the arrow keys lead on, Escape frees; a row of the table is a cut.
import { listening } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { matrixAt, repaint, stageAt } from "./draw_groups.js";
import { ledInMatrix, ledThrough, placeText, told } from "./wiring.js";

export function listenGroups(view) {
  const { part, listeners } = view, on = listening(listeners);
  const cutOf = (event) => event.target.closest?.("[data-option]")?.dataset.option;
  const pick = (event) => cutOf(event) && choose(view, Number(cutOf(event)), view.place);
  on(part.cuts, "click", pick);
  on(part.body, "click", pick);
  on(part.cuts, "keydown", (event) => turn(view, event));
  for (const [canvas, find, led] of [[part.wires, stageAt, ledThrough], [part.matrix, matrixAt, ledInMatrix]]) {
    const under = ({ clientX, clientY }) => {
      const box = canvas.getBoundingClientRect();
      return find(view, clientX - box.left, clientY - box.top);
    };
    on(canvas, "pointermove", (event) => point(view, canvas, under(event)));
    on(canvas, "pointerleave", () => point(view, canvas, null));
    on(canvas, "click", (event) => {
      const found = under(event);
      choose(view, view.option, String(found) === String(view.place) ? null : found);
    });
    on(canvas, "keydown", (event) => {
      const to = event.key === "Escape" && view.place ? null : led(view.place, event.key, view.header);
      if (to === undefined) return;
      event.preventDefault();
      view.hover = null;
      choose(view, view.option, to);
    });
  }
}

function turn(view, event) {
  const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  choose(view, clamp(0, view.option + step, view.header.options.length - 1), view.place);
  view.part.cuts.children[view.option].focus();
}

function point(view, canvas, found) {
  canvas.classList.toggle("over", found !== null);
  if (String(found) === String(view.hover)) return;
  view.hover = found;
  show(view);
}

/** Another number of groups, or another place held. */
export function choose(view, option, place) {
  Object.assign(view, { option, place });
  view.address.keep(placeText(view.header.options[option].groups, place));
  [...view.part.cuts.children].forEach((cut, at) => {
    cut.setAttribute("aria-checked", String(at === option));
    cut.tabIndex = at === option ? 0 : -1;
  });
  [...view.part.body.rows].forEach((row, at) => row.classList.toggle("chosen", at === option));
  show(view);
}

/** What is pointed at, else what is held, in words and in the picture. */
export function show(view) {
  view.part.says.textContent = told(view.header, view.header.options[view.option], view.hover ?? view.place);
  repaint(view);
}
