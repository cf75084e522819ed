// The table's elements. What a model or a person wrote goes in by textContent alone.
import { element } from "../shared/dom.js";
import { pieceHead, strength } from "../shared/grid.js";
import { describeCell } from "./describe.js";

/** Fill head and body for the blob that has arrived. */
export function buildTable(view) {
  const { header, part } = view;
  part.head.replaceChildren(groups(header), pieces(header));
  part.body.replaceChildren(...header.rows.map((row, number) => method(view, row, number)));
  const first = part.body.querySelector(`[data-column="${header.start}"]`);
  if (first) first.tabIndex = 0;
}

function groups({ src, prefix }) {
  const row = element("tr");
  const span = (text, count) => Object.assign(element("th", "group", text), { colSpan: count, scope: "colgroup" });
  row.append(element("td"), span("source", src), span("written before", prefix), element("td", "area", "area"));
  return row;
}

function pieces({ labels, src }) {
  const row = element("tr", "pieces");
  row.append(element("td"));
  row.append(...labels.map((parts, column) => pieceHead(parts, column, column === src ? "piece border" : "piece")));
  row.append(element("td", "area"));
  return row;
}

function method(view, { name, unit, signed, area, best }, number) {
  const { scores, ranks, header } = view;
  const width = header.labels.length;
  const values = scores.values.subarray(number * width, (number + 1) * width);
  const row = element("tr", best ? "best" : "");
  const head = Object.assign(element("th", "name", name), { scope: "row" });
  head.append(element("small", "", unit));
  row.append(head);
  values.forEach((value, column) => {
    const rank = ranks.values[number * width + column];
    const cell = element("td", kindOf(value, signed, column === header.src), rank && rank <= 3 ? String(rank) : "");
    Object.assign(cell.dataset, { row: number, column });
    cell.style.setProperty("--share", `${Math.round(100 * strength(value, values))}%`);
    if (strength(value, values) > 0.6) cell.classList.add("strong");
    Object.assign(cell, { tabIndex: -1, role: "gridcell", ariaLabel: describeCell(view, number, column) });
    row.append(cell);
  });
  row.append(element("td", "area", area));
  return row;
}

const kindOf = (value, signed, border) => ["cell", border ? "border" : "", Number.isNaN(value) ? "none" : signed ? (value < 0 ? "against" : "for") : "share"].filter(Boolean).join(" ");
