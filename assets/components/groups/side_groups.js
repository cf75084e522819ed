// The choice of groups, and what each costs, as a table.
import { button, element } from "../shared/dom.js";
import { grouped } from "../shared/numbers.js";

export function fillCuts({ part, header: { options } }) {
  part.cuts.replaceChildren(...options.map(({ name }, option) => {
    const cut = button("", name);
    cut.dataset.option = option;
    cut.setAttribute("role", "radio");
    return cut;
  }));
}

export function fillCosts({ part, header: { options, separable } }) {
  const head = element("tr");
  head.append(...["groups", "each output reads", "parameters", "multiplications"].map((name) => Object.assign(element("th", "", name), { scope: "col" })));
  part.head.replaceChildren(head);
  part.body.replaceChildren(...options.map((option, at) => rowOf(option, options[0], at)), ...(separable ? [rowOf(separable, options[0])] : []));
}

function rowOf({ name, reads, parameters, multiplications }, whole, at) {
  const row = element("tr"), share = Math.round((100 * multiplications) / whole.multiplications);
  if (at !== undefined) row.dataset.option = at;
  const products = element("td", "", grouped(multiplications));
  products.append(" ", element("small", "", `${share} %`));
  row.append(Object.assign(element("th", "", name), { scope: "row" }), element("td", "", reads), element("td", "", grouped(parameters)), products);
  return row;
}
