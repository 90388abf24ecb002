//! `sluis publish`: what a connection would be told; and that it is told from now on, with how far that is.

use super::api::{Api, Where, escaped, understood};
use super::health::progress;
use crate::say::{aside, say};
use domain::{ConnectionId, Sku};
use engine::views::Health;
use ports::{Error, ErrorKind, Result};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// Between two looks how far it is.
const BETWEEN: Duration = Duration::from_secs(2);

/// What `publish` takes.
#[derive(Debug, clap::Args)]
pub(super) struct PublishArguments {
    /// The connection: its name in the configuration.
    connection: ConnectionId,
    #[command(flatten)]
    what: What,
    /// Do not wait until all figures are on their way.
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    place: Where,
}

/// What it is told of from now on; without any, what it would be told is shown, and nothing changes.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct What {
    /// Everything that is matched.
    #[arg(long)]
    all: bool,
    /// These articles only: a pilot.
    #[arg(long, value_name = "SKU", value_delimiter = ',')]
    only: Vec<Sku>,
    /// Nothing: orders are taken in, and figures stay as they are there.
    #[arg(long)]
    nothing: bool,
}

impl What {
    fn asked(&self) -> Option<Value> {
        match self {
            Self { all: true, .. } => Some(json!({ "publish": "all" })),
            Self { nothing: true, .. } => Some(json!({ "publish": "nothing" })),
            Self { only, .. } if !only.is_empty() => Some(json!({ "publish": "only", "skus": only })),
            _ => None,
        }
    }
}

pub(super) async fn publish(arguments: &PublishArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let connection = arguments.connection.as_str();
    let Some(asked) = arguments.what.asked() else { return preview(&api, connection).await };
    let answer = api.put_json(&format!("connections/{}/publishing", escaped(connection)), &asked).await?;
    say!("{connection}: {}", holds(&answer));
    if arguments.no_wait {
        return Ok(ExitCode::SUCCESS);
    }
    follow(&api, &arguments.connection).await
}

fn holds(answer: &Value) -> String {
    let now = answer.get("now").cloned().unwrap_or_default();
    match now.get("publish").and_then(Value::as_str) {
        Some("all") => "told of everything that is matched".to_owned(),
        Some("nothing") => "told nothing, on purpose: only orders are taken in".to_owned(),
        _ => format!("told of a pilot of {} products", now.get("skus").and_then(Value::as_array).map_or(0, Vec::len)),
    }
}

/// Tells how far it is, until all figures are on their way. They are told within a minute and a half of that.
async fn follow(api: &Api, connection: &ConnectionId) -> Result<ExitCode> {
    let mut said = Vec::new();
    loop {
        let health: Health = understood(api.get("health").await?)?;
        let Some(one) = health.connections.iter().find(|one| one.connection == *connection) else {
            let message = format!("the health of {connection} cannot be read; `sluis health` names what is wrong");
            return Err(Error::new(ErrorKind::NotFound, "publish", message));
        };
        let lines = progress(one);
        if one.settings_under_way.is_none() {
            say!("all figures are on their way; they are told within a minute and a half");
            return Ok(ExitCode::SUCCESS);
        }
        for line in lines.iter().filter(|line| !said.contains(*line)) {
            aside!("{line}");
        }
        said = lines;
        tokio::time::sleep(BETWEEN).await;
    }
}

async fn preview(api: &Api, connection: &str) -> Result<ExitCode> {
    let mut sums = Sums::default();
    let mut cursor = String::new();
    loop {
        let page = api.get(&format!("listings/{}/preview?limit=50{cursor}", escaped(connection))).await?;
        for line in sums.page(&page) {
            say!("{line}");
        }
        let Some(next) = page.get("next").and_then(Value::as_str) else { break };
        cursor = format!("&cursor={}", escaped(next));
    }
    say!("{}", sums.in_words());
    Ok(ExitCode::SUCCESS)
}

/// What all pages come to.
#[derive(Debug, Default)]
struct Sums {
    items: usize,
    differ: usize,
    left_alone: usize,
    backorders: usize,
    unclear: usize,
    not_known: usize,
}

impl Sums {
    /// A line for each item of which something is to be said.
    fn page(&mut self, page: &Value) -> Vec<String> {
        let mut lines = Vec::new();
        for item in page.get("items").and_then(Value::as_array).into_iter().flatten() {
            let is = |name: &str| item.get(name).and_then(Value::as_bool).unwrap_or(false);
            let text = |name: &str| item.get(name).and_then(Value::as_str);
            let units = |name: &str| item.get(name).and_then(Value::as_i64);
            self.items += 1;
            let mut about = Vec::new();
            match (text("sku"), units("shows"), units("would_show")) {
                (None, ..) => {
                    self.unclear += 1;
                    about.push("no article for sure: it is told nothing".to_owned());
                }
                (Some(_), Some(shows), Some(would)) if shows != would => {
                    self.differ += 1;
                    about.push(format!("shows {shows}, would be told {would}"));
                }
                (Some(_), Some(_), Some(_)) => {}
                (Some(_), None, Some(would)) => {
                    self.not_known += 1;
                    about.push(format!("what it shows is not known; would be told {would}"));
                }
                (Some(_), _, None) if is("left_alone") => {
                    self.left_alone += 1;
                    about.push("its stock is not tracked there: it is told nothing".to_owned());
                }
                (Some(_), _, None) => {
                    self.not_known += 1;
                    about.push("what it would be told is not known".to_owned());
                }
            }
            if is("backorders") {
                self.backorders += 1;
                about.push("sold on there without stock (backorders)".to_owned());
            }
            about.extend(text("problem").map(str::to_owned));
            if !about.is_empty() {
                let name = text("sku").or(text("title")).unwrap_or_default();
                lines.push(format!("{}  {name}: {}", text("offer").unwrap_or_default(), about.join("; ")));
            }
        }
        for one in page.get("unreadable").and_then(Value::as_array).into_iter().flatten() {
            let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
            self.not_known += 1;
            lines.push(format!("cannot be read: {}: {}", text("key"), text("problem")));
        }
        lines
    }

    fn in_words(&self) -> String {
        let Self { items, differ, left_alone, backorders, unclear, not_known } = self;
        format!(
            "{items} items: {differ} would be told another figure than they show, {unclear} are no article for sure, {left_alone} are left \
             alone, {backorders} are sold on without stock, {not_known} are not known. Nothing was changed: --all, --only SKU or --nothing does"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preview_tells_what_would_change_what_is_sold_without_stock_and_what_is_not_known() {
        let item = |offer: &str, sku: Option<&str>, shows: Option<i64>, would: Option<i64>, backorders: bool| {
            json!({ "offer": offer, "title": "Lamp", "sku": sku, "unclear": null, "shows": shows, "would_show": would, "left_alone": false,
                "backorders": backorders, "published": false, "problem": null })
        };
        let page = json!({ "items": [
            item("1", Some("A"), Some(3), Some(3), false), item("2", Some("B"), Some(3), Some(5), true), item("3", None, None, None, false),
            item("4", Some("C"), None, Some(2), false), item("5", Some("D"), Some(2), None, false),
        ], "next": null, "unreadable": [{ "key": "CONNECTION#web / OFFER#6", "problem": "text `body` is missing" }] });
        let mut sums = Sums::default();
        let lines = sums.page(&page);
        assert_eq!(lines[0], "2  B: shows 3, would be told 5; sold on there without stock (backorders)");
        assert_eq!(lines.len(), 5, "{lines:?}");
        assert!(lines[4].contains("OFFER#6"), "{lines:?}");
        let words = sums.in_words();
        assert!(
            words.starts_with("5 items: 1 would be told") && words.contains("1 are sold on without stock, 3 are not known"),
            "{words}"
        );
    }

    #[test]
    fn what_holds_is_told_as_it_is() {
        assert!(holds(&json!({ "now": { "publish": "nothing" } })).contains("on purpose"));
        assert_eq!(holds(&json!({ "now": { "publish": "only", "skus": ["A", "B"] } })), "told of a pilot of 2 products");
    }
}
