// Beside and below the plane: the stops, what is nearest to the path in focus, and all of it as a table.
import { button, element } from "../shared/dom.js";
import { signed } from "../shared/numbers.js";
import { shortened } from "./draw_paths.js";
import { hueOf, othersOf } from "./plane.js";

export function fillStops({ part, header: { stops } }) {
  part.stops.hidden = stops.length < 2;
  part.stops.replaceChildren(...stops.map((name, stop) => {
    const made = button("", name);
    made.dataset.stop = stop;
    return made;
  }));
}

export function fillTable({ part, header }) {
  const { labels, stops, near } = header, top = element("tr");
  part.words.hidden = stops.length < 2;
  top.append(element("td"), ...stops.map((name) => Object.assign(element("th", "", name), { scope: "col" })));
  part.head.replaceChildren(top);
  part.body.replaceChildren(...labels.map((label, path) => {
    const row = element("tr"), name = Object.assign(element("th", "", shortened(label)), { scope: "row", title: label });
    name.style.setProperty("--hue", hueOf(header, path));
    row.append(name, ...stops.map((_, stop) => {
      const cell = element("td"), made = button(), [word, cosine] = near[path][stop][0];
      made.append(element("bdi", "", word), element("small", "", signed(cosine, 2)));
      Object.assign(made.dataset, { path, stop });
      cell.append(made);
      return cell;
    }));
    return row;
  }));
}

/** Tell of the path in focus at the stop of the moment. */
export function tell(view) {
  const { part, header, focus, at, distances } = view, { labels, notes, stops, near, tensors, sides, groups } = header;
  const tensor = tensors[sides[focus]][at];
  part.name.textContent = labels[focus];
  part.name.style.setProperty("--hue", hueOf(header, focus));
  part.where.textContent = stops.length > 1 ? `at ${stops[at]}` : notes[focus];
  part.near.replaceChildren(...near[focus][at].map(([word, cosine]) => barOf(word, cosine, signed(cosine, 3))));
  const others = distances && labels.length > 1 ? othersOf(distances, labels.length, at, focus) : [];
  part["title-apart"].hidden = !others.length;
  part.apart.replaceChildren(...others.map(([other, distance]) => barOf(shortened(labels[other]), distance, distance.toFixed(3), hueOf(header, other))));
  part.tensor.textContent = tensor;
  part.legend.replaceChildren(...(groups.length > 1 ? groups.map((name, side) => keyOf(name, hueOf(header, sides.indexOf(side)))) : []));
  for (const made of part.stops.children) made.setAttribute("aria-pressed", String(Number(made.dataset.stop) === at));
  for (const made of part.body.querySelectorAll("button")) made.classList.toggle("lit", Number(made.dataset.path) === focus && Number(made.dataset.stop) === at);
  part.says.textContent = `${notes[focus]}, at ${stops[at]}. Nearest words: ${near[focus][at].map(([word, cosine]) => `${word} ${signed(cosine, 2)}`).join(", ")}.`;
  part.canvas.setAttribute("aria-label", `${header.title}: ${labels.length} paths in one plane. Left and right change the stop, up and down the path, Enter holds it.`);
}

function barOf(name, value, text, hue) {
  const item = element("li"), bar = element("span", "length"), fill = element("i", value < 0 ? "minus" : "");
  fill.style.width = `${Math.min(1, Math.abs(value)) * 100}%`;
  if (hue) item.style.setProperty("--hue", hue);
  bar.append(fill);
  item.append(element("bdi", "", name), bar, element("span", "n", text));
  return item;
}

function keyOf(name, hue) {
  const item = element("span", "", name);
  item.style.setProperty("--hue", hue);
  return item;
}
