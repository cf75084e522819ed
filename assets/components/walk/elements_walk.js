// The elements around the pictures: strip, pieces, sentences, the formula.
import { shown } from "../attention/describe.js";
import { button, element, refill } from "../shared/dom.js";
import { address, before, digits, formula, script } from "./formula.js";
import { hueOf } from "./hues.js";
import { shownIn } from "./places.js";
import { valueAt } from "./uses.js";

/** A symbol as the paper sets it: what follows an underscore is below the line. */
export function symbol(text, className = "") {
  const made = element("span", `symbol ${className}`);
  text.split(/(_[A-Za-z0-9]+)/).forEach((run) => made.append(run.startsWith("_") ? element("sub", "", run.slice(1)) : run));
  return made;
}

function chooser(parent, count, make, role) {
  parent.replaceChildren(...Array.from({ length: count }, (_, place) => {
    const made = make(place);
    made.setAttribute("role", role);
    made.dataset.place = place;
    return made;
  }));
}

export function markChosen(parent, chosen, state) {
  [...parent.children].forEach((child, place) => {
    child.setAttribute(state, String(place === chosen));
    child.tabIndex = place === chosen ? 0 : -1;
  });
}

export function buildChoosers(view) {
  const { part, header } = view;
  part.label.textContent = "Follow";
  chooser(part.pieces, header.pieces.query.length, (place) => button("", shown(header.pieces.query[place])), "radio");
  chooser(part.strip, header.steps.length, (place) => {
    const made = button();
    made.append(element("b", "", String(place + 1)), element("span", "", header.steps[place].title));
    made.title = header.steps[place].title;
    return made;
  }, "tab");
}

/** The sentence of a step; a word that names a tensor on the board is a button that lights it. */
export function writeStep(view) {
  const { part, header, step } = view, { title, formula: paper, text } = header.steps[step];
  const there = shownIn(header.steps[step], view.tensors);
  part.title.textContent = title;
  part.place.textContent = `step ${step + 1} of ${header.steps.length}`;
  part.paper.replaceChildren(symbol(paper));
  part.says.replaceChildren(...text.map(([run, names]) => {
    const name = names.find((one) => there.includes(one) || (one === "head" && there.includes(`head_${header.head + 1}`)));
    if (!name) return document.createTextNode(run);
    const made = element("span", "named", run);
    made.tabIndex = 0;
    made.dataset.tensor = name === "head" ? `head_${header.head + 1}` : name;
    made.dataset.hue = hueOf(made.dataset.tensor);
    return made;
  }));
  part.summary.textContent = there.map((name) => inWords(view, name)).join(" ");
}

/** A tensor as text: with all its numbers where it has one for each key, else with its range. */
function inWords({ tensors, header, row }, name) {
  const { symbol: sign, shape, rows, cols, values } = tensors[name];
  if (cols === "key" && name !== "allowed") return `${sign}: ${header.pieces.key.map((piece, j) => `${shown(piece)} ${digits(valueAt(tensors[name], row, j))}`).join(", ")}.`;
  const mine = rows === "query" ? values.subarray(row * shape[1], (row + 1) * shape[1]) : values;
  const [low, high] = mine.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  return low === high ? `${sign}: ${digits(low)}.` : `${sign}: ${rows === "query" ? 1 : shape[0]} × ${shape[1]} numbers from ${digits(low)} to ${digits(high)}.`;
}

/** The number in focus: which it is, its formula, what goes before, and where it is in the trace. */
export function writeNumber(view) {
  const { part, header, tensors, focus } = view;
  const tensor = tensors[focus.name], value = valueAt(tensor, focus.i, focus.j);
  const next = view.ahead.slice(0, 1).flatMap((place) => [", goes into ", symbol(tensors[place.tensor].symbol), " (dashed)"]);
  part.which.replaceChildren(symbol(tensor.symbol, hueOf(focus.name)), ...whereabouts(view, tensor), ...next);
  const parts = formula(tensors, focus);
  part.formula.replaceChildren(...(parts.length ? parts : [{ number: digits(value), tensor: focus.name }]).map(written));
  const earlier = parts.length && before(tensors, focus);
  part.where.replaceChildren(...(earlier ? ["where ", symbol(tensors[earlier.name].symbol, hueOf(earlier.name)), " = ", ...formula(tensors, earlier).map(written)] : []));
  part.release.hidden = !view.lock;
  part.hint.hidden = Boolean(view.lock);
  part.tensor.textContent = address(tensor, focus.i, focus.j);
  part.dims.textContent = tensor.dims && `${tensor.dims} = ${tensor.dims.split(" ").map((letter) => header.sizes[letter]).join(" × ")}`;
  const found = script(header.snippet, tensor, focus.i, focus.j);
  part.take.hidden = !found;
  part.snippet.textContent = found;
}

function whereabouts({ header: { pieces }, focus }, { rows, cols, shape }) {
  const named = (list, at, before) => [before, element("bdi", "", shown(list[at]))];
  const found = rows === "query" ? named(pieces.query, focus.i, " of ") : rows === "key" ? named(pieces.key, focus.i, " of ") : [];
  if (rows === "width") found.push(`, row ${focus.i + 1}`);
  if (cols === "key") found.push(...named(pieces.key, focus.j, " for "));
  else if (shape[1] > 1) found.push(`, ${rows === "width" ? "column" : "number"} ${focus.j + 1} of ${shape[1]}`);
  return found;
}

function written(part) {
  if (typeof part === "string") return document.createTextNode(part);
  if (part.quiet) return element("i", "", part.quiet);
  return element("span", `figure ${part.tensor ? hueOf(part.tensor) : "rest"}`, part.number);
}

/** Captions and canvases of the step, and the names of its rows. */
export function buildFigures(view) {
  const { board, tensors, header, part } = view;
  part.figures.dataset.style = board.style;
  const made = board.figures.map((figure) => {
    const { shape, symbol: sign } = tensors[figure.name];
    const holder = element("figure", figure.chip ? "chip" : ""), caption = element("figcaption");
    caption.append(symbol(sign, hueOf(figure.name)), element("small", "", `${figure.count} × ${shape[1]}`));
    figure.canvas = element("canvas");
    figure.canvas.tabIndex = 0;
    figure.canvas.setAttribute("role", "application");
    figure.canvas.setAttribute("aria-label", `${sign}, ${figure.count} × ${shape[1]} numbers. Arrow keys move, Enter locks, Escape frees.`);
    holder.dataset.tensor = figure.name;
    if (figure.room) holder.style.width = `${figure.room}px`;
    holder.append(caption, figure.canvas);
    return place(holder, figure);
  });
  if (board.style === "lines") return part.figures.replaceChildren(...inLines(board.figures, made));
  if (board.labels) made.push(place(rowNames(header.pieces.key, board.labels.pitch), board.labels));
  part.figures.replaceChildren(...made);
}

function inLines(figures, made) {
  const found = [];
  figures.forEach(({ row }, at) => (found[row - 1] ??= element("div", "line")).append(made[at]));
  return found;
}

function place(holder, { row, col }) {
  holder.style.gridArea = `${row} / ${col}`;
  return holder;
}

function rowNames(pieces, pitch) {
  const list = element("div", "names");
  list.style.setProperty("--pitch", `${pitch}px`);
  const every = Math.ceil(12 / pitch);
  refill(list, pieces, (at) => element("bdi", "", at % every ? "" : shown(pieces[at])));
  return list;
}
