// A press holds a head, Escape frees it, arrows lead from one to the next; hover tells the number under the pointer.
import { listening } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { repaint } from "./draw_blocks.js";
import { MATRICES, ledTo, ownerOf, toldHead, toldPair, toldWeight } from "./owners.js";

export function listenBlocks(view) {
  const { part, listeners } = view, on = listening(listeners);
  on(part.heads, "click", ({ target }) => target.dataset.head !== undefined && chooseHead(view, target.dataset.head === "" ? null : Number(target.dataset.head)));
  on(part.heads, "keydown", (event) => {
    const to = event.key === "Escape" ? null : ledTo(view.head, event.key, view.header.heads);
    if (to === undefined) return;
    event.preventDefault();
    chooseHead(view, to);
    part.heads.querySelector('[tabindex="0"]').focus();
  });
  for (const side of [part.matrices, part.maps]) {
    on(side, "pointermove", (event) => point(view, under(view, event)));
    on(side, "pointerleave", () => point(view, null));
    on(side, "click", (event) => {
      const found = under(view, event);
      if (found) chooseHead(view, found.head === view.head ? null : found.head);
    });
  }
}

/** The cell under the pointer: { matrix or map, row, column, head }; null beside all canvases. */
function under(view, { target, clientX, clientY }) {
  const { matrix, map } = target.dataset ?? {}, { header } = view;
  if (matrix === undefined && map === undefined) return null;
  const box = target.getBoundingClientRect(), [rows, columns] = matrix ? [header.cells, header.cells] : [header.rows.length, header.columns.length];
  const row = clamp(0, Math.floor(((clientY - box.top) / box.height) * rows), rows - 1), column = clamp(0, Math.floor(((clientX - box.left) / box.width) * columns), columns - 1);
  return { matrix, map, row, column, head: matrix ? ownerOf(matrix, row, column, header) : map === "one" ? null : Number(map) };
}

function point(view, found) {
  view.hover = found;
  view.part.says.textContent = found ? tell(view, found) : toldHead(view.header, view.head);
  repaint(view);
}

function tell({ header, values }, { matrix, row, column, head }) {
  if (matrix) {
    const step = header.width / header.cells, run = (at) => (step > 1 ? `${at * step + 1}–${(at + 1) * step}` : `${at + 1}`);
    return toldWeight(`${MATRICES[matrix].name}, head ${head + 1}, rows ${run(row)}, columns ${run(column)}`, values[matrix][row * header.cells + column], step);
  }
  const at = row * header.columns.length + column, size = header.rows.length * header.columns.length;
  return toldPair(header, head, [row, column], head === null ? null : values.maps[head * size + at], values.one[at]);
}

/** Holds a head, null for all. */
export function chooseHead(view, head) {
  view.head = head;
  view.address.keep(head === null ? {} : { head: head + 1 });
  for (const choice of view.part.heads.children) {
    const own = choice.dataset.head === String(head ?? "");
    choice.setAttribute("aria-checked", String(own));
    choice.tabIndex = own ? 0 : -1;
  }
  point(view, null);
}
