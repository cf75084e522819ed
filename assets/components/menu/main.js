// Two things that Streamlit's own menu would do for its links.
const PHONE = "(max-width: 768px)"

// On a phone the menu covers the page, so a click on one of its links closes it.
function fold(event) {
  if (!window.matchMedia(PHONE).matches || !event.target.closest("a[href]")) return
  event.currentTarget.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click()
}

// The first deep link after the server's start: because a folder is called pages/, Streamlit looks for the page
// there, says "Page not found", then runs app.py, which has it. The page is open and in the menu: close the dialog.
function dismissFalseAlarm(sidebar) {
  const links = [...sidebar.querySelectorAll("a[href]")]
  if (!links.some((link) => link.pathname === location.pathname)) return
  for (const dialog of document.querySelectorAll('[role="dialog"]')) {
    const title = dialog.querySelector("h1, h2, h3, header, [data-testid=stDialogTitle]") ?? dialog
    if (title.textContent.startsWith("Page not found")) dialog.querySelector('button[aria-label="Close"]')?.click()
  }
}

export default function () {
  const sidebar = document.querySelector('[data-testid="stSidebar"]')
  if (!sidebar) return
  sidebar.addEventListener("click", fold) // the same function is never added twice
  dismissFalseAlarm(sidebar)
  return () => sidebar.removeEventListener("click", fold)
}
