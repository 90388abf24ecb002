//! `sluis attention`: what waits for a person, and what is decided about it.

use super::api::{Api, Where, Who, escaped};
use domain::so_many;
use ports::Result;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// What `attention` takes.
#[derive(Debug, clap::Args)]
pub(super) struct AttentionArguments {
    #[command(subcommand)]
    decision: Option<Decision>,
    // Of whatever is decided, and wherever it stands in the line.
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    place: Where,
}

/// What is to be done about one; its id stands on the list.
#[derive(Debug, clap::Subcommand)]
enum Decision {
    /// Try it once more: an order is read again, a listing is told again, the channel is told again what it rejected, what is short is
    /// covered. It stays on the list until it is right.
    Retry {
        /// Its id.
        id: String,
    },
    /// Nothing is to be done: it leaves the list and holds no figures down any more.
    Dismiss {
        /// Its id.
        id: String,
        /// Why not, for whoever asks later. No personal data.
        #[arg(long, value_name = "WORDS")]
        reason: String,
    },
    /// Erase what it holds, such as a delivery with a customer's words.
    Erase {
        /// Its id.
        id: String,
    },
}

pub(super) async fn attention(arguments: &AttentionArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let list = match &arguments.decision {
        None => api.get("attention").await?,
        Some(Decision::Retry { id }) => {
            api.send_json(&format!("parked/{}/retry", escaped(id)), &json!({ "by": arguments.who.name()? })).await?
        }
        Some(Decision::Dismiss { id, reason }) => {
            let body = json!({ "reason": reason, "by": arguments.who.name()? });
            api.send_json(&format!("parked/{}/dismiss", escaped(id)), &body).await?
        }
        Some(Decision::Erase { id }) => api.delete(&format!("parked/{}/body", escaped(id))).await?,
    };
    crate::say::lines(&in_words(&list));
    Ok(ExitCode::SUCCESS)
}

fn in_words(list: &Value) -> String {
    let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |one: &Value, name: &str| one.get(name).and_then(Value::as_u64).unwrap_or_default();
    let entries = |name: &str| list.get(name).and_then(Value::as_array).into_iter().flatten();
    let mut lines = Vec::new();
    for one in entries("connections") {
        let task = text(one, "task").replace('_', " ");
        lines.push(format!("connection  {}  {task}  {}", text(one, "connection"), text(one, "error").replace('_', " ")));
        lines.push(format!("    since {}\n    {}", text(one, "since"), text(one, "message")));
    }
    for one in entries("cancellation_requests") {
        let shown = one.get("display_number").and_then(Value::as_str).map(|shown| format!(" ({shown})")).unwrap_or_default();
        lines.push(format!("cancellation asked  {} {}{shown}", text(one, "connection"), text(one, "number")));
        lines.push("    the customer asks; ship it or cancel it, here or where the channel takes no cancellation from here in its own screen".to_owned());
    }
    for one in entries("parked") {
        let about = [text(one, "connection"), text(one, "subject")].join(" ");
        lines.push(format!("{}  {}  {}", text(one, "id"), text(one, "type").replace('_', " "), about.trim()));
        let times = one.get("count").and_then(Value::as_i64).unwrap_or(1);
        lines.push(format!("    since {}, {}, last {}", text(one, "first_at"), so_many(times, "time"), text(one, "at")));
        lines.push(format!("    {}", text(one, "reason")));
    }
    for one in entries("differences") {
        let about = one.get("subject").cloned().unwrap_or_default();
        let named = [text(&about, "connection"), text(&about, "number"), text(&about, "offer"), text(one, "sku")];
        let named: Vec<_> = named.into_iter().filter(|part| !part.is_empty()).collect();
        lines.push(format!("difference  {}\n    since {}\n    {}", named.join(" "), text(one, "first_at"), text(one, "message")));
    }
    for one in entries("unreadable") {
        lines.push(format!("cannot be read: {}: {}", text(one, "key"), text(one, "error")));
    }
    match number(list, "more_parked") + number(list, "more_differences") {
        0 => {}
        more => lines.push(format!("and {more} more")),
    }
    if list.get("cancellation_requests_of_all_orders").and_then(Value::as_bool) == Some(false) {
        lines.push("Of requests to cancel only those of the last two days are told here: the index is not made yet.".to_owned());
    }
    let complete = list.get("complete").and_then(Value::as_bool).unwrap_or(false);
    match (complete, lines.is_empty()) {
        (true, true) => lines.push("Nothing needs attention.".to_owned()),
        (true, false) => {}
        // What was not read may wait all the same.
        (false, _) => lines.push("Not all of it could be read: more may need attention than is told here.".to_owned()),
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::{Arguments, Command};
    use super::*;
    use clap::Parser as _;

    #[test]
    fn who_decides_is_taken_wherever_it_stands() {
        for line in [
            "attention dismiss ab --reason done --by Ada --at http://127.0.0.1:1",
            "attention --by Ada dismiss ab --reason done",
            "attention dismiss --by Ada --reason done ab",
            "attention retry ab --by Ada",
            "attention erase ab --by Ada",
            "attention --by Ada",
        ] {
            let parsed = Arguments::try_parse_from(format!("sluis {line}").split(' ')).unwrap_or_else(|error| panic!("{error}"));
            let Some(Command::Attention(arguments)) = parsed.command else { panic!("{line}") };
            assert_eq!(arguments.who.name().unwrap(), "Ada", "{line}");
        }
    }

    #[test]
    fn that_nothing_waits_is_said_only_where_all_was_read() {
        let list =
            |complete| json!({ "complete": complete, "parked": [], "differences": [], "more_parked": 0, "more_differences": 0 });
        assert_eq!(in_words(&list(json!(true))), "Nothing needs attention.\n");
        for unsure in [json!(false), Value::Null] {
            let said = in_words(&list(unsure));
            assert!(said.starts_with("Not all of it could be read") && !said.contains("Nothing"), "{said}");
        }
        let mut some = list(json!(true));
        some["parked"] = json!([{ "id": "ab", "type": "rejected_update", "connection": "webshop", "subject": "order 7: p1", "count": 2,
            "first_at": "2026-11-21T12:00:00Z", "at": "2026-11-21T13:00:00Z", "reason": "the channel does not want it" }]);
        let said = in_words(&some);
        assert!(said.contains("ab  rejected update  webshop order 7: p1") && said.contains("does not want it"), "{said}");
    }
}
