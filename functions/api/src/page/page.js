const MARK = { up_to_date: "✓", pending: "…", on_hold: "!", failed: "!", not_published: "–", unknown: "?" };
const find = (id) => document.getElementById(id);
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private windows keep nothing */ } };

let language = LANGUAGES.includes(kept("language")) ? kept("language") : (navigator.language || "en").startsWith("nl") ? "nl" : "en";
let limit = 25, text = "", lastSeen = null, gone = false, trouble = null;
const seen = { stock: null, orders: null, attention: null, health: null, one: null, movements: null, locations: null };
const tags = {};
let newest = null;

const word = (key) => WORDS[key]?.[LANGUAGES.indexOf(language)];
const t = (key, ...values) => word(key).replace(/\{(\d)(?:\|([^|}]*)\|([^}]*))?\}/g,
  (_, n, one, many) => one === undefined ? values[n] : String(values[n]) === "1" ? one : many);
// As dates and hours are written here: day first, 24 hours.
const locale = () => ({ en: "en-GB", nl: "nl-NL" })[language];
const count = (n) => new Intl.NumberFormat(locale()).format(n);
const clock = (at) => {
  const when = new Date(at), today = new Date().toDateString() === when.toDateString();
  return new Intl.DateTimeFormat(locale(), today ? { timeStyle: "medium" } : { dateStyle: "short", timeStyle: "short" }).format(when);
};
const age = (s) => s < 120 ? `${count(s)} s` : s < 7200 ? `${count(Math.round(s / 60))} min` : `${count(Math.round(s / 3600))} h`;

/** Makes an element. Texts go in as texts, never as markup. */
function h(tag, about, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(about ?? {})) if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  element.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}
/** What Sluis says in English alone: on a page in another language it is marked as such, so that nobody and no screen reader takes it for that language. */
const said = (text) => !text ? null : language === "en" ? text : h("span", { lang: "en" }, text);
/** A problem as the API tells it, in the reader's language; what is particular about it follows as it was said. */
const problemWords = (problem) => language !== "en" && word(`p_${problem.code}`) ? [word(`p_${problem.code}`), h("span", { class: "soft", lang: "en" }, ` ${problem.detail}`)]
  : [problem.detail ?? word(`p_${problem.code}`)];
/** What an answer that is none of ours comes to: a gateway in between may answer in other words, or in none. */
const problemOf = async (answer) => ({ detail: `HTTP ${answer.status} ${answer.statusText}`, ...await answer.json().catch(() => ({})) });
/** Puts these between things. */
const between = (separator, things) => things.filter(Boolean).flatMap((thing, at) => at ? [separator, thing] : [thing]);
const moment = (at) => h("time", { datetime: at }, clock(at));
const empty = (words) => h("p", { class: "empty" }, words);

function show(id, ...children) {
  const key = document.activeElement?.dataset?.key;
  find(id).replaceChildren(...children);
  if (key) document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

/** On whose word nobody tells a listing: nothing is on its way to it, and nothing is wrong with it. */
const notPublished = (reason) => `${t("not_published")}: ${t(`n_${reason}`)}`;

function channel(listing, quota) {
  const push = listing.publication, state = push.type, apart = state === "not_published", target = push.target_quantity ?? null;
  const part = quota && target !== null ? t("maySell", count(target)) : null;
  const told = listing.published_quantity === null ? null : count(listing.published_quantity);
  const figure = apart ? notPublished(push.reason) : part ?? (told === null ? t("notYetKnown") : t("shows", told));
  const more = [
    !part && target !== null && state !== "up_to_date" ? t("should", count(target)) : null,
    apart && told !== null ? t("toldOnce", told) : null,
    listing.published_at ? t("told", clock(listing.published_at)) : null,
    push.postponed_until ? t("putOff", clock(push.postponed_until)) : null,
    said(push.error), state === "unknown" ? t("unknown") : null,
    listing.backorders ? t("backorders") : null,
    state === "on_hold" ? h("span", null, push.orders.flatMap((one, at) => [at ? "; " : "", ...heldBy(one)])) : null,
  ];
  return h("li", { class: state, title: `${t(state)} · ${listing.offer}` },
    h("span", { "aria-hidden": "true" }, `${MARK[state]} `), apart ? null : h("span", { class: "unseen" }, `${t(state)}: `),
    h("b", null, listing.connection), ` ${figure}`, more.some(Boolean) ? h("span", { class: "soft" }, " ", between(" · ", more)) : null);
}

/** Which order keeps a figure from rising, and which line of it. */
function heldBy(one) {
  const order = one.order ? h("a", { href: linked({ connection: one.connection, number: one.order }) }, `${one.connection} ${t("heldOrder", one.order)}`) : t("heldItem", one.channel_reference ?? "?");
  const lines = (one.lines ?? []).map((line) => `, ${line.id ? t("heldLine", line.id) : t("aLine")}${line.sku ? ` (${line.sku})` : ""}: ${t("unreadField", line.field_error.field, line.field_error.value)}`);
  const [before, after] = t("heldBy", "\n").split("\n");
  return [before, order, ...lines, after];
}

/** Rows that cannot be read: named, beside all that can. */
const unreadable = (body) => (body.unreadable ?? []).map((row) => h("p", { class: "trouble" }, t("notReadable", row.key, ""), said(row.error)));
/** A figure, or that nobody knows it. */
const known = (figure) => figure === null ? t("unsureFigure") : count(figure);

function product(one) {
  const item = one.product;
  return h("article", null,
    h("h3", null, linkedProduct(item.sku), " ", h("small", null, [item.title, item.variant, item.ean].filter(Boolean).join(" · "))),
    h("ul", { class: "figures" }, one.locations.map((place) => h("li", null,
      h("strong", null, count(place.available)), ` ${t("free")}, ${count(place.reserved)} ${t("reserved")} ${t("at")} ${place.location} `,
      correction(item.sku, place)))),
    one.components.length ? h("p", { class: "soft" }, t("makes", known(one.available)), ": ", one.components.map((c) => `${count(c.units)} × ${c.sku}`).join(", ")) : null,
    one.short ? h("p", null, h("span", { class: "chip failed" }, t("owed", count(one.short)))) : null,
    one.quota_mode ? h("p", { class: "soft" }, t("shared")) : null,
    one.listings.length ? h("ul", { class: "chips" }, one.listings.map((l) => channel(l, one.quota_mode))) : h("p", { class: "soft" }, t("nowhere")), unreadable(one));
}

const draw = {
  stock({ products, next, unreadable: lost }) {
    const missing = unreadable({ unreadable: lost });
    if (!products.length) show("products", ...missing, missing.length || next ? "" : empty(text ? t("noFind", text) : t("noProducts")));
    else show("products", ...missing, ...products.map(product), next && limit >= 200 ? empty(t("many")) : "");
    find("more").hidden = !next || limit >= 200;
    const pushes = products.flatMap((p) => p.listings.filter((l) => l.published_at).map((l) => ({ sku: p.product.sku, ...l })));
    pushes.sort((a, b) => (a.published_at < b.published_at ? 1 : -1));
    show("pushes", pushes.length ? h("ol", { class: "rows" }, pushes.slice(0, 20).map((p) => h("li", null,
      moment(p.published_at), h("b", null, p.sku), ` → ${p.connection}: `, h("span", { class: `chip ${p.publication.type}` }, p.published_quantity === null ? t("notYetKnown") : count(p.published_quantity)))))
      : empty(t("noPushes")));
  },
  orders({ orders, unreadable: lost }) {
    const before = newest;
    newest = orders[0]?.at ?? null;
    show("orders", ...unreadable({ unreadable: lost }), orders.length ? h("ol", { class: "rows" }, orders.map((o) => h("li", { class: before && o.at > before ? "new" : null },
      moment(o.at), h("a", { href: linked(o) }, h("b", null, `${o.connection} ${o.number}`)), o.version > 1 ? ` ${t("changed", count(o.version - 1))}` : "", " ",
      o.reserved ? h("span", { class: "chip up_to_date" }, t("held", count(o.reserved))) : null, o.short ? h("span", { class: "chip failed" }, t("short", count(o.short))) : null,
      h("div", { class: "soft" }, o.skus.join(", "))))) : lost?.length ? "" : empty(t("noOrders")));
  },
  health({ connections, unreadable: lost }) {
    show("health", ...unreadable({ unreadable: lost }), connections.length ? h("ul", { class: "rows" }, connections.map((c) => {
      const state = { ok: "up_to_date", failing: "failed", unknown: "pending" }[c.status], hooks = c.subscription;
      const failing = c.tasks.filter((d) => d.status === "failing");
      return h("li", null, h("span", { class: `chip ${state}` }, h("span", { "aria-hidden": "true" }, `${MARK[state]} `), h("span", { class: "unseen" }, `${t(`c_${c.status}`)}: `), h("b", null, c.connection)),
        ` ${c.channel_title ?? c.channel} `, listingsLink(c.connection, false), " · ", listingsLink(c.connection, true),
        failing.map((d) => h("div", null, t("fails", t(`task_${d.task}`), clock(d.failing_since), ""), said(d.message))),
        c.check?.missing_rights.length ? h("div", null, t("lacks", c.check.missing_rights.join(", "))) : null,
        c.status === "unknown" ? h("div", null, t("c_unknown")) : null,
        c.publishing.type === "none" ? h("div", null, h("span", { class: "chip not_published" }, notPublished("import_only"))) : null,
        c.publishing.type === "selected" ? h("div", null, t("selected", count(c.publishing.products))) : null,
        c.circuit ? h("div", null, t("closed", clock(c.circuit.open_until), ""), said(c.circuit.reason)) : null,
        h("div", { class: "soft" }, [
          c.orders_read_until ? t("readUntil", clock(c.orders_read_until), age(c.cursor_age_s)) : t("neverRead"),
          c.order_list_running ? t("underWay") : null,
          c.listings?.running ? t("listingsUnderWay", count(c.listings.checked)) : null,
          c.rollout ? t("settingsUnderWay", count(c.rollout.products_sent)) : null,
          c.orders_settled_through ? t("fence", clock(c.orders_settled_through)) : null,
          hooks ? t("hooks", clock(hooks.checked_at), hooks.valid.length, hooks.created.length, hooks.repaired.length) : t("noHooks"),
          c.check?.checked_at ? (c.check.account ? t("checkedOf", c.check.account, clock(c.check.checked_at)) : t("checked", clock(c.check.checked_at))) : t("neverChecked"),
          c.token ? t("token", t(c.token.lifetime)) + (c.token.expires_at ? ` ${t("ends", clock(c.token.expires_at))}` : "") : null,
        ].filter(Boolean).join(" · ")));
    })) : lost?.length ? "" : empty(t("noHealth")));
  },
};

/** Asks for one list; draws it if it changed. */
async function ask(name, path) {
  const headers = tags[name]?.path === path ? { "If-None-Match": tags[name].tag } : {};
  const answer = await fetch(`/api/v1/${path}`, { headers, cache: "no-store", signal: AbortSignal.timeout(8000) });
  if (answer.status === 304) return;
  if (!answer.ok) {
    const problem = await problemOf(answer);
    throw Object.assign(new Error(problem.detail), { problem });
  }
  const body = await answer.json();
  // The search may have changed while this answer was on its way.
  if (name === "stock" && path !== stockPath()) return;
  if ((name === "one" && path !== open?.path) || (name === "movements" && path !== open?.also)) return;
  tags[name] = { path, tag: answer.headers.get("ETag") };
  seen[name] = body;
  draw[name](body);
}
const stockPath = () => `products?limit=${limit}&q=${encodeURIComponent(text)}`;

async function round(turn) {
  const asks = open ? [askOne()] : [ask("stock", stockPath()), ask("orders", "orders?limit=50")];
  if (turn % 3 === 0 && !open) asks.push(ask("health", "health"));
  if ((turn % 9 === 0 || !seen.attention) && !open) asks.push(ask("attention", "attention"));
  const failed = (await Promise.allSettled(asks)).find((r) => r.status === "rejected");
  // A browser tells of a server that is gone with a TypeError, of one that is slow with a TimeoutError.
  gone = failed !== undefined && !(failed.reason instanceof Error && failed.reason.constructor === Error);
  trouble = failed && !gone ? failed.reason.problem ?? { detail: failed.reason.message } : null;
  if (!failed) lastSeen = new Date();
  drawContact();
}

function drawContact() {
  document.body.classList.toggle("gone", gone);
  document.body.classList.toggle("waiting", !lastSeen || trouble !== null);
  const words = h("p", null, gone ? (lastSeen ? t("gone", clock(lastSeen)) : t("neverSeen")) : trouble ? problemWords(trouble) : "");
  // Said once, however often it is the same.
  if (find("trouble").innerHTML !== words.innerHTML) find("trouble").replaceChildren(...words.childNodes);
  find("trouble").hidden = !find("trouble").textContent;
  find("contact").textContent = lastSeen && !gone ? t("contact", clock(lastSeen)) : gone ? "" : t("starting");
}

function drawWords() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
    if (element.matches("input")) element.placeholder = t(element.dataset.label);
  }
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  find("legend").replaceChildren(...Object.keys(MARK).map((state) => h("span", { class: `chip ${state}` }, `${MARK[state]} ${t(state)}`)));
  for (const [name, body] of Object.entries(seen)) if (body) draw[name](body);
  drawContact();
}
