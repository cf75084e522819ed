// The words of the view: the pieces of the sentence, what each machine is, and what it answers.
import { element } from "../shared/dom.js";
import { percent, shownPiece } from "./seen.js";

export function fillPieces({ part, header: { pieces } }) {
  part.pieces.replaceChildren(...pieces.map((parts, place) => {
    const piece = element("li", "piece"), letters = element("span", "letters");
    piece.dataset.place = place;
    piece.setAttribute("role", "option");
    for (const [text, quiet] of parts) letters.append(quiet ? element("span", "q", text) : text);
    piece.append(letters, element("i", "of-encoder"), element("i", "of-decoder"), element("i", "of-two"));
    return piece;
  }));
  if (!pieces.length) part.pieces.append(element("li", "nothing", "No word yet: the decoder goes on from [SOS] alone."));
}

export function fillColumn(view, name) {
  const { header } = view, column = view.columns[name], machine = header.machines[name];
  for (const [place, text] of Object.entries({ h3: machine.name, ".about": machine.about, ".predicts": machine.predicts, ".label": machine.label, ".model": machine.stand, ".sorry": machine.sorry })) column.querySelector(place).textContent = text;
  column.querySelector(".sorry").hidden = !machine.sorry;
  const key = JSON.stringify([machine.masks, machine.sides]);
  if (column.dataset.key !== (column.dataset.key = key)) column.querySelector(".masks").replaceChildren(...machine.masks.map((mask, number) => maskFigure(machine, mask, name, number)));
  view.part.machines.querySelector(`.key .of-${name}`).textContent = machine.name;
}

function maskFigure(machine, mask, name, number) {
  const figure = element("figure"), canvas = element("canvas"), [rows, cols] = [machine.sides[mask.rows].length, machine.sides[mask.cols].length];
  Object.assign(canvas.dataset, { of: name, mask: number });
  Object.assign(canvas, { tabIndex: 0 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", `${machine.name}, ${mask.title}: ${rows} rows may see ${cols} columns. Arrow keys lead through the rows; what one may see is said below.`);
  const caption = element("figcaption", "", mask.title);
  caption.append(" ", element("small", "", `${rows} × ${cols}`));
  figure.append(caption, canvas);
  return figure;
}

/** What a machine answers, given where the text goes on or is pointed at. */
export function fillAnswer(view, name) {
  const machine = view.header.machines[name], place = view.columns[name].querySelector(".answer");
  place.replaceChildren(...(machine.sorry ? [] : ANSWERS[name](view, machine)));
}

const ANSWERS = { encoder: fillings, decoder: goesOn, two: translated };

function fillings({ header: { pieces, asked } }, { answer }) {
  const said = sentence(answer.filled, asked.hidden), places = Object.keys(answer.guesses).map(Number);
  if (!pieces.length) return [element("p", "hint", "There is no word to hide yet: type a sentence.")];
  if (!places.length) return [said, element("p", "hint", "Nothing is hidden: click a word.")];
  const hint = places.length === pieces.length ? "All words are hidden, so there is nothing to go by: these guesses come from the length and the places alone." : places.length > 1 ? "Each hidden piece is guessed by itself: none knows what the others will be." : "";
  return [said, ...(hint ? [element("p", "hint", hint)] : []), ...places.map((place) => guessed(`In the place of “${shownPiece(pieces[place])}”`, answer.guesses[place]))];
}

/** The piece before a place, as this machine cuts the text. */
export const pieceBefore = ({ sides, places }, place) => shownPiece(sides.text[(places[place] ?? sides.text.length) - 1]);

function goesOn({ header: { pieces, asked }, hover, focus }, machine) {
  const { answer } = machine, pointed = (hover ?? focus)?.side === "text" ? (hover ?? focus).place : asked.at ?? pieces.length;
  const before = pieceBefore(machine, pointed), stands = answer.guesses[pointed].own, from = asked.at === null ? (pieces.length ? "After the end" : "From nothing, that is from [SOS]") : asked.at ? `After “${pieceBefore(machine, asked.at)}”` : "From [SOS], before the first word";
  return [
    continued(`${from}, the likeliest pieces`, answer.likeliest),
    continued(asked.temperature ? `${from}, drawn at temperature ${asked.temperature}, seed ${asked.seed}` : `${from}, at temperature 0: nothing is drawn`, answer.drawn),
    guessed(stands ? `After “${before}”, where “${shownPiece(stands[0])}” stands` : `After “${before}”`, answer.guesses[pointed]),
  ];
}

function continued(title, { text, finished, pieces }) {
  const block = element("div", "continued"), words = element("p", "words", text.trimStart() || (finished ? "The text ends here." : "–"));
  if (!text) words.classList.add("hint");
  words.dir = "auto";
  block.append(element("h5", "", title), words, element("small", "", finished ? `${pieces} ${pieces === 1 ? "piece" : "pieces"}, then [EOS]` : `cut after ${pieces} pieces`));
  return block;
}

function translated(view, { answer }) {
  const words = element("p", "words", answer.translation || "–");
  words.dir = "auto";
  return [words, ...(answer.note ? [element("p", "hint", answer.note)] : [])];
}

/** The sentence with its hidden pieces filled, those marked. */
function sentence(pieces, hidden) {
  const words = element("p", "words");
  words.dir = "auto";
  words.append(...pieces.map((piece, place) => element(hidden.includes(place) ? "mark" : "span", "", piece.map(([text, quiet]) => (quiet && text === "·" ? (place ? " " : "") : text)).join(""))));
  return words;
}

/** The likeliest pieces with their probabilities; what stands there is marked, and told below where it is not among them. */
function guessed(title, { best, own, rank }) {
  const block = element("div", "guessed"), list = element("ol"), right = own && shownPiece(own[0]);
  list.append(...best.map(([piece, share]) => bar(piece, share, shownPiece(piece) === right)));
  block.append(element("h5", "", title), list);
  if (own && rank > best.length) block.append(element("small", "", `“${right}”: ${percent(own[1])}, number ${rank}`));
  return block;
}

function bar(piece, share, right) {
  const item = element("li", right ? "right" : ""), fill = element("i");
  fill.style.width = `${100 * share}%`;
  item.append(element("bdi", "", `${shownPiece(piece)}${right ? " ✓" : ""}`), element("b", "", percent(share)), fill);
  return item;
}
