/** An order in full, with what can be done about it. */
const linked = (o) => `#order/${inPath(o.connection, o.number)}`;
const lineName = (line) => [line.sku ?? t("noProduct"), line.channel_line?.title].filter(Boolean).join(" · ");
const nameOf = (order, id) => { const line = order.lines.find((l) => l.id === id); return line ? line.sku ?? line.channel_line?.title ?? id : id; };
const unitsOf = (order, lines) => lines.map((one) => `${count(one.units)} × ${nameOf(order, one.line)}`).join(", ");
const SYNC = { pending: "pending", sending: "pending", processing: "pending", synced: "up_to_date", rejected: "failed", not_needed: "up_to_date" };

/** What the channel rejected can be told once more. */
function tellingAgain(order, one, begin) {
  if (one.channel_sync.type !== "rejected") return null;
  return action(`tell|${one.id}`, t("tellAgain"), begin(t(one.channel_sync.outcome_unknown ? "tellAgainUnsure" : "tellAgainLong"), [], `channel-updates/${inPath(one.id)}/retry`), one.id);
}

function synced(told) {
  const state = SYNC[told.type] ?? "pending";
  return h("span", { class: `chip ${state}` }, h("span", { "aria-hidden": "true" }, `${MARK[state]} `),
    choice("t_", told.type), told.reason ? [": ", said(told.reason)] : "");
}

function action(key, words, work, about) {
  const button = h("button", { type: "button", class: about ? "quiet" : null, "data-key": key, "aria-label": about ? `${words}: ${about}` : null }, words);
  button.addEventListener("click", work);
  return button;
}

/** Places to choose from: those that serve the connection first. */
function placeChoices(connection) {
  const all = seen.locations?.locations ?? [];
  const near = (place) => place.connections.includes(connection) ? 0 : 1;
  return [...all].sort((a, b) => near(a) - near(b)).map((place) => [place.location, place.countries ? `${place.location} (${place.countries.join(", ")})` : place.location]);
}

function actions(order) {
  const path = `orders/${inPath(order.connection, order.number)}`;
  const open = (name) => order.lines.filter((line) => line[name] > 0).map((line) => ({ id: line.id, most: line[name], label: lineName(line) }));
  // A key is made when somebody begins, so that sending the form twice is the same request.
  const asks = (method, title, fields, below, keyed) => () => {
    const key = keyed ? freshKey() : null;
    askPerson(title, [...fields, whoField()], (values) => send(method, `${path}/${below}`, values, key), (body) => { seen.one = body; drawOne(); });
  };
  const begin = (title, fields, below) => asks("POST", title, fields, below, false);
  const once = (title, fields, below) => asks("POST", title, fields, below, true);
  const found = [];
  const toShip = open("to_ship"), toCancel = open("to_cancel"), toReturn = open("to_return");
  if (toShip.length) found.push(action("ship", t("ship"), once(t("ship"), [
    { name: "lines", kind: "lines", label: t("inParcel"), lines: toShip },
    { name: "location", kind: "choice", label: t("leaves"), options: placeChoices(order.connection) },
    { name: "carrier", label: t("carrier"), may: true, longest: 40 }, { name: "tracking", label: t("tracking"), may: true, longest: 100 },
  ], "shipments")));
  if (toCancel.length) found.push(action("cancel", t("cancelUnits"), once(t("cancelUnits"), [
    { name: "lines", kind: "lines", label: t("notSent"), lines: toCancel },
    { name: "reason", kind: "choice", label: t("reason"), options: choices("r_", "out_of_stock", "customer_request", "damaged", "wrong_price", "too_late", "ordered_twice", "not_found", "other") },
    { name: "write_off", kind: "flag", label: t("writeOff"), options: [["", t("asReason")], ["true", t("notThere")], ["false", t("isThere")]] },
  ], "cancellations")));
  if (toReturn.length) found.push(action("announce", t("announce"), once(t("announce"), [
    { name: "lines", kind: "lines", label: t("comesBack"), lines: toReturn.map((line) => ({ ...line, units: 0 })) },
    { name: "reason", label: t("returnReason"), may: true },
  ], "returns")));
  if (order.lines.some((line) => line.parts.some((part) => part.short > 0))) {
    found.push(action("cover", t("cover"), begin(t("coverLong", count(order.short)), [], "allocate")));
  }
  const toRestock = open("to_restock");
  if (toRestock.length) found.push(action("restock", t("putBack"), once(t("putBackLong"), [
    { name: "line", kind: "choice", label: t("line"), options: toRestock.map((line) => [line.id, `${line.label} (${t("most", count(line.most))})`]) },
    { name: "units", kind: "number", label: t("units"), least: 1, most: Math.max(...toRestock.map((line) => line.most)), value: toRestock[0].most },
  ], "restocks")));
  const isOpen = order.lines.some(({ channel_line: told }) => told && told.fulfilment !== "marketplace" && told.ordered > told.cancelled + told.shipped);
  if (!order.deleted && isOpen) found.push(action("deleted", t("deletedThere"), begin(t("deletedLong"), [], "confirm-deletion")));
  if (order.unreadable_lines?.length) found.push(action("decide", t("decideLines"), begin(t("decideLinesLong"), [], "unreadable-lines/resolve")));
  const returned = (one) => {
    const decided = (id) => one.inspections.filter((i) => i.line === id).reduce((sum, i) => sum + i.units, 0);
    const left = one.lines.map((line) => ({ id: line.line, units: line.units - decided(line.line) })).filter((line) => line.units > 0);
    const can = [];
    if (!one.received_at && left.length) can.push(action(`receive|${one.id}`, t("arrived"), begin(t("arrived"), [], `returns/${inPath(one.id)}/receive`), one.id));
    if (left.length) can.push(action(`inspect|${one.id}`, t("inspect"), once(t("inspect"), [
      { name: "line", kind: "choice", label: t("line"), options: left.map((line) => [line.id, `${nameOf(order, line.id)} (${t("most", count(line.units))})`]) },
      { name: "units", kind: "number", label: t("units"), least: 1, most: Math.max(...left.map((line) => line.units)), value: left[0].units },
      { name: "condition", kind: "choice", label: t("condition"), options: choices("f_", "sellable", "damaged", "missing", "wrong_product") },
      { name: "resolution", kind: "choice", label: t("resolution"), options: choices("v_", "accepted", "buyer_keeps", "rejected") },
      { name: "restock_at", kind: "choice", label: t("restock"), options: [["", t("notOnSale")], ...placeChoices(order.connection)] },
    ], `returns/${inPath(one.id)}/inspections`), one.id));
    return can;
  };
  const corrected = (one) => one.channel_sync.type === "rejected" ? action(`mend|${one.id}`, t("correctShipment"), asks("PATCH", t("correctShipment"), [
    { name: "carrier", label: t("carrier"), may: true, longest: 40, value: one.carrier }, { name: "tracking", label: t("tracking"), may: true, longest: 100, value: one.tracking },
  ], `shipments/${inPath(one.id)}`, false), one.id) : null;
  return { found, returned, corrected, again: (one) => tellingAgain(order, one, begin) };
}

/** What of a line is still set aside at a place, and what left it. */
const standsAt = ({ location, allocated, shipped }) => [allocated > shipped ? `${count(allocated - shipped)} ${t("reserved")}` : null, shipped ? `${count(shipped)} ${t("left")}` : null]
  .filter(Boolean).map((units) => `${units} ${t("at")} ${location}`).join(", ");

function drawLine(line) {
  const told = line.channel_line;
  const figures = told ? [["ordered", told.ordered], ["shipped", told.shipped], ["cancelled", told.cancelled], ["returned", told.returned]]
    .filter(([name, units]) => units > 0 || name === "ordered").map(([name, units]) => `${count(units)} ${t(name)}`) : [t("dropped")];
  const part = (one) => h("li", null, line.parts.length > 1 ? `${one.sku}: ` : "",
    (one.allocations ?? []).filter((c) => c.allocated > 0).map((c) => standsAt(c)).join("; ") || t("holdsNothing"),
    one.short ? h("span", null, " ", h("span", { class: "chip failed" }, t("short", count(one.short)))) : null,
    (one.restocked ?? []).map((r) => ` · ${t("backAt", count(r.units), r.location)}`).join(""),
    (one.written_off ?? []).map((w) => ` · ${t("lostAt", count(w.units), w.location)}`).join(""));
  return h("li", null, line.sku ? h("a", { href: `#product/${encodeURIComponent(line.sku)}` }, h("b", null, line.sku)) : h("span", { class: "chip failed" }, t("noProduct")),
    told?.title ? ` ${told.title}` : "", h("div", null, figures.join(" · ")),
    told?.cancellation_requested ? h("span", { class: "chip pending" }, t("asksCancel")) : null,
    told?.fulfilment === "marketplace" ? h("div", { class: "soft" }, t("byMarketplace")) : h("ul", { class: "parts" }, line.parts.map(part)));
}

function drawUnreadable(line) {
  const named = line.sku ?? line.offer ?? line.id ?? "";
  return h("li", null, h("b", null, named), line.title ? ` ${line.title}` : "", " ", h("span", { class: "chip failed" }, t("unreadField", line.field_error.field, line.field_error.value)),
    h("div", { class: "soft" }, t(`unread_${line.may_be}`)));
}

function happened(order, what) {
  const named = (list) => list.find((one) => one.id === what.id);
  const lines = (list) => { const one = named(list); return one ? unitsOf(order, one.lines) : what.id; };
  switch (what.type) {
    case "channel": return `${t("says", what.status)}: ${["ordered", "cancelled", "shipped", "returned"].filter((n) => what[n] > 0).map((n) => `${count(what[n])} ${t(n)}`).join(", ")}`;
    case "shipment": return t("h_shipment", lines(order.shipments));
    case "answered": return what.rejected > 0 ? t("h_refused", count(what.rejected)) : t("h_accepted");
    case "cancellation": return t("h_cancellation", lines(order.cancellations));
    case "return_announced": return t("h_announced", lines(order.returns));
    case "return_received": return t("h_received", lines(order.returns));
    case "inspection": {
      const one = order.returns.flatMap((r) => r.inspections ?? []).find((i) => i.id === what.id);
      return one ? t("h_inspected", `${count(one.units)} × ${nameOf(order, one.line)}`, choice("f_", one.condition), choice("v_", one.resolution)) : what.id;
    }
    case "kept_off_sale": return t("h_kept_off", count(what.units));
    case "restocked": return t("h_restocked", count(what.units));
    case "written_off": return t("h_written_off", count(what.units));
    case "shortage_covered": return t("h_covered", count(what.units));
    case "lines_decided": return t("h_decided", count(what.lines));
    case "channel_synced": return t("h_told", what.outcome);
    case "sync_retried": return t("h_told_again", what.id);
    default: return what.type;
  }
}

const part = (title, items, none) => h("section", null, h("h3", null, t(title)), items.length ? h("ul", { class: "rows" }, items) : empty(t(none)));

function drawOrder(order) {
  order.returns = order.returns.map((one) => ({ inspections: [], ...one }));
  const { found, returned, corrected, again } = actions(order);
  const shipment = (one) => h("li", null, h("b", null, unitsOf(order, one.lines)), ` ${t("from")} ${one.location}`,
    [one.carrier, one.tracking].filter(Boolean).map((code) => ` · ${code}`).join(""), " ", synced(one.channel_sync), again(one), " ", corrected(one));
  const cancellation = (one) => h("li", null, h("b", null, unitsOf(order, one.lines)), ` · ${choice("r_", one.reason)}${one.write_off ? ` · ${t("notThere")}` : ""} `, synced(one.channel_sync), again(one));
  const back = (one) => h("li", null, h("b", null, unitsOf(order, one.lines)), one.reason ? ` · ${one.reason}` : "",
    one.received_at ? ` · ${t("arrivedAt", clock(one.received_at))}` : ` · ${t("onItsWay")}`, " ", returned(one),
    h("ul", { class: "parts" }, one.inspections.map((i) => h("li", null, `${count(i.units)} × ${nameOf(order, i.line)}: ${choice("f_", i.condition)}, ${choice("v_", i.resolution)}`,
      i.restock_at ? ` · ${t("backAt", count(i.units), i.restock_at)}` : "", " ", synced(i.channel_sync), again(i)))));
  const timeline = [
    { at: order.placed_at, who: t("customer"), words: t("ordered") }, { at: order.accepted_at, who: "Sluis", words: t("takenIn") },
    ...order.history.map((event) => ({ at: event.at, who: event.by ?? t("channel"), words: happened(order, event.details) })),
  ];
  return [
    h("h2", { id: "one-title", tabindex: "-1", "data-key": "one-title" }, `${order.connection} ${order.display_number ?? order.number}`),
    h("p", { class: "figures" }, h("span", { class: "chip pending" }, t("channelSays", order.channel_status)), order.ship_to ? h("span", { class: "soft" }, t("shipTo", order.ship_to)) : null,
      order.short ? h("span", { class: "chip failed" }, t("short", count(order.short))) : null,
      h("span", { class: "soft" }, t("readAt", clock(order.read_at)))),
    h("div", { class: "actions left" }, found.length ? found : h("span", { class: "soft" }, t("nothingToDo"))),
    order.unreadable_lines?.length ? part("unreadLines", order.unreadable_lines.map(drawUnreadable), "noLines") : null,
    part("lines", order.lines.map(drawLine), "noLines"), part("shipments", order.shipments.map(shipment), "noShipments"),
    part("cancellations", order.cancellations.map(cancellation), "noCancellations"), part("returns", order.returns.map(back), "noReturns"),
    h("section", null, h("h3", null, t("timeline")), h("ol", { class: "rows" }, timeline.map((entry) => h("li", null, moment(entry.at), h("b", null, entry.who), ` ${entry.words}`)))),
  ];
}
