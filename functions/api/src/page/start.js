/** The page begins, and looks again every second while somebody looks at it. */
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => { language = button.dataset.language; keep("language", language); drawWords(); });
}
find("search").addEventListener("input", (event) => { text = event.target.value.trim(); limit = 25; ask("stock", stockPath()).catch(() => {}); });
find("more").addEventListener("click", () => { limit = Math.min(limit * 2, 200); ask("stock", stockPath()).catch(() => {}); });

drawWords();
await follow();
for (let turn = 0; ; turn += 1) {
  if (!document.hidden) await round(turn);
  await new Promise((done) => setTimeout(done, 1000));
}
