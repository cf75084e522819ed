// The whole: the translations to choose from, and the chosen one in its pieces.
import { button, element } from "../shared/dom.js";
import { signed } from "../shared/numbers.js";

/** A label's parts into an element; what stands for something invisible is quiet. */
export function fill(target, parts) {
  target.replaceChildren(...parts.map(([text, quiet]) => element(quiet ? "i" : "span", "", text)));
}

function numbers(found, header) {
  const parts = [`log P ${signed(found.logProb, 2)}`];
  if (header.ranked) parts.push(`score ${signed(found.score, 2)}`);
  if (!found.finished) parts.push("unfinished");
  return parts.join(" · ");
}

export function paintList(view) {
  const { header } = view.blob;
  const { list, figures } = view.part;
  figures.textContent = numbers(header.translations[header.place], header);
  list.hidden = header.translations.length < 2;
  list.replaceChildren(...header.translations.map((found, place) => {
    const row = button();
    row.setAttribute("role", "radio");
    row.dataset.place = place;
    const text = element("bdi", "text", found.text.trim() || "∅");
    row.append(element("b", "", `${header.numbered} ${place + 1}`), text, element("small", "", numbers(found, header)));
    return row;
  }));
  markList(view);
}

export function markList(view) {
  [...view.part.list.children].forEach((row, place) => {
    row.setAttribute("aria-checked", String(place === view.blob.header.place));
    row.tabIndex = place === view.blob.header.place ? 0 : -1;
  });
}

export function paintTarget(view) {
  const { blob: { header, arrays, steps }, part } = view;
  const specials = new Set(header.specials), starts = new Set(header.starts);
  const begins = (label) => specials.has(label) || starts.has(label);
  const pieces = Array.from({ length: steps }, (_, step) => {
    const piece = button();
    const label = arrays.taken[step];
    piece.tabIndex = -1;
    piece.dataset.step = step;
    piece.classList.toggle("special", specials.has(label));
    piece.classList.toggle("gap", step < steps - 1 && begins(arrays.taken[step + 1]));
    fill(piece, header.bare[label]);
    piece.style.setProperty("--tint", `${(62 * Math.exp(arrays.logProbs[step])).toFixed(1)}%`);
    return piece;
  });
  part.target.replaceChildren(...pieces);
}
