/** A key of this very request: sent again under it, nothing more is done. */
const freshKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
const choice = (prefix, name) => word(prefix + name) ?? name.replaceAll("_", " ");
const choices = (prefix, ...names) => names.map((name) => [name, choice(prefix, name)]);
const inPath = (...parts) => parts.map(encodeURIComponent).join("/");

const send = (method, path, body, key) => fetch(`/api/v1/${path}`, {
  method, body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...key ? { "Idempotency-Key": key } : {} }, signal: AbortSignal.timeout(12000),
});

/** Fields of a form. `lines` asks for units of each line; a line of none is left out. */
function field(about) {
  const wrong = h("p", { class: "wrong", id: `wrong-${about.name}`, hidden: "" });
  const described = { "aria-describedby": wrong.id, name: about.name };
  if (about.kind === "lines") {
    return h("fieldset", { "data-field": about.name, "aria-describedby": wrong.id }, h("legend", null, about.label), about.lines.map((line) => h("label", null,
      h("span", null, `${line.label} (${t("most", count(line.most))})`),
      h("input", { "data-line": line.id, type: "number", min: 0, max: line.most, step: 1, value: line.units ?? line.most, required: "" }))), wrong);
  }
  const input = about.kind === "choice" || about.kind === "flag"
    ? h("select", { ...described, "data-flag": about.kind === "flag" ? "" : null }, about.options.map(([value, label]) => h("option", { value, selected: value === about.value ? "" : null }, label)))
    : h("input", { ...described, type: about.kind ?? "text", maxlength: about.kind === "number" ? null : about.longest ?? 200, min: about.least,
      max: about.most, step: about.kind === "number" ? 1 : null, value: about.value, required: about.may ? null : "", autocomplete: about.complete ?? "off" });
  return h("label", { "data-field": about.name }, h("span", null, about.label), input, wrong);
}

/** The field where everybody says who they are. */
const whoField = () => ({ name: "by", label: t("by"), value: kept("by") ?? "", complete: "name" });
const reasonField = () => ({ name: "reason", label: t("reason") });

let sending = null;
/** Asks a person for something; `work` makes the request of what they entered. */
function askPerson(title, fields, work, done, words) {
  sending = { work, done, key: document.activeElement?.dataset?.key };
  find("ask-title").textContent = title;
  find("ask-fields").replaceChildren(...(words ? [h("p", null, words)] : []), ...fields.map(field));
  complain(null);
  find("ask-save").disabled = false;
  find("ask").showModal();
}

function entered(form) {
  const values = {};
  for (const input of form.querySelectorAll("[name]")) {
    if ("flag" in input.dataset) { if (input.value) values[input.name] = input.value === "true"; }
    else if (input.type === "number") values[input.name] = Number(input.value);
    else if (input.value.trim() !== "") values[input.name] = input.value.trim();
  }
  const lines = [...form.querySelectorAll("[data-line]")];
  if (lines.length) values.lines = lines.map((input) => ({ line: input.dataset.line, units: Number(input.value) })).filter((line) => line.units > 0);
  return values;
}

/** Shows a problem beside the field it is about, or under the form. */
function complain(problem) {
  for (const one of find("ask-fields").querySelectorAll(".wrong")) one.hidden = true;
  for (const one of find("ask-fields").querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  find("ask-trouble").hidden = true;
  if (!problem) return;
  // `lines.0.units` is about the lines.
  const place = problem.field ? find("ask-fields").querySelector(`[data-field="${CSS.escape(problem.field.split(".")[0])}"]`) : null;
  if (!place) {
    find("ask-trouble").replaceChildren(...problemWords(problem));
    find("ask-trouble").hidden = false;
    return;
  }
  const wrong = place.querySelector(".wrong"), input = place.querySelector("input, select");
  wrong.replaceChildren(...problemWords(problem));
  wrong.hidden = false;
  input?.setAttribute("aria-invalid", "true");
  input?.focus();
}

// What opened the form may have been drawn anew meanwhile, or be gone: then the focus goes to what is shown.
find("ask").addEventListener("close", () => {
  const opener = sending?.key ? document.querySelector(`[data-key="${CSS.escape(sending.key)}"]`) : null;
  (opener ?? find("one-title") ?? find("stock")).focus();
});
find("ask-cancel").addEventListener("click", () => find("ask").close());
find("ask-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { work, done } = sending, values = entered(event.target);
  // No lines at all would mean all of them.
  if (values.lines?.length === 0) { complain({ field: "lines", detail: t("someUnits") }); return; }
  find("ask-save").disabled = true;
  try {
    const answer = await work(values);
    if (answer.ok) {
      if (values.by) keep("by", values.by);
      done?.(await answer.json());
      find("ask").close();
      return;
    }
    complain(await problemOf(answer));
  } catch { complain({ detail: t("notKnown") }); } finally { find("ask-save").disabled = false; }
});
