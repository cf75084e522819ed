// The menu of what a person takes away. All of it is made in the browser.
import { button, element, listening } from "./dom.js";

const MEDIA = { svg: "image/svg+xml", csv: "text/csv" };

/** Fills `details` with a button for each offer: [kind, label, note, make]. What make() gives is saved as a file called `name()`
 * ("png": a Blob, "svg" and "csv": text), or goes into the clipboard ("link", "python": text); { sorry } is a sentence instead. */
export function offerToSave(details, controller, name, offers) {
  const on = listening(controller), done = element("p", "done"), list = element("div", "offers");
  done.setAttribute("role", "status");
  list.append(...offers.map(([kind, label, note]) => {
    const made = button("", label);
    made.dataset.take = kind;
    made.append(" ", element("small", "", note));
    return made;
  }), done);
  details.replaceChildren(element("summary", "", "Save"), list);
  closing(details, on);
  on(list, "click", async ({ target }) => {
    const kind = target.closest("[data-take]")?.dataset.take;
    if (!kind) return;
    done.textContent = "";
    done.textContent = await handOver(kind, name(), await offers.find(([one]) => one === kind)[3]());
  });
}

/** Escape and a press elsewhere close an open `details`. */
export function closing(details, on) {
  on(details, "keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
    event.stopPropagation();
  });
  on(document, "pointerdown", (event) => event.composedPath().includes(details) || (details.open = false));
}

async function handOver(kind, name, made) {
  if (made.sorry) return made.sorry;
  if (kind === "link") return (await copied(made)) ? "The link is copied." : "The browser keeps its clipboard shut: copy the address above.";
  if (kind === "python") return (await copied(made)) ? "Five lines are copied: run them in Dawn's folder." : "The browser keeps its clipboard shut.";
  download(kind === "png" ? made : new Blob([made], { type: MEDIA[kind] }), `${name}.${kind}`);
  return `${name}.${kind} is saved.`;
}

function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Whether the text is in the clipboard now. Pages that are not served over https or from this machine have only the old way. */
export async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const area = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

const quoted = (cell) => (typeof cell === "number" ? String(cell) : `"${String(cell).replaceAll('"', '""')}"`);

/** Rows of numbers and texts below a line that says where they come from and one that names the columns. */
export const csvOf = (origin, columns, rows) => `# ${origin}\n${columns.join(",")}\n${rows.map((row) => `${row.map(quoted).join(",")}\n`).join("")}`;

/** A number with as many digits as one that travelled in 16 bits has, or in 32. */
export const fewDigits = (value, digits = 4) => (Number.isFinite(value) ? Number(value.toPrecision(digits)) : String(value));
