const MARK = { right: "✓", pending: "…", problem: "!", not_told: "–", unsure: "?" };
const find = (id) => document.getElementById(id);
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private windows keep nothing */ } };

let language = WORDS[kept("language")] ? kept("language") : (navigator.language || "en").startsWith("nl") ? "nl" : "en";
let limit = 25, text = "", lastSeen = null, gone = false, trouble = "";
const seen = { stock: null, orders: null, attention: null, health: null, one: null, movements: null, locations: null };
const tags = {};
let newest = null;

const t = (key, ...values) => WORDS[language][key].replace(/\{(\d)\}/g, (_, n) => values[n]);
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
const moment = (at) => h("time", { datetime: at }, clock(at));
const empty = (words) => h("p", { class: "empty" }, words);

function show(id, ...children) {
  const key = document.activeElement?.dataset?.key;
  find(id).replaceChildren(...children);
  if (key) document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

/** How a listing stands; of one that cannot be judged, nobody knows. */
const standing = (listing) => listing.shown === "unknown" ? "unsure" : listing.shown;

/** On whose word nobody tells a listing: nothing is on its way to it, and nothing is wrong with it. */
const notTold = (why) => `${t("not_told")}: ${t(`n_${why}`)}`;

function channel(listing, quota) {
  const state = standing(listing), apart = state === "not_told", target = listing.target ?? null;
  const part = quota && target !== null ? t("maySell", count(target)) : null;
  const told = listing.told === null ? null : count(listing.told);
  const figure = apart ? notTold(listing.why) : part ?? (told === null ? t("unknown") : t("shows", told));
  const more = [
    !part && target !== null && state !== "right" ? t("should", count(target)) : null,
    apart && told !== null ? t("toldOnce", told) : null,
    listing.told_at ? t("told", clock(listing.told_at)) : null,
    listing.put_off_until ? t("putOff", clock(listing.put_off_until)) : null,
    listing.problem, state === "unsure" ? t("unsure") : null,
    listing.backorders ? t("backorders") : null,
  ].filter(Boolean).join(" · ");
  return h("li", { class: state, title: `${t(state)} · ${listing.offer}` },
    h("span", { "aria-hidden": "true" }, `${MARK[state]} `), apart ? null : h("span", { class: "unseen" }, `${t(state)}: `),
    h("b", null, listing.connection), ` ${figure}`, more ? h("span", { class: "soft" }, ` ${more}`) : null);
}

/** Rows that cannot be read: named, beside all that can. */
const unreadable = (body) => (body.unreadable ?? []).map((row) => h("p", { class: "trouble" }, t("notReadable", row.key, row.problem)));
/** A figure, or that nobody knows it. */
const known = (figure) => figure === null ? t("unsureFigure") : count(figure);

function article(one) {
  const item = one.article;
  return h("article", null,
    h("h3", null, linkedArticle(item.sku), " ", h("small", null, [item.title, item.variant, item.ean].filter(Boolean).join(" · "))),
    h("ul", { class: "figures" }, one.locations.map((place) => h("li", null,
      h("strong", null, count(place.available)), ` ${t("free")}, ${count(place.reserved)} ${t("reserved")} ${t("at")} ${place.location} `,
      correction(item.sku, place)))),
    one.components.length ? h("p", { class: "soft" }, t("makes", known(one.available)), ": ", one.components.map((c) => `${count(c.units)} × ${c.sku}`).join(", ")) : null,
    one.short ? h("p", null, h("span", { class: "chip problem" }, t("owed", count(one.short)))) : null,
    one.quota ? h("p", { class: "soft" }, t("shared")) : null,
    one.listings.length ? h("ul", { class: "chips" }, one.listings.map((l) => channel(l, one.quota))) : h("p", { class: "soft" }, t("nowhere")), unreadable(one));
}

const draw = {
  stock({ articles, next, unreadable: lost }) {
    const missing = unreadable({ unreadable: lost });
    if (!articles.length) show("articles", ...missing, missing.length || next ? "" : empty(text ? t("noFind", text) : t("noArticles")));
    else show("articles", ...missing, ...articles.map(article), next && limit >= 200 ? empty(t("many")) : "");
    find("more").hidden = !next || limit >= 200;
    const pushes = articles.flatMap((a) => a.listings.filter((l) => l.told_at).map((l) => ({ sku: a.article.sku, ...l })));
    pushes.sort((a, b) => (a.told_at < b.told_at ? 1 : -1));
    show("pushes", pushes.length ? h("ol", { class: "rows" }, pushes.slice(0, 20).map((p) => h("li", null,
      moment(p.told_at), h("b", null, p.sku), ` → ${p.connection}: `, h("span", { class: `chip ${standing(p)}` }, p.told === null ? t("unknown") : count(p.told)))))
      : empty(t("noPushes")));
  },
  orders({ orders, unreadable: lost }) {
    const before = newest;
    newest = orders[0]?.at ?? null;
    show("orders", ...unreadable({ unreadable: lost }), orders.length ? h("ol", { class: "rows" }, orders.map((o) => h("li", { class: before && o.at > before ? "new" : null },
      moment(o.at), h("a", { href: linked(o) }, h("b", null, `${o.connection} ${o.number}`)), o.version > 1 ? ` ${t("changed", count(o.version - 1))}` : "", " ",
      h("span", { class: o.held ? "chip right" : "soft" }, t("held", count(o.held))), o.short ? h("span", { class: "chip problem" }, t("short", count(o.short))) : null,
      h("div", { class: "soft" }, o.skus.join(", "))))) : lost?.length ? "" : empty(t("noOrders")));
  },
  health({ connections, unreadable: lost }) {
    show("health", ...unreadable({ unreadable: lost }), connections.length ? h("ul", { class: "rows" }, connections.map((c) => {
      const state = { ok: "right", failing: "problem", unknown: "pending" }[c.state], hooks = c.subscription;
      const failing = c.duties.filter((d) => d.state === "failing");
      return h("li", null, h("span", { class: `chip ${state}` }, h("span", { "aria-hidden": "true" }, `${MARK[state]} `), h("span", { class: "unseen" }, `${t(`c_${c.state}`)}: `), h("b", null, c.connection)),
        ` ${c.channel_title ?? c.channel} `, itemsLink(c.connection, false), " · ", itemsLink(c.connection, true),
        failing.map((d) => h("div", null, t("fails", t(`duty_${d.duty}`), clock(d.failing_since), d.words))),
        c.state === "unknown" ? h("div", null, t("c_unknown")) : null,
        c.publishes.of === "nothing" ? h("div", null, h("span", { class: "chip not_told" }, notTold("import_only"))) : null,
        c.publishes.of === "pilot" ? h("div", null, t("pilot", count(c.publishes.articles))) : null,
        c.gate ? h("div", null, t("closed", clock(c.gate.closed_until), c.gate.reason)) : null,
        h("div", { class: "soft" }, [
          c.orders_read_until ? t("readUntil", clock(c.orders_read_until), age(c.cursor_age_s)) : t("neverRead"),
          c.list_under_way ? t("underWay") : null,
          c.items?.under_way ? t("itemsUnderWay", count(c.items.looked_at)) : null,
          c.settings_under_way ? t("settingsUnderWay", count(c.settings_under_way.sent)) : null,
          c.orders_settled_through ? t("fence", clock(c.orders_settled_through)) : null,
          hooks ? t("hooks", clock(hooks.checked_at), hooks.fine.length, hooks.made.length, hooks.mended.length) : t("noHooks"),
          c.token ? t("token", t(c.token.sort)) + (c.token.ends_at ? ` ${t("ends", clock(c.token.ends_at))}` : "") : null,
        ].filter(Boolean).join(" · ")));
    })) : lost?.length ? "" : empty(t("noHealth")));
  },
};

/** Asks for one list; draws it if it changed. */
async function ask(name, path) {
  const headers = tags[name]?.path === path ? { "If-None-Match": tags[name].tag } : {};
  const answer = await fetch(`/api/v1/${path}`, { headers, cache: "no-store", signal: AbortSignal.timeout(8000) });
  if (answer.status === 304) return;
  // A gateway in between may answer in other words than ours, or in none.
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? `HTTP ${answer.status} ${answer.statusText}`);
  const body = await answer.json();
  // The search may have changed while this answer was on its way.
  if (name === "stock" && path !== stockPath()) return;
  if ((name === "one" && path !== open?.path) || (name === "movements" && path !== open?.also)) return;
  tags[name] = { path, tag: answer.headers.get("ETag") };
  seen[name] = body;
  draw[name](body);
}
const stockPath = () => `stock?limit=${limit}&q=${encodeURIComponent(text)}`;

async function round(turn) {
  const asks = open ? [askOne()] : [ask("stock", stockPath()), ask("orders", "orders?limit=50")];
  if (turn % 3 === 0 && !open) asks.push(ask("health", "health"));
  if ((turn % 9 === 0 || !seen.attention) && !open) asks.push(ask("attention", "attention"));
  const failed = (await Promise.allSettled(asks)).find((r) => r.status === "rejected");
  // A browser tells of a server that is gone with a TypeError, of one that is slow with a TimeoutError.
  gone = failed !== undefined && !(failed.reason instanceof Error && failed.reason.constructor === Error);
  trouble = failed && !gone ? failed.reason.message : "";
  if (!failed) lastSeen = new Date();
  drawContact();
}

function drawContact() {
  document.body.classList.toggle("gone", gone);
  document.body.classList.toggle("waiting", !lastSeen || trouble !== "");
  const words = gone ? (lastSeen ? t("gone", clock(lastSeen)) : t("neverSeen")) : trouble;
  if (find("trouble").textContent !== words) find("trouble").textContent = words;
  find("trouble").hidden = !words;
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
