// One step: where it is, how sure the model was, and the likeliest next pieces.
import { element } from "../shared/dom.js";
import { grouped, signed } from "../shared/numbers.js";
import { fill } from "./paint_list.js";
import { percent, rowsOf } from "./rows.js";

export function paintStep(view) {
  const { blob, part, step } = view;
  const { header, arrays, steps } = blob;
  [...part.target.children].forEach((button, place) => {
    button.classList.toggle("here", place === step);
    button.classList.toggle("ahead", place > step);
    button.setAttribute("aria-pressed", String(place === step));
  });
  part.range.value = step + 1;
  part.back.disabled = step === 0;
  part.on.disabled = step === steps - 1;
  part.place.textContent = `step ${step + 1} of ${steps}`;
  paintBars(view);
  const p = Math.exp(arrays.logProbs[step]);
  const piece = element("bdi", "");
  fill(piece, header.labels[arrays.taken[step]]);
  const rank = arrays.ranks[step];
  const place = rank === 1 ? "its first choice" : `its choice number ${grouped(rank)} of ${grouped(header.vocabulary)}`;
  part.says.replaceChildren("Taken: ", piece, `, ${place}, ${percent(p)}, log P ${signed(arrays.logProbs[step], 2)}.`);
  part.range.setAttribute("aria-valuetext", `${step + 1} of ${steps}: ${piece.textContent}, ${percent(p)}`);
  const sum = arrays.logProbs.reduce((total, value) => total + value, 0);
  part.sum.textContent = steps === 1
    ? `One step: its log P ${signed(sum, 2)} is the log-probability of the translation.`
    : `The log P of the ${steps} steps add up to ${signed(sum, 2)}, the log-probability of the translation.`;
  part.steps.dataset.step = String(step + 1);
}

function paintBars(view) {
  const { blob, part, step } = view;
  const rows = rowsOf(blob, step);
  while (part.bars.children.length > rows.length) part.bars.lastChild.remove();
  while (part.bars.children.length < rows.length) {
    const row = element("li");
    row.append(element("bdi"), element("span", "bar"), element("b"));
    part.bars.append(row);
  }
  rows.forEach((row, place) => {
    const item = part.bars.children[place];
    const [label, bar, number] = item.children;
    if (row.rest) label.replaceChildren(element("i", "", `${grouped(row.rest)} others`));
    else fill(label, blob.header.labels[row.label]);
    item.className = row.rest ? "rest" : row.taken ? "taken" : "";
    bar.style.setProperty("--share", row.p.toFixed(4));
    number.textContent = percent(row.p);
  });
}
