/** A connection's items as a file, and the file of matches by hand. */
const itemsLink = (connection, unclear) => h("a", {
  href: `/api/v1/listings/${inPath(connection)}/report.csv${unclear ? "?unclear" : ""}`, download: `${connection}-items.csv`,
  "data-key": `items ${connection} ${unclear}`, "aria-label": `${t(unclear ? "itemsUnclear" : "items")}, ${connection}`,
}, t(unclear ? "itemsUnclear" : "items"));

/** What became of the file: how many rows, and each that was not done with its line. */
function drawMatched({ done, already, not_done, rows }) {
  const wrong = rows.filter((row) => row.reason);
  show("matched", h("p", { class: not_done ? "trouble" : null }, t("matchedRows", count(done), count(already), count(not_done))),
    wrong.length ? h("ol", { class: "rows" }, wrong.map((row) => h("li", null, h("b", null, t("fileRow", count(row.row))), ` ${row.reason}`))) : "");
}

find("matches").addEventListener("click", () => find("matches-file").click());
find("matches-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  find("matches").disabled = true;
  try {
    const answer = await fetch("/api/v1/matches", { method: "POST", body: file, headers: { "Content-Type": "text/csv" }, signal: AbortSignal.timeout(20000) });
    const body = await answer.json().catch(() => ({ detail: `HTTP ${answer.status} ${answer.statusText}` }));
    if (answer.ok) drawMatched(body); else show("matched", h("p", { class: "trouble" }, body.detail));
  } catch { show("matched", h("p", { class: "trouble" }, t("matchesUnknown"))); }
  find("matches").disabled = false;
  // The same file once more is another choice.
  event.target.value = "";
});
