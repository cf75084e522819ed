// On a phone the menu covers the page, so a click on one of its links closes it, as Streamlit's own menu does.
const PHONE = "(max-width: 768px)"

function close(event) {
  if (!window.matchMedia(PHONE).matches || !event.target.closest("a[href]")) return
  event.currentTarget.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click()
}

export default function () {
  const sidebar = document.querySelector('[data-testid="stSidebar"]')
  sidebar?.addEventListener("click", close) // the same function is never added twice
  return () => sidebar?.removeEventListener("click", close)
}
