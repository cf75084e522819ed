// The table's elements. What a model or a person wrote goes in by textContent alone.
import { element } from "../shared/dom.js";
import { largestOf, pieceHead } from "../shared/grid.js";
import { threeDigits } from "../shared/numbers.js";
import { partOf, toldBridge } from "./told_bridge.js";

/** Fill the table for the blob that has arrived: a body for each part. */
export function buildBridge(view) {
  const { header: { labels, titles, heads }, numbers, part } = view, width = labels.length;
  const head = element("thead"), pieces = element("tr", "pieces");
  pieces.append(element("td"), ...labels.map((parts, column) => pieceHead(parts, column, "piece")));
  head.append(pieces);
  const bodies = titles.map((title, place) => {
    const body = element("tbody"), first = place * heads, count = place === 3 ? 1 : heads;
    const own = numbers.subarray(first * width, (first + count) * width);
    body.append(heading(`${place + 1}  ${title}`, width, largestOf(own)));
    for (let row = first; row < first + count; row++) body.append(line(view, row, own, place === 1));
    return body;
  });
  part.table.replaceChildren(head, ...bodies);
}

function heading(title, width, largest) {
  const row = element("tr", "title"), cell = Object.assign(element("th", "", title), { colSpan: width + 1, scope: "rowgroup" });
  cell.append(element("small", "", `most ${threeDigits(largest)}`));
  row.append(cell);
  return row;
}

function line(view, row, own, isSigned) {
  const { header: { labels, heads }, numbers } = view, { part, head } = partOf(row, heads), largest = largestOf(own) || 1;
  const made = element("tr");
  made.append(Object.assign(element("th", "name", part === 3 ? "all" : String(head + 1)), { scope: "row" }));
  labels.forEach((_, column) => {
    const value = numbers[row * labels.length + column], share = Math.abs(value) / largest;
    const cell = element("td", `cell ${isSigned ? (value < 0 ? "against" : "for") : "share"}`);
    Object.assign(cell.dataset, { row, column });
    cell.style.setProperty("--share", `${Math.round(100 * share)}%`);
    Object.assign(cell, { tabIndex: -1, role: "gridcell", ariaLabel: toldBridge(view, [row, column]) });
    made.append(cell);
  });
  return made;
}
