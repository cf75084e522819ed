// Learning curves that grow in place: zoom, hidden lines and the pointer outlive every refresh. Python sends one blob;
// nothing goes back. (st.plotly_chart mounts a new chart whenever its data changes.) Labels go in by textContent.
import { unpack } from "../shared/blob.js";
import { button, element } from "../shared/dom.js";
import { mounted } from "../shared/mounted.js";
import { listen } from "./act.js";
import { along, choices, offer } from "./choices.js";
import { redraw } from "./draw.js";
import { keys, say, summary } from "./words.js";

export default mounted({ build, receive, draw: redraw, end });

function end(view) {
  view.sizes.disconnect();
  cancelAnimationFrame(view.frame);
}

function build(parent) {
  const root = parent.querySelector(".curves");
  const view = { root, listeners: new AbortController(), hidden: new Set(), zoom: null, at: null, drag: null, axis: "step", log: false, panels: [], drawn: 0, frame: 0 };
  view.grid = element("div", "grid");
  view.choices = choices(view);
  root.replaceChildren(view.choices, view.grid);
  view.sizes = new ResizeObserver(() => redraw(view));
  view.sizes.observe(root);
  return view;
}

function receive(view, bytes) {
  const { header, arrays } = unpack(bytes, "float32");
  Object.assign(view, { ends: header.ends, labels: header.labels });
  const values = (names) => Object.fromEntries(Object.entries(names).map(([axis, name]) => [axis, arrays[name].values]));
  view.tables = values(Object.fromEntries(Object.keys(header.ends).filter((axis) => axis in arrays).map((axis) => [axis, axis])));
  if (view.run !== header.run) [view.zoom, view.at, view.run] = [null, null, header.run];
  if (!(view.axis in view.ends)) [view.axis, view.zoom, view.at] = ["step", null, null];
  while (view.panels.length < header.panels.length) view.panels.push(buildPanel(view, view.panels.length === 0));
  while (view.panels.length > header.panels.length) view.panels.pop().figure.remove();
  header.panels.forEach((said, place) => {
    const panel = view.panels[place];
    panel.title.textContent = said.title;
    panel.range = said.range;
    panel.marks = said.marks;
    panel.digits = said.digits;
    panel.log = said.log;
    panel.curves = said.curves.map((curve) => ({ ...curve, steps: arrays[curve.x].values, y: arrays[curve.y].values, gapSteps: arrays[curve.gaps].values, tables: values(curve.axes) }));
    keys(view, panel);
    panel.canvas.setAttribute("aria-label", `${said.title}. ${summary(panel)}`);
  });
  along(view);
  offer(view);
  say(view);
}

function buildPanel(view, first) {
  const figure = element("figure"), caption = element("figcaption"), plot = element("div", "plot");
  const panel = { figure, title: element("b"), keys: element("span"), canvas: element("canvas"), tip: element("div", "tip"), curves: [], names: "" };
  panel.keys.style.display = "contents";
  caption.append(panel.title, panel.keys);
  if (first) {
    view.all = button("all", "Show all steps");
    view.all.hidden = true;
    caption.append(view.all);
  }
  panel.tip.hidden = true;
  panel.canvas.tabIndex = 0;
  panel.canvas.setAttribute("role", "img");
  plot.append(panel.canvas, panel.tip);
  figure.append(caption, plot);
  view.grid.append(figure);
  listen(view, panel, first);
  return panel;
}
