// Embedding × √D + position = input, number by number; each tells how it is made: pointed at, touched, or by the arrow keys.
import { Address } from "../shared/address.js";
import { unpack } from "../shared/blob.js";
import { element, listening } from "../shared/dom.js";
import { mounted, partsOf } from "../shared/mounted.js";
import { cellIn, cellText, ledFrom, madeFrom } from "./cells.js";

export default mounted({ build, receive });

const HINT = "Point at a number, touch it, or take the arrow keys to see how it is made.";

function build(parent) {
  const part = partsOf(parent, ["sums", "grid", "says"]), listeners = new AbortController(), on = listening(listeners);
  const view = { part, listeners, address: new Address("number", listeners, () => view.header && recall(view)), table: parent.querySelector("table"), at: null, drawn: 0 };
  const cellOf = (target) => target.closest("td")?.dataset.cell?.split(".").map(Number) ?? null;
  on(part.grid, "pointerover", ({ target }) => tell(view, cellOf(target) ?? view.at));
  on(part.grid, "pointerleave", () => tell(view, view.at));
  on(part.grid, "click", ({ target }) => cellOf(target) && choose(view, String(cellOf(target)) === String(view.at) ? null : cellOf(target)));
  on(part.grid, "keydown", (event) => {
    const to = event.key === "Escape" && view.at ? null : ledFrom(view.at, event.key, view.header);
    if (to === undefined) return;
    event.preventDefault();
    choose(view, to);
    view.table.querySelector(".at")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  return view;
}

function receive(view, bytes) {
  const first = !view.header, { header } = unpack(bytes);
  view.header = header;
  view.table.replaceChildren(headOf(header), ...header.pieces.map((piece, place) => bodyOf(piece, place, header)));
  const lost = recall(view);
  if (lost && first) view.part.says.textContent = "The link asks for a number that is not shown here.";
  else if (lost) view.address.keep({});
  view.part.sums.dataset.drawn = String((view.drawn += 1));
}

/** What the address says of a number is marked; whether it is not on show. */
function recall(view) {
  const asked = cellText(view.address.read()), found = asked && cellIn(asked, view.header);
  mark(view, found);
  return Boolean(asked) && !found;
}

function headOf({ start, count }) {
  const head = element("thead"), row = element("tr");
  row.append(element("th"), element("th"), ...Array.from({ length: count }, (_, at) => Object.assign(element("th", "", `dim ${start + at}`), { scope: "col" })));
  head.append(row);
  return head;
}

function bodyOf({ label, rows }, place, { names }) {
  const body = element("tbody");
  body.append(...rows.map((cells, step) => {
    const row = element("tr");
    if (!step) {
      const piece = Object.assign(element("th", "piece"), { scope: "rowgroup", rowSpan: 4 });
      piece.append(element("bdi", "", label), element("small", "", `position ${place}`));
      row.append(piece);
    }
    row.append(Object.assign(element("th", "what", names[step]), { scope: "row" }), ...cells.map(([number, , tint], at) => cellOfTable(number, tint, [place, step, at])));
    return row;
  }));
  return body;
}

function cellOfTable(number, tint, where) {
  const cell = element("td", "", number);
  cell.dataset.cell = where.join(".");
  if (tint) {
    cell.style.setProperty("--hue", tint < 0 ? "rgb(45 111 181)" : "rgb(221 90 54)");
    cell.style.setProperty("--tint", `${(55 * Math.abs(tint)).toFixed(1)}%`);
  }
  return cell;
}

function choose(view, cell) {
  mark(view, cell);
  view.address.keep(cell ? { piece: cell[0] + 1, row: cell[1] + 1, dim: view.header.start + cell[2] } : {});
}

function mark(view, cell) {
  view.at = cell;
  tell(view, cell);
}

/** A cell in words, and what it is made from; nothing where there is none. */
function tell({ part, header, table, at }, cell) {
  const node = (one) => table.querySelector(`[data-cell="${one.join(".")}"]`);
  for (const old of table.querySelectorAll(".at, .of")) old.classList.remove("at", "of");
  if (at) node(at).classList.add("at");
  if (cell) for (const one of madeFrom(cell)) node(one).classList.add("of");
  part.says.textContent = cell ? `${header.pieces[cell[0]].label}, dimension ${header.start + cell[2]}: ${header.pieces[cell[0]].rows[cell[1]][cell[2]][1]}` : HINT;
}
