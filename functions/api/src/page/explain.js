/** Why the figures of a product are what they are: asked for when somebody wants to know, not every second. */
let explained = null;

async function explainNow(sku) {
  explained = { sku, words: t("starting") };
  drawOne();
  try {
    const answer = await fetch(`/api/v1/products/${inPath(sku)}/explanation`, { cache: "no-store", signal: AbortSignal.timeout(12000) });
    explained = answer.ok ? { sku, body: await answer.json() } : { sku, problem: await problemOf(answer) };
  } catch { explained = { sku, problem: { detail: t("neverSeen") } }; }
  drawOne();
}

function termRow(term) {
  const name = [choice("k_", term.cause), term.connection].filter(Boolean).join(" · ");
  return h("tr", null, h("th", { scope: "row" }, name), h("td", null, signed(term.available)), h("td", null, signed(term.reserved)), h("td", { class: "soft" }, moment(term.last_at)));
}

function figureTable(one) {
  return [
    h("table", { class: "sums" },
      h("caption", null, one.location),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, t("movement")), h("th", { scope: "col" }, t("free")), h("th", { scope: "col" }, t("reserved")), h("th", { scope: "col" }, t("lastTime")))),
      h("tbody", null, one.terms.map(termRow)),
      h("tfoot", null, h("tr", null, h("th", { scope: "row" }, t("together")), h("td", null, count(one.sum.available)), h("td", null, count(one.sum.reserved)), h("td", null)))),
    one.consistent === false ? h("p", { class: "trouble", role: "alert" }, t("notTheSum", count(one.stock.available), count(one.stock.reserved))) : null,
    one.consistent === null ? h("p", { class: "trouble" }, t("sumUnknown")) : null,
  ];
}

/** A step that its rule says nothing about. */
const idle = ({ step, setting }) => setting === { short: 0, safety_stock: 0, percentage: 100, pre_order: 0, maximum: null, minimum: 0, paused: 0 }[step];
const stepRow = (step) => h("li", null, h("b", null, count(step.units)), ` ${choice("s_", step.step)}`, step.setting === null || step.step === "paused" ? "" : ` (${count(step.setting)})`,
  step.set_by ? h("span", { class: "soft" }, ` ${choice("w_", step.set_by)}`) : null);

function listingPart(one) {
  const push = one.publication, state = push.type, apart = state === "not_published", told = one.published_quantity === null ? null : count(one.published_quantity);
  const more = [
    apart ? notPublished(push.reason) : told === null ? t("notYetKnown") : t("shows", told),
    apart && told !== null ? t("toldOnce", told) : null, one.published_at ? t("told", clock(one.published_at)) : null,
    push.postponed_until ? t("putOff", clock(push.postponed_until)) : null, push.lease_expired ? t("died") : null,
    push.failures ? t("failures", count(push.failures)) : null, said(push.error),
    state === "unknown" ? t("unknown") : null, one.backorders ? t("backorders") : null,
    state === "on_hold" ? h("span", null, push.orders.flatMap((held, at) => [at ? "; " : "", ...heldBy(held)])) : null,
  ];
  return h("section", null, h("h4", null, one.connection), one.leads_stock ? h("p", { class: "soft" }, t("leads")) : null,
    one.target_quantity === null ? null : h("ol", { class: "rows" },
      one.parts.map((p) => h("li", null, h("b", null, count(p.yields)), ` ${t("partMakes", p.sku, count(p.available), count(p.units))}`)),
      one.steps.filter((step) => !idle(step)).map(stepRow),
      h("li", null, h("b", null, count(one.target_quantity)), ` ${t(apart ? "wouldShow" : "toShow")}`),
      one.channel_locations.map((p) => h("li", null, h("b", null, count(p.target_quantity)), ` ${t("ofThese", p.location)}`))),
    h("p", { class: state === "up_to_date" ? "soft" : `chip ${state}` }, between(" · ", more)));
}

function why(sku) {
  const known = explained?.sku === sku ? explained : null;
  return h("section", null, h("h3", null, t("why")),
    action(`why|${sku}`, t("explain"), () => explainNow(sku), sku),
    known?.words ? h("p", { class: "soft", role: "status" }, known.words) : null,
    known?.problem ? h("p", { class: "trouble", role: "status" }, problemWords(known.problem)) : null,
    known?.body ? [h("p", { class: "soft" }, clock(known.body.at)), ...unreadable(known.body), ...known.body.locations.flatMap(figureTable), ...known.body.listings.map(listingPart)] : null);
}
