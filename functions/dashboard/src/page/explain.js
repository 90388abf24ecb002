/** Why the figures of an article are what they are: asked for when somebody wants to know, not every second. */
let explained = null;

async function explainNow(sku) {
  explained = { sku, words: t("starting") };
  drawOne();
  try {
    const answer = await fetch(`/api/v1/stock/${inPath(sku)}/explain`, { cache: "no-store", signal: AbortSignal.timeout(12000) });
    const body = await answer.json().catch(() => ({}));
    explained = answer.ok ? { sku, body } : { sku, words: body.detail ?? `HTTP ${answer.status} ${answer.statusText}`, failed: true };
  } catch { explained = { sku, words: t("neverSeen"), failed: true }; }
  drawOne();
}

function termRow(term) {
  const name = [choice("k_", term.kind), term.connection].filter(Boolean).join(" · ");
  return h("tr", null, h("th", { scope: "row" }, name), h("td", null, signed(term.available)), h("td", null, signed(term.reserved)), h("td", { class: "soft" }, moment(term.last_at)));
}

function figureTable(one) {
  return [
    h("table", { class: "sums" },
      h("caption", null, one.location),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, t("movement")), h("th", { scope: "col" }, t("free")), h("th", { scope: "col" }, t("reserved")), h("th", { scope: "col" }, t("lastTime")))),
      h("tbody", null, one.terms.map(termRow)),
      h("tfoot", null, h("tr", null, h("th", { scope: "row" }, t("together")), h("td", null, count(one.sum.available)), h("td", null, count(one.sum.reserved)), h("td", null)))),
    one.agrees === false ? h("p", { class: "trouble", role: "alert" }, t("notTheSum", count(one.figure.available), count(one.figure.reserved))) : null,
    one.agrees === null ? h("p", { class: "trouble" }, t("sumUnknown")) : null,
  ];
}

/** A step that its rule says nothing about. */
const idle = ({ step, setting }) => setting === { short: 0, safety_stock: 0, percent: 100, pre_order: 0, most_shown: null, least_shown: 0, paused: 0 }[step];
const stepRow = (step) => h("li", null, h("b", null, count(step.units)), ` ${choice("s_", step.step)}`, step.setting === null || step.step === "paused" ? "" : ` (${count(step.setting)})`,
  step.from ? h("span", { class: "soft" }, ` ${choice("w_", step.from)}`) : null);

function listingPart(one) {
  const push = one.push, state = standing(push), apart = state === "not_told", told = one.told === null ? null : count(one.told);
  const more = [
    apart ? notTold(push.why) : told === null ? t("unknown") : t("shows", told),
    apart && told !== null ? t("toldOnce", told) : null, one.told_at ? t("told", clock(one.told_at)) : null,
    push.put_off_until ? t("putOff", clock(push.put_off_until)) : null, push.holder_died ? t("died") : null,
    push.failures ? t("failures", count(push.failures)) : null, push.problem,
    state === "unsure" ? t("unsure") : null, one.backorders ? t("backorders") : null,
  ].filter(Boolean).join(" · ");
  return h("section", null, h("h4", null, one.connection), one.leads ? h("p", { class: "soft" }, t("leads")) : null,
    one.target === null ? null : h("ol", { class: "rows" },
      one.parts.map((p) => h("li", null, h("b", null, count(p.makes)), ` ${t("partMakes", p.sku, count(p.free), count(p.units))}`)),
      one.steps.filter((step) => !idle(step)).map(stepRow),
      h("li", null, h("b", null, count(one.target)), ` ${t(apart ? "wouldShow" : "toShow")}`),
      one.places.map((p) => h("li", null, h("b", null, count(p.target)), ` ${t("ofThese", p.location)}`))),
    h("p", { class: state === "right" ? "soft" : `chip ${state}` }, more));
}

function why(sku) {
  const known = explained?.sku === sku ? explained : null;
  return h("section", null, h("h3", null, t("why")),
    action(`why|${sku}`, t("explain"), () => explainNow(sku), sku),
    known?.words ? h("p", { class: known.failed ? "trouble" : "soft", role: "status" }, known.words) : null,
    known?.body ? [h("p", { class: "soft" }, clock(known.body.at)), ...unreadable(known.body), ...known.body.locations.flatMap(figureTable), ...known.body.listings.map(listingPart)] : null);
}
