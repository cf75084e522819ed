// Characters as Python's pages/ui/pieces.py puts them: [text, quiet], quiet for signs of what cannot be seen.
import { element } from "../shared/dom.js";

/** Characters as they are, quiet signs where something invisible stands. */
export function write(node, parts) {
  node.replaceChildren(...parts.map(([text, quiet]) => (quiet ? element("span", "q", text) : document.createTextNode(text))));
  return node;
}

export const plain = (parts) => parts.map(([text]) => text).join("");
