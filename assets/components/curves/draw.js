// All panels in one frame: axes, then what lines.js draws between them.
import { surface, themed } from "../shared/canvas.js";
import { short } from "./axis.js";
import { band, cross, line, mark } from "./lines.js";
import { AXES, PAD, scales, shown } from "./scales.js";

export function redraw(view) {
  view.frame ||= requestAnimationFrame(() => draw(view));
}

function draw(view) {
  view.frame = 0;
  Object.assign(view, themed(view.root));
  for (const panel of view.panels) drawPanel(view, panel);
  view.root.dataset.drawn = String((view.drawn += 1));
}

function drawPanel(view, panel) {
  const { clientWidth: width, clientHeight: height } = panel.canvas;
  if (!width) return;
  const pen = surface(panel.canvas, width, height), scale = (panel.scale = scales(view, panel, width, height));
  if (!panel.range) return nothing(pen, view, width, height);
  axes(pen, view, scale, width, height);
  pen.save();
  pen.beginPath();
  pen.rect(PAD.left, PAD.top - 4, width - PAD.left - PAD.right + 4, height - PAD.top - PAD.bottom + 8);
  pen.clip();
  for (const level of panel.marks) mark(pen, view, scale, level, width);
  for (const curve of shown(view, panel)) line(pen, scale, curve);
  if (view.drag && view.drag.panel === panel) band(pen, view, scale, height);
  if (view.at !== null) cross(pen, view, scale, panel, height);
  pen.restore();
}

function nothing(pen, view, width, height) {
  pen.strokeStyle = pen.fillStyle = view.ink;
  pen.globalAlpha = 0.14;
  pen.strokeRect(0.5, 0.5, width - 1, height - 1);
  pen.globalAlpha = 0.55;
  pen.font = `13px ${view.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText("No numbers yet", width / 2, height / 2);
  pen.globalAlpha = 1;
}

function axes(pen, view, scale, width, height) {
  pen.font = `12px ${view.font}`;
  pen.lineWidth = 1;
  pen.strokeStyle = pen.fillStyle = view.ink;
  const rule = (x0, y0, x1, y1) => {
    pen.globalAlpha = 0.1;
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.lineTo(x1, y1);
    pen.stroke();
    pen.globalAlpha = 0.62;
  };
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const value of scale.levels((height - 30) / 38)) {
    const y = Math.round(scale.y(value)) + 0.5;
    rule(PAD.left, y, width - PAD.right, y);
    pen.fillText(short(value), PAD.left - 8, y);
  }
  pen.textBaseline = "alphabetic";
  const axis = AXES[view.axis];
  for (const place of axis.ticks(scale.from, scale.to, Math.min(8, width / 96))) {
    const x = scale.x(place);
    pen.textAlign = x > width - PAD.right - 18 ? "right" : x < PAD.left + 8 ? "left" : "center";
    pen.fillText(axis.label(place), Math.min(x, width), height - 5);
  }
  pen.globalAlpha = 1;
}
