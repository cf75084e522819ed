// The elements around the pictures: buttons for kinds and heads, words, the tip.
import { button, element } from "../shared/dom.js";
import { clamp, sized } from "../shared/numbers.js";
import { describe, plain, shown } from "./describe.js";
import { factWords, rolesHere } from "./facts.js";
import { KINDS } from "../shared/kinds.js";
import { isOff, note, scaleWords, subjectName } from "./settings.js";

export function buildKinds(view) {
  const names = Object.keys(view.arrays).join();
  if (view.kindNames === names) return;
  view.kindNames = names;
  view.part.kinds.replaceChildren(...Object.keys(view.arrays).map((kind) => {
    const made = button("", KINDS[kind].title);
    made.setAttribute("role", "radio");
    made.dataset.kind = kind;
    return made;
  }));
}

export function buildCells(view) {
  const [layers, heads] = view.arrays[view.choice.kind].shape;
  if (view.cellCount === `${layers}x${heads}`) return;
  view.cellCount = `${layers}x${heads}`;
  view.part.cells.replaceChildren(...Array.from({ length: layers }, (_, layer) => {
    const row = document.createElement("div");
    row.setAttribute("role", "row");
    row.append(...Array.from({ length: heads }, (_, head) => {
      const cell = button();
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-label", `layer ${layer + 1}, head ${head + 1}`);
      return cell;
    }));
    return row;
  }));
}

export function markSelection(view) {
  const { choice: { kind, layer, head }, settings: { mean: which } } = view;
  const marked = [kind, layer, head, which, view.kindNames, view.cellCount].join();
  if (view.marked === marked) return;
  view.marked = marked;
  Object.assign(view.part.view.dataset, { kind, layer: layer + 1, head: head + 1 });
  for (const radio of view.part.kinds.children) {
    radio.setAttribute("aria-checked", radio.dataset.kind === kind);
    radio.tabIndex = radio.dataset.kind === kind ? 0 : -1;
  }
  [...view.part.cells.children].forEach((row, l) => [...row.children].forEach((cell, h) => {
    cell.setAttribute("aria-selected", l === layer && h === head);
    cell.classList.toggle("meant", which === "all" || (which === "layer" && l === layer));
    cell.tabIndex = l === layer && h === head ? 0 : -1;
  }));
}

export function writeWords(view, subject) {
  const { kind, layer } = view.choice;
  const { shape: [layers, heads, rows, cols] } = view.arrays[kind];
  const { part, header } = view;
  part.caption.textContent = header.captions?.[kind] ?? KINDS[kind].caption;
  const { pool } = view.grid;
  part.count.textContent = `${layers} layers × ${heads} heads${pool > 1 ? `, a dot is the strongest of ${pool} × ${pool} weights` : ""}`;
  part.title.textContent = subjectName(view);
  scaleWords(view, subject);
  part.model.textContent = header.provenance;
  part.tensor.textContent = KINDS[kind].tensor(view.settings.mean === "all" ? "*" : layer);
  part.note.textContent = note(view);
  part.dims.textContent = `${KINDS[kind].dims} = 1 × ${heads} × ${rows} × ${cols}`;
  part.thumbs.setAttribute("aria-label", `${KINDS[kind].title} attention: ${layers} layers × ${heads} heads as small pictures, a button on each.`);
  part.detail.setAttribute("aria-label", `${KINDS[kind].title} attention, ${subjectName(view)}: ${subject.rows.length} rows look at ${subject.cols.length} columns. Arrow keys move, Enter locks, Escape releases.`);
  const parts = describe(subject, view.lock ?? view.hover, view.hover);
  if (part.line.dataset.text !== (part.line.dataset.text = plain(parts))) part.line.replaceChildren(...parts.map(partElement));
  part.release.hidden = !view.lock;
  writeSwitches(view);
  writeRoles(view);
}

/** The chosen head and its layer can be switched off where Python says which heads are. */
function writeSwitches(view) {
  const { part, arrays, header: { off }, choice: { kind, layer, head }, settings: { mean: which } } = view;
  const [one, all] = part.view.querySelectorAll(".switch"), heads = Array.from({ length: arrays[kind].shape[1] }, (_, at) => at);
  one.hidden = !off || which !== "head";
  all.hidden = !off || which === "all";
  say(one, isOff(view, kind, layer, head), "head");
  say(all, heads.every((at) => isOff(view, kind, layer, at)), `layer ${layer + 1}`);
}

function say(button, off, what) {
  const text = `Switch ${what} ${off ? "on" : "off"}`;
  if (button.textContent === text) return;
  button.textContent = text;
  button.dataset.off = off;
}

/** The roles on the thumbnails, explained. */
function writeRoles(view) {
  const { kind } = view.choice, { roles } = view.part, found = rolesHere(view, kind);
  if (roles.dataset.text === (roles.dataset.text = found.join())) return;
  roles.replaceChildren(...found.map((text) => element("li", "", text)));
}

/** What is known of the head under the pointer, or of the chosen one. */
export function writeFacts(view) {
  const { kind, layer, head } = { ...view.choice, ...view.pointed };
  const { known } = view.part, text = factWords(view, kind, layer, head);
  const name = `Layer ${layer + 1}, head ${head + 1}${view.pointed ? ", pointed at:" : ""}`;
  if (known.dataset.text === (known.dataset.text = `${name}${text}`)) return;
  known.replaceChildren(element("b", "", name), ` ${text}`);
}

/** The picture of the head as text, for those who hear the page: each row with its strongest weights. */
export function writeRows(view, subject) {
  [...view.part.cells.children].forEach((row, layer) => [...row.children].forEach((cell, head) => {
    cell.setAttribute("aria-label", `layer ${layer + 1}, head ${head + 1}: ${factWords(view, view.choice.kind, layer, head)}`);
  }));
  view.part.words.replaceChildren(...subject.rows.map((_, row) => {
    const item = element("li");
    item.append(...describe(subject, { row, col: null }, null).map(partElement));
    return item;
  }));
}

function partElement(part) {
  if (typeof part === "string") return document.createTextNode(part);
  return part.token == null ? element("span", "number", part.number) : element("bdi", "", shown(part.token));
}

export function placeTip(view, { rows, cols, w, strong, causal }) {
  const { part: { tip }, hover, layout: { matrix, width } } = view;
  tip.hidden = hover?.row == null || hover.col == null;
  if (tip.hidden) return;
  const { row, col } = hover;
  const [from, to, value] = tip.querySelectorAll("bdi, b");
  from.textContent = shown(rows[row]);
  to.textContent = shown(cols[col]);
  value.textContent = causal && col > row ? "masked" : `${sized(w(row, col), 3)}${strong(row, col) ? "" : " left out"}`;
  const x = matrix.x + (col + 0.5) * matrix.cellW - tip.offsetWidth / 2;
  tip.style.left = `${clamp(0, x, Math.max(0, width - tip.offsetWidth))}px`;
  const above = matrix.y + row * matrix.cellH - tip.offsetHeight - 7;
  tip.style.top = `${above >= 0 ? above : matrix.y + (row + 1) * matrix.cellH + 7}px`;
}
