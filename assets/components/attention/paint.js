// A frame: what has changed is painted once, however often it was asked for.
import { layDetail, paintDetail } from "./draw_detail.js";
import { paintGrid } from "./draw_grid.js";
import { markSelection, placeTip, writeFacts, writeRows, writeWords } from "./elements.js";
import { current } from "./shown.js";
import { readTheme } from "./theme.js";

const REST = 150; // ms: the words of all rows are not part of the frame

export function repaint(view, everything = true) {
  view.stale ||= everything;
  view.frame ||= requestAnimationFrame(() => {
    view.frame = 0;
    if (view.header && view.part.heads.clientWidth) paint(view);
  });
}

function paint(view) {
  const subject = (view.subject = current(view));
  if (view.stale) {
    const widths = [view.part.heads.clientWidth, view.part.scroll.clientWidth]; // read before anything is written
    view.widths = widths.join(" ");
    readTheme(view);
    markSelection(view);
    paintGrid(view, widths[0]);
    layDetail(view, subject, widths[1] - 8);
  }
  if (view.stale) writeRowsAtRest(view);
  view.stale = false;
  writeWords(view, subject);
  writeFacts(view);
  paintDetail(view, subject);
  placeTip(view, subject);
  view.part.view.dataset.drawn = view.drawn += 1;
  performance.mark("dawn-attention-drawn");
}

function writeRowsAtRest(view) {
  clearTimeout(view.words);
  view.words = setTimeout(() => writeRows(view, current(view)), REST);
}
