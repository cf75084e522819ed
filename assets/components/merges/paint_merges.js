// The elements of the stages. What a person or a model wrote goes in by textContent alone.
import { button, element } from "../shared/dom.js";
import { grouped, signed } from "../shared/numbers.js";
import { describeMerge, mergeRows, stateAt } from "./replay.js";

export function writeParts(node, parts) {
  node.replaceChildren(...parts.map(([text, quiet]) => (quiet ? element("span", "q", text) : document.createTextNode(text))));
  return node;
}

/** What holds for the whole text. */
export function paintText(view) {
  const { part, header } = view;
  for (const name of ["text", "normalised", "back"]) writeParts(part[name], header[name]);
  part.changed.textContent = header.unchanged ? "Unchanged: accents are composed already, quotes and dots are plain." : "Accents are composed, curly quotes and dots made plain.";
  part.border.textContent = header.merging ? "A space goes with the word behind it, and no merge crosses from one word into the next." : "Each word is looked up whole.";
  part.returned.textContent = header.returned ? "Exactly what was typed." : "Not letter by letter what was typed: what was made plain stays plain, and what is unknown is lost.";
  part.merging.hidden = !header.merging;
  part.model.textContent = header.provenance;
  part.words.replaceChildren(...header.words.map(({ label }, place) => {
    const made = button("word");
    made.dataset.word = place;
    return writeParts(made, label);
  }));
}

/** What holds for the chosen word. */
export function paintWord(view) {
  const { part, header, word } = view, { length } = word.merges;
  for (const made of part.words.children) made.setAttribute("aria-pressed", String(Number(made.dataset.word) === view.chosen));
  part.scrub.max = length;
  part.head.replaceChildren(rowOf(["", "rank", "pair", "", "becomes", ...(header.counted ? [`seen in ${header.counted}`] : [])], "th"));
  part.body.replaceChildren(...mergeRows(word).map(([step, rank, left, right, made, seen]) => {
    const row = rowOf([step, grouped(rank), left, right, made, ...(header.counted ? [grouped(seen)] : [])]);
    row.dataset.step = step;
    return row;
  }));
  paintIntegers(view);
}

function rowOf(cells, tag = "td") {
  const row = element("tr");
  row.append(...cells.map((cell) => element(tag, typeof cell === "number" ? "n" : "", String(cell))));
  return row;
}

function paintIntegers({ part, header, word, values, chosen }) {
  const shown = values.shape[1], columns = Array.from({ length: shown }, (_, dim) => `dim ${dim}`);
  part.numbersHead.replaceChildren(rowOf(["piece", "integer", ...columns, ""], "th"));
  part.numbers.replaceChildren(...word.pieces.map(({ id, label }) => {
    const at = header.rows.indexOf(id) * shown, row = element("tr");
    row.append(writeParts(element("th", "piece"), label), element("td", "id", String(id)));
    for (let dim = 0; dim < shown; dim++) row.append(element("td", "n", signed(values.values[at + dim], 3, "+")));
    row.append(element("td", "dots", "…"));
    return row;
  }));
  part.picks.textContent = `Each integer is the number of a row of nn.Embedding: ${grouped(header.vocabulary)} rows of ${header.dims} numbers, learned like every other weight.`;
  part.numbers.dataset.word = chosen;
}

/** What holds for this step. */
export function paintStep(view) {
  const { part, word, count, header } = view, { pieces, ranks, made } = stateAt(word, count), next = word.merges[count];
  const items = [];
  pieces.forEach((parts, place) => {
    const piece = writeParts(element("span", "piece"), parts);
    piece.classList.toggle("made", place === made);
    piece.classList.toggle("coming", Boolean(next) && (place === next[1] || place === next[1] + 1));
    items.push(piece);
    if (place === pieces.length - 1) return;
    const between = element("span", next && place === next[1] ? "pair lowest" : "pair", ranks[place] === null ? "–" : grouped(ranks[place] + 1));
    between.title = ranks[place] === null ? "not among the merges" : `the ${grouped(ranks[place] + 1)}th pair that training merged`;
    items.push(between);
  });
  part.bench.replaceChildren(...items);
  part.scrub.value = count;
  part.scrub.setAttribute("aria-valuetext", `${count} of ${word.merges.length} merges made`);
  part.says.textContent = describeMerge(word, count, header.counted);
  for (const row of part.body.children) {
    row.classList.toggle("past", Number(row.dataset.step) <= count);
    row.classList.toggle("now", Number(row.dataset.step) === count + 1);
  }
  part.first.disabled = part.previous.disabled = count === 0;
  part.last.disabled = part.next.disabled = count >= word.merges.length;
  part.play.disabled = !word.merges.length;
  part.play.textContent = view.timer ? "Pause" : "Play";
}
