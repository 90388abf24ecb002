// Keeps what is shown fresh. Nothing needs this script: without it a page is as it was when it was opened.
//
// Every few seconds it asks for one small thing, the pulse: whether anything was done since. Only then, and once in a while, is the part of the
// page asked for that changes; it is laid over what is there, so that focus, selection, what was filled in and where one has scrolled to stay.

const OFTEN_MS = 5_000, SELDOM_MS = 30_000, QUIET_AFTER_MS = 60_000;
// What is told to a channel after something was done is seen a little later.
const AFTERWARDS_MS = [6_000, 20_000];

const main = () => document.getElementById("main");
const contact = document.getElementById("contact");
const touched = new WeakSet();
let pulse = main()?.dataset.pulse, changedAt = Date.now(), shownAt = Date.now(), heardAt = Date.now(), due = [], waiting = null;

/** Whether somebody is at work in a form: it is left as it is. */
const inUse = (form) => touched.has(form) || (form.contains(document.activeElement) && document.activeElement !== document.body);

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    // What somebody unfolded stays so.
    if (!fresh.hasAttribute(name) && !(name === "open" && old.localName === "details")) old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (name === "open" || old.getAttribute(name) === value) continue;
    old.setAttribute(name, value);
    if (name === "value" && old.localName === "input") old.value = value;
  }
}

/** Makes one node like another of the same kind. */
function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.localName === "form" && inUse(old)) return;
  if (old.isEqualNode(fresh)) return;
  attributes(old, fresh);
  if (old.localName !== "textarea") children(old, fresh);
}

const alike = (old, fresh) => old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && (old.id ?? "") === (fresh.id ?? "");
const hasFocus = (node) => node.contains(document.activeElement) && document.activeElement !== document.body;

function children(old, fresh) {
  const wanted = new Set([...fresh.children].map((one) => one.id).filter(Boolean));
  let at = old.firstChild;
  for (const want of [...fresh.childNodes]) {
    let found = want.id ? [...old.children].find((one) => one.id === want.id && alike(one, want)) : null;
    if (!want.id && at && alike(at, want)) found = at;
    if (!found) {
      old.insertBefore(document.importNode(want, true), at);
      continue;
    }
    // What has the focus is not moved, for it would lose it: what stands before it is.
    while (at && at !== found && hasFocus(found)) {
      const next = at.nextSibling;
      if (at.id && wanted.has(at.id)) old.append(at); else at.remove();
      at = next;
    }
    if (found === at) at = at.nextSibling; else old.insertBefore(found, at);
    morph(found, want);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** Asks for the part that changes, and lays it over what is there. */
async function show() {
  const answer = await fetch(location.href, { headers: { "x-sluis-part": "main" }, cache: "no-store", signal: AbortSignal.timeout(15_000) });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
  if (!fresh) return;
  // That something was done is told once.
  document.getElementById("done")?.remove();
  morph(main(), fresh);
  shownAt = Date.now();
}

function heard(is) {
  if (is) heardAt = Date.now();
  else contact.textContent = contact.dataset.lost.replace("{at}", new Date(heardAt).toLocaleTimeString(document.documentElement.lang));
  contact.hidden = is;
}

async function beat() {
  const answer = await fetch("/pulse", { cache: "no-store", signal: AbortSignal.timeout(8_000) });
  // The session ended: the page leads to where one signs in.
  if (answer.status === 401) return location.reload();
  if (!answer.ok) return;
  const now = (await answer.text()).trim(), time = Date.now();
  if (now !== pulse) {
    pulse = now;
    changedAt = time;
    due = AFTERWARDS_MS.map((ms) => time + ms);
    await show();
  } else if (due.some((at) => at <= time) || time - shownAt >= 1000 * Number(main().dataset.every)) {
    due = due.filter((at) => at > time);
    await show();
  }
}

async function turn() {
  clearTimeout(waiting);
  if (document.hidden) return;
  try {
    await beat();
    heard(true);
  } catch { heard(false); }
  const quiet = Date.now() - changedAt > QUIET_AFTER_MS && contact.hidden;
  waiting = setTimeout(turn, quiet ? SELDOM_MS : OFTEN_MS);
}

if (main() && contact && Number(main().dataset.every) > 0) {
  document.addEventListener("input", (event) => { if (event.target.form?.method === "post") touched.add(event.target.form); });
  document.addEventListener("visibilitychange", turn);
  waiting = setTimeout(turn, OFTEN_MS);
}
// A page that is opened again, or kept in the list of favourites, does not tell once more what was done.
const here = new URL(location.href);
if (here.searchParams.has("done")) {
  here.searchParams.delete("done");
  history.replaceState(null, "", here);
}
