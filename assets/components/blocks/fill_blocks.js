// The elements: a choice of heads, a figure for each matrix and map, and the table.
import { button, element } from "../shared/dom.js";
import { hueAt } from "../shared/hues.js";
import { MATRICES, featuresOf, spread } from "./owners.js";

export function fillBlocks(view) {
  const { part, header } = view, { heads, width } = header, all = Array.from({ length: heads }, (_, head) => head);
  part.heads.replaceChildren(...[null, ...all].map((head) => {
    const choice = button("", head === null ? "All heads" : String(head + 1));
    choice.setAttribute("role", "radio");
    if (head !== null) choice.setAttribute("aria-label", `Head ${head + 1}`);
    choice.dataset.head = head ?? "";
    if (head !== null) choice.style.setProperty("--hue", hueAt(head));
    return choice;
  }));
  part.matrices.replaceChildren(...Object.entries(MATRICES).map(([matrix, { name, makes }]) => figure("matrix", matrix, name, makes ? `a row for each feature of the ${makes}` : "a column for each feature of the heads")));
  part.maps.replaceChildren(figure("map", "one", `One head of ${width}`, "all at once"), ...all.map((head) => figure("map", head, `Head ${head + 1}`, `features ${featuresOf(head, header)}`)));
  part.model.textContent = header.provenance;
  part.tensor.textContent = header.tensor;
  part.dims.textContent = header.dims;
  fillTable(view, all);
}

function figure(kind, name, title, note) {
  const made = element("figure", kind), caption = element("figcaption", "", title), canvas = element("canvas");
  caption.append(" ", element("small", "", note));
  canvas.dataset[kind] = name;
  canvas.setAttribute("aria-hidden", "true");
  made.append(caption, canvas);
  return made;
}

function fillTable({ part, header, values }, all) {
  const { rows, columns } = header, size = rows.length * columns.length;
  const cells = (tag, texts) => texts.map((text, at) => Object.assign(element(at ? tag : "th", "", text), at && tag === "td" ? {} : { scope: at ? "col" : "row" }));
  const head = element("tr");
  head.append(...cells("th", ["head", "features", "rows of W_Q, W_K, W_V", "columns of W_O", "pieces a row spreads over"]));
  part.head.replaceChildren(head);
  const spreads = [values.one, ...all.map((one) => values.maps.subarray(one * size, (one + 1) * size))].map((map) => spread(map, rows.length, columns.length).toFixed(1));
  const everything = `1–${header.width}`;
  part.body.replaceChildren(...[[`one of ${header.width}`, everything, everything, everything, spreads[0]], ...all.map((one) => [String(one + 1), ...Array(3).fill(featuresOf(one, header)), spreads[one + 1]])].map((texts) => {
    const row = element("tr");
    row.append(...cells("td", texts));
    return row;
  }));
}
