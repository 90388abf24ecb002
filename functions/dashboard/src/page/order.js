/** An order in full, with what can be done about it. */
const linked = (o) => `#order/${inPath(o.connection, o.number)}`;
const lineName = (line) => [line.sku ?? t("noArticle"), line.told?.title].filter(Boolean).join(" · ");
const nameOf = (order, id) => { const line = order.lines.find((l) => l.id === id); return line ? line.sku ?? line.told?.title ?? id : id; };
const unitsOf = (order, lines) => lines.map((one) => `${count(one.units)} × ${nameOf(order, one.line)}`).join(", ");
const TOLD = { waiting: "pending", begun: "pending", pending: "pending", told: "right", refused: "problem", nothing: "right" };

/** What the channel did not want can be told once more. */
function tellingAgain(order, one, begin) {
  if (one.told.state !== "refused") return null;
  return action(`tell|${one.id}`, t("tellAgain"), begin(t(one.told.unsure ? "tellAgainUnsure" : "tellAgainLong"), [], () => ({ do: "tell_again", update: one.id })), one.id);
}

function telling(told) {
  const state = TOLD[told.state] ?? "pending";
  return h("span", { class: `chip ${state}` }, h("span", { "aria-hidden": "true" }, `${MARK[state]} `),
    choice("t_", told.state), told.reason ? `: ${told.reason}` : "");
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

function deeds(order) {
  const path = `orders/${inPath(order.connection, order.number)}`;
  const open = (name) => order.lines.filter((line) => line[name] > 0).map((line) => ({ id: line.id, most: line[name], label: lineName(line) }));
  const does = (command) => (values) => send("POST", path, { ...command, ...values });
  const begin = (title, fields, command) => () => askPerson(title, [...fields, whoField()], does(command()), (body) => { seen.one = body; drawOne(); });
  const found = [];
  const toSend = open("to_send"), toCancel = open("to_cancel"), toReturn = open("to_return");
  if (toSend.length) found.push(action("ship", t("ship"), begin(t("ship"), [
    { name: "lines", kind: "lines", label: t("inParcel"), lines: toSend },
    { name: "location", kind: "choice", label: t("leaves"), options: placeChoices(order.connection) },
    { name: "carrier", label: t("carrier"), may: true, longest: 40 }, { name: "tracking", label: t("tracking"), may: true, longest: 100 },
  ], () => ({ do: "ship", id: mark() }))));
  if (toCancel.length && !order.locked_by) found.push(action("cancel", t("cancelUnits"), begin(t("cancelUnits"), [
    { name: "lines", kind: "lines", label: t("notSent"), lines: toCancel },
    { name: "reason", kind: "choice", label: t("reason"), options: choices("r_", "out_of_stock", "customer_request", "damaged", "wrong_price", "too_late", "ordered_twice", "not_found", "other") },
    { name: "write_off", kind: "flag", label: t("writeOff"), options: [["", t("asReason")], ["true", t("notThere")], ["false", t("isThere")]] },
  ], () => ({ do: "cancel", id: mark() }))));
  if (toReturn.length) found.push(action("announce", t("announce"), begin(t("announce"), [
    { name: "lines", kind: "lines", label: t("comesBack"), lines: toReturn.map((line) => ({ ...line, units: 0 })) },
    { name: "reason", label: t("returnReason"), may: true },
  ], () => ({ do: "announce_return", id: mark() }))));
  if (order.lines.some((line) => line.parts.some((part) => part.short > 0))) {
    found.push(action("cover", t("cover"), begin(t("coverLong", count(order.short)), [], () => ({ do: "cover" }))));
  }
  const toPutBack = open("to_put_back");
  if (toPutBack.length) found.push(action("put_back", t("putBack"), begin(t("putBackLong"), [
    { name: "line", kind: "choice", label: t("line"), options: toPutBack.map((line) => [line.id, `${line.label} (${t("most", count(line.most))})`]) },
    { name: "units", kind: "number", label: t("units"), least: 1, most: Math.max(...toPutBack.map((line) => line.most)), value: toPutBack[0].most },
  ], () => ({ do: "put_back", id: mark() }))));
  const isOpen = order.lines.some(({ told }) => told && told.fulfilment !== "marketplace" && told.ordered > told.cancelled + told.shipped);
  if (!order.deleted && isOpen) found.push(action("deleted", t("deletedThere"), begin(t("deletedLong"), [], () => ({ do: "deleted" }))));
  if (order.unread?.length) found.push(action("decide", t("decideLines"), begin(t("decideLinesLong"), [], () => ({ do: "decide_lines" }))));
  const returned = (one) => {
    const decided = (id) => one.inspected.filter((i) => i.line === id).reduce((sum, i) => sum + i.units, 0);
    const left = one.lines.map((line) => ({ id: line.line, units: line.units - decided(line.line) })).filter((line) => line.units > 0);
    const can = [];
    if (!one.received_at && left.length) can.push(action(`receive|${one.id}`, t("arrived"), begin(t("arrived"), [], () => ({ do: "receive_return", return: one.id })), one.id));
    if (left.length) can.push(action(`inspect|${one.id}`, t("inspect"), begin(t("inspect"), [
      { name: "line", kind: "choice", label: t("line"), options: left.map((line) => [line.id, `${nameOf(order, line.id)} (${t("most", count(line.units))})`]) },
      { name: "units", kind: "number", label: t("units"), least: 1, most: Math.max(...left.map((line) => line.units)), value: left[0].units },
      { name: "finding", kind: "choice", label: t("finding"), options: choices("f_", "sellable", "damaged", "missing", "wrong_article") },
      { name: "verdict", kind: "choice", label: t("verdict"), options: choices("v_", "accepted", "buyer_keeps", "refused") },
      { name: "restock_at", kind: "choice", label: t("restock"), options: [["", t("notOnSale")], ...placeChoices(order.connection)] },
    ], () => ({ do: "inspect_return", id: mark(), return: one.id })), one.id));
    return can;
  };
  const mended = (one) => one.told.state === "refused" ? action(`mend|${one.id}`, t("mendParcel"), begin(t("mendParcel"), [
    { name: "carrier", label: t("carrier"), may: true, longest: 40, value: one.carrier }, { name: "tracking", label: t("tracking"), may: true, longest: 100, value: one.tracking },
  ], () => ({ do: "ship", id: one.id, location: one.location, lines: one.lines })), one.id) : null;
  return { found, returned, mended, again: (one) => tellingAgain(order, one, begin) };
}

function drawLine(line) {
  const told = line.told;
  const figures = told ? [["ordered", told.ordered], ["shipped", told.shipped], ["cancelled", told.cancelled], ["returned", told.returned]]
    .filter(([name, units]) => units > 0 || name === "ordered").map(([name, units]) => `${count(units)} ${t(name)}`) : [t("dropped")];
  const part = (one) => h("li", null, line.parts.length > 1 ? `${one.sku}: ` : "",
    (one.claims ?? []).filter((c) => c.committed > 0).map((c) => `${count(c.committed - c.taken)} ${t("reserved")} ${t("at")} ${c.location}, ${count(c.taken)} ${t("left")}`).join("; ") || t("holdsNothing"),
    one.short ? h("span", null, " ", h("span", { class: "chip problem" }, t("short", count(one.short)))) : null,
    (one.restocked ?? []).map((r) => ` · ${t("backAt", count(r.units), r.location)}`).join(""),
    (one.written_off ?? []).map((w) => ` · ${t("lostAt", count(w.units), w.location)}`).join(""));
  return h("li", null, line.sku ? h("a", { href: `#article/${encodeURIComponent(line.sku)}` }, h("b", null, line.sku)) : h("span", { class: "chip problem" }, t("noArticle")),
    told?.title ? ` ${told.title}` : "", h("div", null, figures.join(" · ")),
    told?.cancellation_requested ? h("span", { class: "chip pending" }, t("asksCancel")) : null,
    told?.fulfilment === "marketplace" ? h("div", { class: "soft" }, t("byMarketplace")) : h("ul", { class: "parts" }, line.parts.map(part)));
}

function drawUnread(line) {
  const named = line.sku ?? line.offer ?? line.id ?? "";
  return h("li", null, h("b", null, named), line.title ? ` ${line.title}` : "", " ", h("span", { class: "chip problem" }, t("unreadField", line.problem.field, line.problem.value)),
    h("div", { class: "soft" }, t(`unread_${line.may_mean}`)));
}

function happened(order, what) {
  const named = (list) => list.find((one) => one.id === what.id);
  const lines = (list) => { const one = named(list); return one ? unitsOf(order, one.lines) : what.id; };
  switch (what.kind) {
    case "channel": return `${t("says", what.status)}: ${["ordered", "cancelled", "shipped", "returned"].filter((n) => what[n] > 0).map((n) => `${count(what[n])} ${t(n)}`).join(", ")}`;
    case "parcel": return t("h_parcel", lines(order.parcels));
    case "told_again": return t("h_again", what.id);
    case "cancellation": return t("h_cancellation", lines(order.cancellations));
    case "return_announced": return t("h_announced", lines(order.returns));
    case "return_received": return t("h_received", lines(order.returns));
    case "inspected": {
      const one = order.returns.flatMap((r) => r.inspected ?? []).find((i) => i.id === what.id);
      return one ? t("h_inspected", `${count(one.units)} × ${nameOf(order, one.line)}`, choice("f_", one.finding), choice("v_", one.verdict)) : what.id;
    }
    case "kept_off": return t("h_kept_off", count(what.units));
    case "on_sale_after_all": return t("h_on_sale_after_all", count(what.units));
    case "written_off": return t("h_written_off", count(what.units));
    case "covered": return t("h_covered", count(what.units));
    case "lines_decided": return t("h_decided", count(what.lines));
    case "told": return t("h_told", what.outcome);
    case "told_again": return t("h_told_again", what.id);
    case "locked": return t("lockedBy", what.invoice);
    default: return what.kind;
  }
}

const part = (title, items, none) => h("section", null, h("h3", null, t(title)), items.length ? h("ul", { class: "rows" }, items) : empty(t(none)));

function drawOrder(order) {
  order.returns = order.returns.map((one) => ({ inspected: [], ...one }));
  const { found, returned, mended, again } = deeds(order);
  const parcel = (one) => h("li", null, h("b", null, unitsOf(order, one.lines)), ` ${t("from")} ${one.location}`,
    [one.carrier, one.tracking].filter(Boolean).map((code) => ` · ${code}`).join(""), " ", telling(one.told), again(one), " ", mended(one));
  const cancellation = (one) => h("li", null, h("b", null, unitsOf(order, one.lines)), ` · ${choice("r_", one.reason)}${one.write_off ? ` · ${t("notThere")}` : ""} `, telling(one.told), again(one));
  const back = (one) => h("li", null, h("b", null, unitsOf(order, one.lines)), one.reason ? ` · ${one.reason}` : "",
    one.received_at ? ` · ${t("arrivedAt", clock(one.received_at))}` : ` · ${t("onItsWay")}`, " ", returned(one),
    h("ul", { class: "parts" }, one.inspected.map((i) => h("li", null, `${count(i.units)} × ${nameOf(order, i.line)}: ${choice("f_", i.finding)}, ${choice("v_", i.verdict)}`,
      i.restock_at ? ` · ${t("backAt", count(i.units), i.restock_at)}` : "", " ", telling(i.told), again(i)))));
  const timeline = [
    { at: order.placed_at, who: t("customer"), words: t("ordered") }, { at: order.accepted_at, who: "Sluis", words: t("takenIn") },
    ...order.history.map((event) => ({ at: event.at, who: event.by ?? t("channel"), words: happened(order, event.what) })),
  ];
  return [
    h("h2", { id: "one-title", tabindex: "-1", "data-key": "one-title" }, `${order.connection} ${order.shown_as ?? order.number}`),
    h("p", { class: "figures" }, h("span", { class: "chip pending" }, t("channelSays", order.channel_status)), order.ship_to ? h("span", { class: "soft" }, t("shipTo", order.ship_to)) : null,
      order.short ? h("span", { class: "chip problem" }, t("short", count(order.short))) : null, order.locked_by ? h("span", { class: "soft" }, t("lockedBy", order.locked_by)) : null,
      h("span", { class: "soft" }, t("readAt", clock(order.read_at)))),
    h("div", { class: "actions left" }, found.length ? found : h("span", { class: "soft" }, t("nothingToDo"))),
    order.unread?.length ? part("unreadLines", order.unread.map(drawUnread), "noLines") : null,
    part("lines", order.lines.map(drawLine), "noLines"), part("parcels", order.parcels.map(parcel), "noParcels"),
    part("cancellations", order.cancellations.map(cancellation), "noCancellations"), part("returns", order.returns.map(back), "noReturns"),
    h("section", null, h("h3", null, t("timeline")), h("ol", { class: "rows" }, timeline.map((entry) => h("li", null, moment(entry.at), h("b", null, entry.who), ` ${entry.words}`)))),
  ];
}
