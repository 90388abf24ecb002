/** Which order or product the address names; null: the lists. */
function wanted() {
  const [kind, ...parts] = location.hash.slice(1).split("/");
  const named = parts.map((p) => { try { return decodeURIComponent(p); } catch { return p; } });
  if (kind === "order" && named.length === 2) return { kind, path: `orders/${inPath(...named)}` };
  if (kind === "product" && named.length === 1) return { kind, path: `products/${inPath(named[0])}`, also: `products/${inPath(named[0])}/movements?limit=50` };
  return null;
}

let open = null;
function drawOne() {
  if (!open || !seen.one) return;
  show("one-body", ...(open.kind === "order" ? drawOrder(seen.one) : drawProduct(seen.one)).filter(Boolean));
}
draw.one = drawOne;
draw.movements = drawOne;
draw.locations = drawOne;

/** Shows another page of a product's movements; null: the newest. */
function movementsFrom(cursor) {
  open = { ...open, from: cursor, also: `${open.path}/movements?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}` };
  askOne().catch(() => {});
}

async function askOne() {
  if (!open) return;
  const { path, also } = open;
  await Promise.all([ask("locations", "locations"), ask("one", path), also ? ask("movements", also) : null]);
}

/** Shows what the address names, and puts the focus there: whoever follows a link hears where they are. */
async function follow() {
  const next = wanted();
  const was = open;
  open = next;
  find("one").hidden = !next;
  for (const list of document.querySelectorAll("[data-lists]")) list.hidden = Boolean(next);
  if (!next) { if (was) find("stock").focus(); return; }
  seen.one = null; seen.movements = null; tags.one = null; tags.movements = null;
  show("one-body", empty(t("starting")));
  try { await askOne(); } catch (error) { if (open === next && !seen.one) show("one-body", h("p", { class: "trouble", role: "alert" }, problemWords(error.problem ?? { detail: error.message }))); }
  find("one-title")?.focus();
}
window.addEventListener("hashchange", follow);
