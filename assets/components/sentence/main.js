// The sentence box. `text` (state) goes out at every key; `commit` (trigger) once the person has decided: Enter,
// leaving the box, an example, or a pause. The server's text comes in only with a new revision, so its echo of an
// earlier key never overwrites a later one. What is typed is only ever a textarea's value.
import { unpack } from "../shared/blob.js"
import { button, listening } from "../shared/dom.js"
import { mounted, partsOf } from "../shared/mounted.js"
import { grouped } from "../shared/numbers.js"

export default mounted({ build, receive, end: (box) => clearTimeout(box.timer) })

const PAUSE_MS = 1200
const NAMES = ["sentence", "count", "note", "examples"]

export function characters(text) {
  return Array.from(text)
}

export function cleaned(text, limit) {
  const flat = text.replace(/[\r\n\t]+/g, " ")
  const all = characters(flat)
  return { text: all.length > limit ? all.slice(0, limit).join("") : flat, length: all.length }
}

function build(parent) {
  const part = { ...partsOf(parent, NAMES), label: parent.querySelector("label"), area: parent.querySelector("textarea") }
  const listeners = new AbortController(), on = listening(listeners)
  const box = { part, listeners, revision: null, sent: null, committed: null, timer: 0, complaint: "" }
  on(part.area, "input", (event) => { if (!event.isComposing) typed(box) })
  on(part.area, "compositionend", () => typed(box))
  on(part.area, "blur", (event) => {
    // A link of the menu carries the sentence itself; a commit sent beside its click would call the page back, so the
    // pause begins anew while the link is pressed.
    if (!event.relatedTarget?.closest("a[href]")) commit(box)
    else if (box.sent !== box.committed) pause(box)
  })
  on(part.area, "keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return
    event.preventDefault()
    commit(box)
  })
  on(part.examples, "click", ({ target }) => { if (target.closest("button")) choose(box, target.closest("button").textContent) })
  return box
}

function receive(box, bytes) {
  box.said = unpack(bytes).header
  const { label, revision, text } = box.said
  box.part.label.textContent = label
  offer(box)
  if (revision !== box.revision) {
    Object.assign(box, { revision, sent: text, committed: text, complaint: "" })
    box.part.area.value = text
    clearTimeout(box.timer)
  }
  paint(box)
  box.part.sentence.dataset.drawn = String(revision)
}

function typed(box) {
  const { limit } = box.said
  const { text, length } = cleaned(box.part.area.value, limit)
  box.complaint = length > limit
    ? `That has ${grouped(length)} characters; the first ${grouped(limit)} are kept.` : ""
  if (text !== box.part.area.value) box.part.area.value = text
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
  box.streamlit.setStateValue("text", text)
}

function commit(box) {
  clearTimeout(box.timer)
  if (box.sent === box.committed) return
  box.committed = box.sent
  box.streamlit.setTriggerValue("commit", box.sent)
}

function choose(box, text) {
  box.part.area.value = text
  box.complaint = ""
  send(box, text)
  commit(box)
}

function paint({ part, said: { limit, note }, complaint }) {
  const length = characters(part.area.value).length
  part.count.textContent = `${grouped(length)} / ${grouped(limit)}`
  part.count.toggleAttribute("data-full", length >= limit)
  part.note.textContent = complaint || note
  part.note.toggleAttribute("data-loud", complaint !== "")
  for (const example of part.examples.children) example.setAttribute("aria-pressed", String(example.textContent === part.area.value))
}

function offer({ part: { examples }, said }) {
  if (examples.childElementCount !== said.examples.length) examples.replaceChildren(...said.examples.map((text) => button("", text)))
}
