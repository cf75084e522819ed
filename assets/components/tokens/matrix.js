// The row of the embedding for each distinct piece: a few numbers, and all of them as a strip of colours.
import { element, refill } from "../shared/dom.js";
import { signed } from "../shared/numbers.js";
import { diverging, hue } from "./colours.js";
import { write } from "./parts.js";

const SHOWN_DIMS = 4;

function cell(className, text, role = "cell") {
  const node = element("span", className, text);
  node.setAttribute("role", role);
  return node;
}

const valueClass = (dim) => `n value${dim > 1 ? " third" : ""}`;

function headRow(dims) {
  const row = element("div", "row head");
  row.setAttribute("role", "row");
  row.append(cell("n", "integer", "columnheader"), cell("name", "piece", "columnheader"));
  for (let dim = 0; dim < SHOWN_DIMS; dim++) row.append(cell(valueClass(dim), `dim ${dim}`, "columnheader"));
  row.append(cell("dots", `all ${dims} dimensions`, "columnheader"));
  return row;
}

function matrixRow(view, piece, place) {
  const dims = view.dims, values = view.values.subarray(place * dims, (place + 1) * dims);
  const row = element("div", "row");
  row.setAttribute("role", "row");
  row.dataset.row = place;
  row.style.setProperty("--hue", hue(place));
  row.append(cell("n", String(piece.id)), write(cell("name", "", "rowheader"), piece.label));
  for (let dim = 0; dim < SHOWN_DIMS; dim++) row.append(cell(valueClass(dim), signed(values[dim], 3, "+")));
  const strip = element("span", "strip"), canvas = element("canvas");
  canvas.width = dims;
  canvas.height = 1;
  canvas.setAttribute("aria-hidden", "true"); // the cell around it has the words
  const pen = canvas.getContext("2d"), image = pen.createImageData(dims, 1);
  values.forEach((value, dim) => image.data.set(diverging(value, view.header.limit), dim * 4));
  pen.putImageData(image, 0, 0);
  strip.append(canvas);
  strip.setAttribute("role", "cell");
  strip.setAttribute("aria-label", `${dims} numbers; use the arrow keys to read them`);
  row.append(strip);
  return row;
}

export function matrix(view) {
  const { header, root } = view;
  const drawn = header.pieces.slice(0, view.count);
  root.querySelector("h3").textContent = header.title;
  root.querySelector(".lead").textContent = header.lead;
  root.querySelector(".low").textContent = signed(-header.limit, 2, "+");
  root.querySelector(".high").textContent = signed(header.limit, 2, "+");
  view.rows.setAttribute("aria-label", `Rows of the embedding: ${drawn.length} pieces, ${view.dims} dimensions`);
  // The scale and a row's first numbers tell one model's rows from another's.
  const names = drawn.map((piece, place) => JSON.stringify([piece, header.limit, ...view.values.subarray(place * view.dims, place * view.dims + SHOWN_DIMS)]));
  refill(view.rows, [`${view.dims} dimensions`, ...names], (place) => (place ? matrixRow(view, drawn[place - 1], place - 1) : headRow(view.dims)));
  root.querySelector(".more").textContent = header.pieces.length > drawn.length
    ? `The rows of the first ${drawn.length} of ${header.pieces.length} distinct pieces are shown.` : "";
}
