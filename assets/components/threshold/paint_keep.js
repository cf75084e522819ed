// The elements and the curve of the threshold. What a person wrote goes in by textContent alone.
import { surface, themed } from "../shared/canvas.js";
import { element } from "../shared/dom.js";
import { grouped } from "../shared/numbers.js";
import { integerOf, keptOf, placesToTell } from "./keep.js";

export function paintKeep(view) {
  const { part, header, counts, sums, least } = view, kept = keptOf(counts, least), total = sums[counts.length];
  const lost = total - sums[kept];
  part.least.textContent = least === 1 ? "once" : least === 2 ? "twice" : `${grouped(least)} times`;
  part.slide.value = least;
  part.slide.setAttribute("aria-valuetext", part.least.textContent);
  const facts = [[grouped(kept), "words kept"], [grouped(counts.length - kept), "become [UNK]"], [`${((100 * lost) / total).toFixed(2)} %`, "of the running text is [UNK]"]];
  part.facts.replaceChildren(...facts.map(([value, name]) => {
    const pair = element("div");
    pair.append(element("dt", "", name), element("dd", "", value));
    return pair;
  }));
  part.told.textContent = facts.map((fact) => fact.join(" ")).join(", ");
  paintSentence(view, kept);
  paintBorder(view, kept);
  paintCurve(view, kept);
  part.model.textContent = header.provenance;
}

function paintSentence({ part, header, counts }, kept) {
  part.sentence.replaceChildren(...header.sentence.map(([parts, place]) => {
    const integer = integerOf(place, kept), item = element("li", integer === 1 ? "lost" : ""), text = element("bdi");
    for (const [letters, quiet] of parts) text.append(quiet ? element("span", "q", letters) : letters);
    item.append(text, element("b", "", integer === 1 ? "[UNK] 1" : String(integer)), element("small", "", place < 0 ? "never seen" : `seen ${grouped(counts[place])} ×`));
    return item;
  }));
}

function paintBorder({ part, header, counts }, kept) {
  part.rows.replaceChildren(...placesToTell(kept, counts.length).map((place) => {
    const row = element("tr", place === null ? "gap" : place >= kept ? "lost" : "");
    const cells = place === null ? ["⋮", "⋮", "⋮"] : [String(integerOf(place, kept)), header.list[place], grouped(counts[place])];
    row.append(...cells.map((cell) => element("td", "", cell)));
    return row;
  }));
}

function paintCurve({ part, counts, least }, kept) {
  const { clientWidth: width } = part.curve.parentElement, height = 236, left = 46, bottom = 30;
  if (!width) return;
  const pen = surface(part.curve, width, height), { ink, font } = themed(part.threshold);
  part.curve.style.width = `${width}px`;
  part.curve.style.height = `${height}px`;
  const most = Math.log10(counts[0]) || 1, wide = Math.log10(counts.length) || 1;
  const x = (rank) => left + (Math.log10(rank) / wide) * (width - left - 8), y = (count) => 10 + (1 - Math.log10(count) / most) * (height - bottom - 10);
  pen.font = `11px ${font}`;
  pen.fillStyle = pen.strokeStyle = ink;
  grid(pen, x, y, counts, { left, right: width - 8, floor: height - bottom });
  pen.globalAlpha = 0.1;
  if (kept < counts.length) pen.fillRect(x(kept + 1), 10, width - 8 - x(kept + 1), height - bottom - 10);
  pen.globalAlpha = 1;
  trace(pen, x, y, counts);
  pen.strokeStyle = "#dd5a36";
  pen.setLineDash([5, 4]);
  pen.beginPath();
  pen.moveTo(left, y(Math.min(least, counts[0])));
  pen.lineTo(width - 8, y(Math.min(least, counts[0])));
  pen.stroke();
  pen.setLineDash([]);
  part.curve.setAttribute("aria-label", `${grouped(counts.length)} words by count, from ${grouped(counts[0])} down to ${grouped(counts[counts.length - 1])}; ${grouped(kept)} lie above the threshold`);
}

function grid(pen, x, y, counts, { left, right, floor }) {
  pen.globalAlpha = 0.6;
  [pen.textAlign, pen.textBaseline] = ["right", "middle"];
  for (let count = 1; count <= counts[0]; count *= 10) pen.fillText(grouped(count), left - 7, y(count));
  [pen.textAlign, pen.textBaseline] = ["center", "top"];
  for (let rank = 1; rank <= counts.length; rank *= 10) pen.fillText(grouped(rank), Math.min(x(rank), right - 16), floor + 8);
  pen.globalAlpha = 0.15;
  pen.beginPath();
  for (let count = 1; count <= counts[0]; count *= 10) {
    pen.moveTo(left, y(count));
    pen.lineTo(right, y(count));
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

/** The steps of the curve: a point at both ends of each run of equal counts. */
function trace(pen, x, y, counts) {
  pen.lineWidth = 1.6;
  pen.beginPath();
  counts.forEach((count, place) => {
    if (place && count === counts[place - 1] && count === counts[place + 1]) return;
    if (place) pen.lineTo(x(place + 1), y(count));
    else pen.moveTo(x(1), y(count));
  });
  pen.stroke();
}
