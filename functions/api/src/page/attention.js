/** Everything that waits for a person: what it is, why, since when, and what can be done about it. */
const decided = (body) => { tags.attention = null; seen.attention = body; draw.attention(body); };

function asking(title, words, fields, work) {
  return () => askPerson(title, [...fields, whoField()], work, decided, words);
}

function decisions(one) {
  const about = [one.connection, one.subject].filter(Boolean).join(" · ");
  const path = `parked/${inPath(one.id)}`;
  return h("span", { class: "buttons" },
    one.can_retry ? action(`retry|${one.id}`, t(one.type === "short" ? "cover" : "tryAgain"), asking(t(one.type === "short" ? "cover" : "tryAgain"), about, [], (values) => send("POST", `${path}/retry`, values)), about) : null,
    action(`dismiss|${one.id}`, t("dismiss"), asking(t("dismiss"), about, [{ name: "reason", label: t("dismissReason") }], (values) => send("POST", `${path}/dismiss`, values)), about),
    one.may_hold_body ? action(`erase|${one.id}`, t("erase"), asking(t("erase"), t("eraseLong", about), [], () => send("DELETE", `${path}/body`, {})), about) : null);
}

function waits(one) {
  const place = one.order ? h("a", { href: linked({ connection: one.connection, number: one.order }) }, `${one.connection} ${one.order}`)
    : one.sku ? [one.connection ? `${one.connection} · ` : "", linkedProduct(one.sku)] : [one.connection, one.subject].filter(Boolean).join(" · ");
  return h("li", null, h("b", null, choice("a_", one.type)), " ", place, h("div", null, t(WORDS[`do_${one.type}`] ? `do_${one.type}` : "do_other")), one.missing_rights?.length ? h("div", null, t("lacks", one.missing_rights.join(", "))) : null, h("div", { class: "soft" }, said(one.reason)),
    h("div", { class: "soft" }, t("since"), " ", moment(one.first_at), one.count > 1 ? ` · ${t("times", count(one.count))}, ${t("lastTime")} ${clock(one.at)}` : ""), decisions(one));
}

function differs(one) {
  const about = one.subject, place = about.type === "order" ? h("a", { href: linked(about) }, `${about.connection} ${about.number}`)
    : [about.connection ? `${about.connection} · ` : "", one.sku ? linkedProduct(one.sku) : about.offer ?? about.sku];
  return h("li", null, h("b", null, t("a_difference")), " ", place, h("div", null, t("do_difference")), h("div", { class: "soft" }, said(one.message)), h("div", { class: "soft" }, t("since"), " ", moment(one.first_at)));
}

function fails(one) {
  return h("li", null, h("b", null, t("a_connection")), " ", one.connection, h("div", null, t("do_connection")), h("div", { class: "soft" }, said(one.message)), h("div", { class: "soft" }, t("since"), " ", moment(one.since)));
}

draw.attention = ({ complete, connections = [], parked, more_parked, differences, more_differences, unreadable: lost }) => {
  const items = [...connections.map(fails), ...parked.map(waits), ...differences.map(differs)];
  const more = more_parked + (more_differences ?? 0);
  // That nothing waits is said only where all of it was read.
  show("parked", ...unreadable({ unreadable: lost }), items.length ? h("ol", { class: "rows" }, items) : complete ? empty(t("noParked")) : "",
    more ? empty(t("andMore", count(more))) : "", complete ? "" : h("p", { class: "trouble" }, t("notAll")));
};
