//! `sluis parked`: what waits for a person, and what is decided about it.

use super::api::{Api, Where, Who, escaped};
use ports::Result;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// What `parked` takes.
#[derive(Debug, clap::Args)]
pub(super) struct ParkedArguments {
    #[command(subcommand)]
    decision: Option<Decision>,
    #[command(flatten)]
    place: Where,
}

/// What is to be done about one; its id stands on the list.
#[derive(Debug, clap::Subcommand)]
enum Decision {
    /// Try it once more: an order is read again, a listing is told again, the channel is told again what it did not want, what is short is
    /// covered. It stays on the list until it is right.
    Retry {
        /// Its id.
        id: String,
        #[command(flatten)]
        who: Who,
    },
    /// Nothing is to be done: it leaves the list and holds no figures down any more.
    Dismiss {
        /// Its id.
        id: String,
        /// Why not, for whoever asks later. No personal data.
        #[arg(long, value_name = "WORDS")]
        reason: String,
        #[command(flatten)]
        who: Who,
    },
    /// Erase what it holds, such as a delivery with a customer's words.
    Erase {
        /// Its id.
        id: String,
    },
}

pub(super) async fn parked(arguments: &ParkedArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let list = match &arguments.decision {
        None => api.get("attention").await?,
        Some(Decision::Retry { id, who }) => {
            api.send_json(&format!("parked/{}/retry", escaped(id)), &json!({ "by": who.name()? })).await?
        }
        Some(Decision::Dismiss { id, reason, who }) => {
            let body = json!({ "reason": reason, "by": who.name()? });
            api.send_json(&format!("parked/{}/dismiss", escaped(id)), &body).await?
        }
        Some(Decision::Erase { id }) => api.delete(&format!("parked/{}/body", escaped(id))).await?,
    };
    crate::say::text(&in_words(&list));
    Ok(ExitCode::SUCCESS)
}

fn in_words(list: &Value) -> String {
    let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |one: &Value, name: &str| one.get(name).and_then(Value::as_u64).unwrap_or_default();
    let entries = |name: &str| list.get(name).and_then(Value::as_array).into_iter().flatten();
    let mut lines = Vec::new();
    for one in entries("parked") {
        let about = [text(one, "connection"), text(one, "what")].join(" ");
        lines.push(format!("{}  {}  {}", text(one, "id"), text(one, "kind").replace('_', " "), about.trim()));
        let times = one.get("count").and_then(Value::as_i64).unwrap_or(1);
        lines.push(format!("    since {}, {times} times, last {}", text(one, "first_at"), text(one, "at")));
        lines.push(format!("    {}", text(one, "reason")));
    }
    for one in entries("differences") {
        let about = one.get("about").cloned().unwrap_or_default();
        let named = [text(&about, "connection"), text(&about, "number"), text(&about, "offer"), text(one, "sku")];
        let named: Vec<_> = named.into_iter().filter(|part| !part.is_empty()).collect();
        lines.push(format!("difference  {}\n    since {}\n    {}", named.join(" "), text(one, "first_at"), text(one, "words")));
    }
    for one in entries("unreadable") {
        lines.push(format!("cannot be read: {}: {}", text(one, "key"), text(one, "problem")));
    }
    match number(list, "more_parked") + number(list, "more_differences") {
        0 => {}
        more => lines.push(format!("and {more} more")),
    }
    let complete = list.get("complete").and_then(Value::as_bool).unwrap_or(false);
    match (complete, lines.is_empty()) {
        (true, true) => lines.push("Nothing waits for a person.".to_owned()),
        (true, false) => {}
        // What was not read may wait all the same.
        (false, _) => lines.push("Not all of it could be read: more may wait for a person than is told here.".to_owned()),
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_nothing_waits_is_said_only_where_all_was_read() {
        let list =
            |complete| json!({ "complete": complete, "parked": [], "differences": [], "more_parked": 0, "more_differences": 0 });
        assert_eq!(in_words(&list(json!(true))), "Nothing waits for a person.\n");
        for unsure in [json!(false), Value::Null] {
            let said = in_words(&list(unsure));
            assert!(said.starts_with("Not all of it could be read") && !said.contains("Nothing"), "{said}");
        }
        let mut some = list(json!(true));
        some["parked"] = json!([{ "id": "ab", "kind": "refused_update", "connection": "webshop", "what": "order 7: p1", "count": 2,
            "first_at": "2026-11-21T12:00:00Z", "at": "2026-11-21T13:00:00Z", "reason": "the channel does not want it" }]);
        let said = in_words(&some);
        assert!(said.contains("ab  refused update  webshop order 7: p1") && said.contains("does not want it"), "{said}");
    }
}
