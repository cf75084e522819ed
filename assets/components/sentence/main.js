// The sentence box. `text` (state) goes out at every key; `commit` (trigger) once the person has decided: Enter,
// leaving the box, an example, or a pause. The server's text comes in only with a new revision, so its echo of an
// earlier key never overwrites a later one. What is typed is only ever a textarea's value.
import { unpack } from "../shared/blob.js"

const PAUSE_MS = 1200
const boxes = new WeakMap()

export function characters(text) {
  return Array.from(text)
}

export function cleaned(text, limit) {
  const flat = text.replace(/[\r\n\t]+/g, " ")
  const all = characters(flat)
  return { text: all.length > limit ? all.slice(0, limit).join("") : flat, length: all.length }
}

function build(component) {
  const root = component.parentElement
  const area = root.querySelector("textarea")
  const box = { component, area, revision: null, sent: null, committed: null, timer: 0, complaint: "" }
  area.addEventListener("input", (event) => { if (!event.isComposing) typed(box) })
  area.addEventListener("compositionend", () => typed(box))
  area.addEventListener("blur", (event) => {
    // A link of the menu carries the sentence itself; a commit sent beside its click would call the page back, so the
    // pause begins anew while the link is pressed.
    if (!event.relatedTarget?.closest("a[href]")) commit(box)
    else if (box.sent !== box.committed) pause(box)
  })
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return
    event.preventDefault()
    commit(box)
  })
  return box
}

function typed(box) {
  const { limit } = box.said
  const { text, length } = cleaned(box.area.value, limit)
  box.complaint = length > limit
    ? `That has ${length.toLocaleString("en")} characters; the first ${limit.toLocaleString("en")} are kept.` : ""
  if (text !== box.area.value) box.area.value = text
  send(box, text)
  pause(box)
}

function pause(box) {
  clearTimeout(box.timer)
  box.timer = setTimeout(() => commit(box), PAUSE_MS)
}

function send(box, text) {
  paint(box)
  if (text === box.sent) return
  box.sent = text
  box.component.setStateValue("text", text)
}

function commit(box) {
  clearTimeout(box.timer)
  if (box.sent === box.committed) return
  box.committed = box.sent
  box.component.setTriggerValue("commit", box.sent)
}

function choose(box, text) {
  box.area.value = text
  box.complaint = ""
  send(box, text)
  commit(box)
}

function paint(box) {
  const root = box.component.parentElement
  const { limit, note } = box.said
  const length = characters(box.area.value).length
  const count = root.querySelector(".count")
  count.textContent = `${length.toLocaleString("en")} / ${limit.toLocaleString("en")}`
  count.toggleAttribute("data-full", length >= limit)
  const line = root.querySelector(".note")
  line.textContent = box.complaint || note
  line.toggleAttribute("data-loud", box.complaint !== "")
  for (const button of root.querySelectorAll(".examples button")) {
    button.setAttribute("aria-pressed", String(button.textContent === box.area.value))
  }
}

function offer(box) {
  const shelf = box.component.parentElement.querySelector(".examples")
  if (shelf.childElementCount === box.said.examples.length) return
  shelf.replaceChildren(...box.said.examples.map((example) => {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = example
    button.addEventListener("click", () => choose(box, example))
    return button
  }))
}

export default function (component) {
  const root = component.parentElement
  if (!boxes.has(root)) boxes.set(root, build(component))
  const box = boxes.get(root)
  const said = unpack(component.data).header
  Object.assign(box, { component, said })
  root.querySelector("label").textContent = said.label
  offer(box)
  if (said.revision !== box.revision) {
    box.revision = said.revision
    box.sent = box.committed = said.text
    box.area.value = said.text
    box.complaint = ""
    clearTimeout(box.timer)
  }
  paint(box)
  root.querySelector(".sentence").dataset.drawn = String(box.revision)
  return () => clearTimeout(box.timer)
}
