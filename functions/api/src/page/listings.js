/** A connection's listings as a file, and the file of matches by hand. */
const listingsLink = (connection, unmatched) => h("a", {
  href: `/api/v1/connections/${inPath(connection)}/listings.csv${unmatched ? "?unmatched" : ""}`, download: `${connection}-listings.csv`,
  "data-key": `listings ${connection} ${unmatched}`, "aria-label": `${t(unmatched ? "unmatchedListings" : "listings")}, ${connection}`,
}, t(unmatched ? "unmatchedListings" : "listings"));

/** What became of the file: how many rows, and each that was not done with its line. */
function drawMatched({ done, already_done, not_done, rows }) {
  const wrong = rows.filter((row) => row.reason);
  show("matched", h("p", { class: not_done ? "trouble" : null }, t("matchedRows", count(done), count(already_done), count(not_done))),
    wrong.length ? h("ol", { class: "rows" }, wrong.map((row) => h("li", null, h("b", null, t("fileRow", count(row.row))), " ", said(row.reason)))) : "");
}

find("matches").addEventListener("click", () => find("matches-file").click());
find("matches-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  find("matches").disabled = true;
  try {
    const answer = await fetch("/api/v1/listings/imports", { method: "POST", body: file, headers: { "Content-Type": "text/csv" }, signal: AbortSignal.timeout(20000) });
    if (answer.ok) drawMatched(await answer.json()); else show("matched", h("p", { class: "trouble" }, problemWords(await problemOf(answer))));
  } catch { show("matched", h("p", { class: "trouble" }, t("matchesUnknown"))); }
  find("matches").disabled = false;
  // The same file once more is another choice.
  event.target.value = "";
});
