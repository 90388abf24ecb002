/** An article in full: figures, transfers, what it consists of, and every movement. */
const linkedArticle = (sku) => h("a", { href: `#article/${encodeURIComponent(sku)}` }, sku);

function correction(sku, place) {
  return action(`${sku}|${place.location}`, t("correct"), () => askPerson(t("correctAt", sku, place.location), [
    { name: "set", kind: "number", label: t("available"), least: 0, most: 1000000000, value: place.available }, reasonField(), whoField(),
  ], (values) => send("POST", `stock/${inPath(sku)}/corrections`, { location: place.location, ...values }), again), `${sku} ${place.location}`);
}

function counting(sku, place) {
  return action(`count|${sku}|${place.location}`, t("counted"), () => askPerson(t("countAt", sku, place.location), [
    { name: "count", kind: "number", label: t("onShelf"), least: 0, most: 1000000000, value: place.on_hand }, reasonField(), whoField(),
  ], (values) => send("POST", `stock/${inPath(sku)}/corrections`, { location: place.location, ...values }), again), `${sku} ${place.location}`);
}

function transferring(sku, place) {
  const others = (seen.locations?.locations ?? []).map((one) => one.location).filter((one) => one !== place.location);
  if (!others.length || place.available === 0) return null;
  return action(`transfer|${sku}|${place.location}`, t("transfer"), () => askPerson(t("transferFrom", sku, place.location), [
    { name: "to", kind: "choice", label: t("to"), options: others.map((one) => [one, one]) },
    { name: "units", kind: "number", label: t("units"), least: 1, most: place.available, value: 1 }, reasonField(), whoField(),
  ], (values) => send("POST", `stock/${inPath(sku)}/transfers`, { from: place.location, ...values }), again), `${sku} ${place.location}`);
}

/** After a change, the figures are asked for at once. */
function again() { tags.one = null; tags.movements = null; askOne().catch(() => {}); }

const signed = (n) => n > 0 ? `+${count(n)}` : count(n);
function cause(why) {
  switch (why.kind) {
    case "orders": {
      const lost = (o) => (why.written_off ?? []).filter((w) => w.connection === o.connection && w.number === o.number).reduce((sum, w) => sum + w.units, 0);
      return why.orders.flatMap((o, at) => [at ? ", " : "", h("a", { href: linked(o) }, `${o.connection} ${o.number}`), lost(o) ? ` (${t("lost", count(lost(o)))})` : ""]);
    }
    case "order": return [h("a", { href: linked(why) }, `${why.connection} ${why.number}`), `: ${choice("d_", why.deed)}, ${why.by || t("channel")}`];
    case "transfer": return `${t("transferred", why.from, why.to)}: ${why.reason}, ${why.by}`;
    case "correction": return `${why.reason}, ${why.by}`;
    case "edited": return t("edited", why.connection);
    default: return t("opening");
  }
}

function drawArticle(one) {
  const { article: item } = one, moves = seen.movements?.movements ?? [];
  const place = (at) => h("li", null, h("b", null, at.location), ` ${count(at.available)} ${t("free")}, ${count(at.reserved)} ${t("reserved")}, ${count(at.on_hand)} ${t("onHand")} `,
    correction(item.sku, at), counting(item.sku, at), transferring(item.sku, at));
  return [
    h("h2", { id: "one-title", tabindex: "-1", "data-key": "one-title" }, item.sku, " ", h("small", null, [item.title, item.variant, item.ean].filter(Boolean).join(" · "))),
    ...unreadable(one),
    one.short ? h("p", null, h("span", { class: "chip problem" }, t("owed", count(one.short)))) : null,
    one.components.length
      ? part("consists", one.components.map((c) => h("li", null, `${count(c.units)} × `, linkedArticle(c.sku))), "noLines")
      : part("places", one.locations.map(place), "noPlaces"),
    one.components.length ? h("p", null, t("makes", known(one.available))) : null,
    one.part_of.length ? part("partOf", one.part_of.map((sku) => h("li", null, linkedArticle(sku))), "noLines") : null,
    h("section", null, h("h3", null, t("channels")), one.listings.length ? h("ul", { class: "chips" }, one.listings.map((l) => channel(l, one.quota))) : empty(t("nowhere"))),
    why(item.sku),
    h("section", null, h("h3", null, t("movements")), unreadable(seen.movements ?? {}), moves.length ? h("ol", { class: "rows" }, moves.map((m) => h("li", null, moment(m.at), h("b", null, m.location),
      ` ${signed(m.available)} ${t("free")}, ${signed(m.reserved)} ${t("reserved")} · `, cause(m.cause)))) : empty(t("noMovements"))),
  ];
}
