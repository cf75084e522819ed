// The parts of the file as a tree that opens. What a file says goes in by textContent alone.
import { element } from "../shared/dom.js";

export function branch({ name, said, raw, inside }, depth = 0) {
  const node = element("details", depth ? "part inner" : "part"), summary = element("summary");
  summary.append(element("b", "", name), element("span", "", said));
  node.append(summary);
  if (raw) node.append(element("pre", "", raw));
  node.append(...inside.map((part) => branch(part, depth + 1)));
  node.toggleAttribute("data-leaf", !raw && !inside.length);
  return node;
}
