// The list of pieces: of thousands of rows only those in sight are elements.
import { element } from "../shared/dom.js";
import { clamp, grouped } from "../shared/numbers.js";
import { describeEntry } from "./entries.js";

const HEIGHT = 30, SPARE = 6, TALLEST = 14;

export function showRows(view) {
  const { part, shown } = view;
  part.tall.style.height = `${shown.length * HEIGHT}px`;
  part.list.style.height = `${Math.min(TALLEST, shown.length) * HEIGHT + 1}px`;
  const first = Math.max(0, Math.floor(part.list.scrollTop / HEIGHT) - SPARE);
  const last = Math.min(shown.length, Math.ceil((part.list.scrollTop + part.list.clientHeight) / HEIGHT) + SPARE);
  part.tall.replaceChildren(...Array.from({ length: Math.max(0, last - first) }, (_, at) => entryRow(view, first + at)));
}

function entryRow({ header, shown, lengths, seen, made, at }, place) {
  const id = shown[place], row = element("div", place === at ? "entry at" : "entry"), [left, right, rank] = made.subarray(3 * id, 3 * id + 3);
  row.style.top = `${place * HEIGHT}px`;
  row.dataset.place = place;
  row.id = `entry-${place}`;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", String(place === at));
  row.setAttribute("aria-setsize", shown.length);
  row.setAttribute("aria-posinset", place + 1);
  row.append(element("span", "id", String(id)), element("bdi", "piece", header.labels[id]), element("span", "n", String(lengths[id])),
    element("span", "n seen", seen ? grouped(seen[id]) : ""), element("span", "from", rank ? `${header.labels[left]} + ${header.labels[right]}, merge ${grouped(rank)}` : ""));
  return row;
}

/** The entry at a place is told, and scrolled to. */
export function pick(view, place) {
  const { part, shown } = view;
  if (!shown.length) return;
  view.at = clamp(0, place, shown.length - 1);
  const top = view.at * HEIGHT, { scrollTop, clientHeight } = part.list;
  if (top < scrollTop) part.list.scrollTop = top;
  else if (top + HEIGHT > scrollTop + clientHeight) part.list.scrollTop = top + HEIGHT - clientHeight;
  showRows(view);
  part.list.setAttribute("aria-activedescendant", `entry-${view.at}`);
  part.says.textContent = describeEntry(view, shown[view.at]);
}

/** The place that a key leads to, or null. */
export function ledTo(key, place, page, count) {
  return { ArrowDown: place + 1, ArrowUp: place - 1, PageDown: place + page, PageUp: place - page, Home: 0, End: count - 1 }[key] ?? null;
}
