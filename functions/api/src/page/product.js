/** A product in full: figures, transfers, what it consists of, and every movement. */
const linkedProduct = (sku) => h("a", { href: `#product/${encodeURIComponent(sku)}` }, sku);

/** A form about the stock at a place; sent again, it is the same movement. */
function aboutStock(what, words, sku, place, title, fields, path, about) {
  const ask = () => {
    const key = freshKey();
    askPerson(title, [...fields, reasonField(), whoField()], (values) => send("POST", `stock/${path}`, { sku, ...about, ...values }, key), again);
  };
  return action(`${what}${sku}|${place.location}`, words, ask, `${sku} ${place.location}`);
}

const correction = (sku, place) => aboutStock("", t("correct"), sku, place, t("correctAt", sku, place.location), [
  { name: "set", kind: "number", label: t("available"), least: 0, most: 1000000000, value: place.available },
], "adjustments", { location: place.location });

const counting = (sku, place) => aboutStock("count|", t("counted"), sku, place, t("countAt", sku, place.location), [
  { name: "count", kind: "number", label: t("onShelf"), least: 0, most: 1000000000, value: place.on_hand },
], "adjustments", { location: place.location });

function transferring(sku, place) {
  const others = (seen.locations?.locations ?? []).map((one) => one.location).filter((one) => one !== place.location);
  if (!others.length || place.available === 0) return null;
  return aboutStock("transfer|", t("transfer"), sku, place, t("transferFrom", sku, place.location), [
    { name: "to", kind: "choice", label: t("to"), options: others.map((one) => [one, one]) },
    { name: "units", kind: "number", label: t("units"), least: 1, most: place.available, value: 1 },
  ], "transfers", { from: place.location });
}

/** After a change, the figures are asked for at once. */
function again() { tags.one = null; tags.movements = null; askOne().catch(() => {}); }

const signed = (n) => n > 0 ? `+${count(n)}` : count(n);
function cause(why) {
  switch (why.type) {
    case "orders": {
      const lost = (o) => (why.written_off ?? []).filter((w) => w.connection === o.connection && w.number === o.number).reduce((sum, w) => sum + w.units, 0);
      return why.orders.flatMap((o, at) => [at ? ", " : "", h("a", { href: linked(o) }, `${o.connection} ${o.number}`), lost(o) ? ` (${t("lost", count(lost(o)))})` : ""]);
    }
    case "order": return [h("a", { href: linked(why) }, `${why.connection} ${why.number}`), `: ${choice("d_", why.action)}, ${why.by || t("channel")}`];
    case "transfer": return `${t("transferred", why.from, why.to)}: ${why.reason}, ${why.by}`;
    case "correction": return `${why.reason}, ${why.by}`;
    case "edited": return t("edited", why.connection);
    default: return t("opening");
  }
}

/** Movements, newest first, page by page back to where the stock came from. A bundle has none of its own: its products have. */
function moved(page) {
  if (!page) return h("section", null, h("h3", null, t("movements")), empty(t("starting")));
  const rows = page.movements.map((m) => h("li", null, moment(m.at), h("b", null, m.location), ` ${signed(m.available)} ${t("free")}, ${signed(m.reserved)} ${t("reserved")} · `, cause(m.cause)));
  const parts = page.components.length ? h("p", null, t("bundleMoves"), " ", between(", ", page.components.map((c) => linkedProduct(c.sku)))) : null;
  return h("section", null, h("h3", null, t("movements")), unreadable(page), parts, parts && rows.length ? h("p", { class: "soft" }, t("ownMovements")) : null,
    rows.length ? h("ol", { class: "rows" }, rows) : parts || page.unreadable ? null : empty(t("noMovements")),
    page.next ? action("older", t("olderMovements"), () => movementsFrom(page.next)) : null,
    open.from ? action("newest", t("newestMovements"), () => movementsFrom(null)) : null);
}

function drawProduct(one) {
  const { product: item } = one;
  const place = (at) => h("li", null, h("b", null, at.location), ` ${count(at.available)} ${t("free")}, ${count(at.reserved)} ${t("reserved")}, ${count(at.on_hand)} ${t("onHand")} `,
    correction(item.sku, at), counting(item.sku, at), transferring(item.sku, at));
  return [
    h("h2", { id: "one-title", tabindex: "-1", "data-key": "one-title" }, item.sku, " ", h("small", null, [item.title, item.variant, item.ean].filter(Boolean).join(" · "))),
    ...unreadable(one),
    one.short ? h("p", null, h("span", { class: "chip failed" }, t("owed", count(one.short)))) : null,
    one.components.length
      ? part("consists", one.components.map((c) => h("li", null, `${count(c.units)} × `, linkedProduct(c.sku))), "noLines")
      : part("places", one.locations.map(place), "noPlaces"),
    one.components.length ? h("p", null, t("makes", known(one.available)), one.composed ? h("span", { class: "soft" }, ` · ${t("saidBy", one.composed.by, clock(one.composed.at))}`) : null) : null,
    one.part_of.length ? part("partOf", one.part_of.map((sku) => h("li", null, linkedProduct(sku))), "noLines") : null,
    h("section", null, h("h3", null, t("channels")), one.listings.length ? h("ul", { class: "chips" }, one.listings.map((l) => channel(l, one.quota_mode))) : empty(t("nowhere"))),
    why(item.sku),
    moved(seen.movements),
  ];
}
