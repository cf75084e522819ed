// The theme of the page as colours that a canvas can count with.
import { rgb, surface } from "../shared/canvas.js";
import { colourTable, luminance, mix } from "./colours.js";

/** Colours of the kind in the theme of the page, kept until Streamlit calls again (it does when its theme changes). */
export function readTheme(view) {
  const { kind } = view.choice;
  if (view.restyle) view.themes = {};
  view.restyle = false;
  if (!view.themes[kind]) {
    const style = getComputedStyle(view.part.view);
    const read = (name) => style.getPropertyValue(name).trim();
    const [paper, ink, hue] = ["--paper", "--ink", `--${kind}`].map((name) => rgb(read(name)));
    const dark = luminance(paper) < 0.2;
    const css = (colour, alpha = 1) => `rgb(${colour.join(" ")} / ${alpha})`;
    view.themes[kind] = { paper, ink, hue, css, dark, table: colourTable(paper, hue, dark), number: css(mix(hue, ink, 0.3)), font: style.fontFamily, name: [kind, paper, hue].join() };
  }
  if (view.theme === view.themes[kind]) return;
  view.theme = view.themes[kind];
  view.part.view.dataset.theme = view.theme.dark ? "dark" : "light";
  const ramp = surface(view.part.ramp, 256, 1, 1);
  ramp.putImageData(new ImageData(new Uint8ClampedArray(view.theme.table.slice().buffer), 256, 1), 0, 0);
}
