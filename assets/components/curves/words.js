// The words of a panel: its buttons, what the pointer reads, what a screen reader says.
import { button, element } from "../shared/dom.js";
import { grouped } from "../shared/numbers.js";
import { stretches } from "./axis.js";
import { redraw } from "./draw.js";
import { readings } from "./lines.js";
import { AXES } from "./scales.js";

/** The newest number of each line in words: what a screen reader says of the picture. */
export function summary(panel) {
  const last = (curve) => {
    const end = stretches(curve.y).at(-1);
    return end ? `${curve.label} ${exact(panel, curve.y[end[1] - 1])} at step ${curve.steps[end[1] - 1]}` : `${curve.label}: no number yet`;
  };
  const said = panel.curves.filter((curve) => curve.style !== "faint").map(last);
  const gaps = panel.curves.reduce((count, curve) => count + curve.gaps.length, 0);
  return [...(said.length ? said : ["No number yet"]), ...(gaps ? [`${gaps} points were no number`] : [])].join("; ") + ".";
}

function exact(panel, value) {
  if (panel.digits === null) return value.toExponential(2).replace("e-", "e−");
  return value.toLocaleString("en", { minimumFractionDigits: panel.digits, maximumFractionDigits: panel.digits });
}

/** The numbers at the pointer, beside it, in the panel that it is in. */
export function say(view) {
  for (const panel of view.panels) {
    const found = view.at === null || panel !== view.over ? [] : readings(view, panel);
    panel.tip.hidden = !found.length;
    if (!found.length) continue;
    const rows = found.map(({ curve, value }) => {
      const row = element("span");
      row.append(element("i", "", curve.label), element("em", "", exact(panel, value)));
      return row;
    });
    const axis = view.axis === "step" ? "" : ` · ${AXES[view.axis].label(found[0].place)}`;
    panel.tip.replaceChildren(element("b", "", `step ${grouped(Math.round(found[0].step))}${axis}`), ...rows);
    const x = panel.scale.x(view.at), width = panel.canvas.clientWidth;
    panel.tip.style.left = x < width / 2 ? `${x + 14}px` : "auto";
    panel.tip.style.right = x < width / 2 ? "auto" : `${width - x + 14}px`;
  }
}

/** A button for each line, where there is more than one; made anew only when the lines change. */
export function keys(view, panel) {
  const named = panel.curves.filter((curve) => curve.style !== "faint");
  const names = named.map((curve) => curve.label).join("\n");
  if (names === panel.names) return;
  panel.names = names;
  panel.keys.replaceChildren(...(named.length < 2 ? [] : named.map((curve) => {
    const made = button("key"), dash = element("i", curve.style);
    made.append(dash, element("span", "", curve.label));
    made.style.setProperty("--hue", curve.colour);
    made.setAttribute("aria-pressed", String(!view.hidden.has(curve.group)));
    made.onclick = () => {
      if (!view.hidden.delete(curve.group)) view.hidden.add(curve.group);
      made.setAttribute("aria-pressed", String(!view.hidden.has(curve.group)));
      redraw(view);
    };
    return made;
  })));
}
