//! `sluis parked`: what waits for a person, and what is decided about it.

use super::api::{Api, Where, escaped};
use crate::say::say;
use ports::Result;
use serde_json::Value;
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
    /// Try it once more: an order is read again, a listing is told again. It stays on the list until it is right.
    Retry {
        /// Its id.
        id: String,
    },
    /// Nothing is to be done: it leaves the list and holds no figures down any more.
    Dismiss {
        /// Its id.
        id: String,
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
        None => api.get("parked?limit=200").await?,
        Some(Decision::Retry { id }) => api.send_json(&format!("parked/{}/retry", escaped(id)), &Value::Null).await?,
        Some(Decision::Dismiss { id }) => api.delete(&format!("parked/{}", escaped(id))).await?,
        Some(Decision::Erase { id }) => api.delete(&format!("parked/{}/body", escaped(id))).await?,
    };
    let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let entries = list.get("parked").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut lines = Vec::new();
    for one in &entries {
        let times = one.get("count").and_then(Value::as_i64).unwrap_or(1);
        let about = [text(one, "connection"), text(one, "what")].join(" ");
        lines.push(format!(
            "{}  {}  {}, {times} times\n    {}",
            text(one, "id"),
            text(one, "at"),
            about.trim(),
            text(one, "reason")
        ));
    }
    for one in list.get("unreadable").and_then(Value::as_array).into_iter().flatten() {
        lines.push(format!("cannot be read: {}: {}", text(one, "key"), text(one, "problem")));
    }
    let said = if lines.is_empty() { "Nothing is waiting for a person.".to_owned() } else { lines.join("\n") };
    say!("{said}");
    Ok(ExitCode::SUCCESS)
}
