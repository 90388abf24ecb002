//! `sluis publish`: what a connection would be told; and that it is told from now on, with how far that is.

use super::api::{Api, Where, escaped, understood};
use super::health::progress;
use crate::say::{aside, say};
use domain::{ConnectionId, Sku, so_many};
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
    /// Selected products only.
    #[arg(long, value_name = "SKU", value_delimiter = ',')]
    selected: Vec<Sku>,
    /// Nothing: orders are taken in, and figures stay as they are there.
    #[arg(long)]
    none: bool,
}

impl What {
    fn asked(&self) -> Option<Value> {
        match self {
            Self { all: true, .. } => Some(json!({ "type": "all" })),
            Self { none: true, .. } => Some(json!({ "type": "none" })),
            Self { selected, .. } if !selected.is_empty() => Some(json!({ "type": "selected", "skus": selected })),
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
    follow(&api, &arguments.connection, &ended(&answer)).await
}

fn holds(answer: &Value) -> String {
    let now = answer.get("publishing").cloned().unwrap_or_default();
    match now.get("type").and_then(Value::as_str) {
        Some("all") => "told of everything that is matched".to_owned(),
        Some("none") => "told nothing, on purpose: only orders are taken in".to_owned(),
        _ => format!(
            "told of {} that were selected",
            so_many(now.get("skus").and_then(Value::as_array).map_or(0, Vec::len), "product")
        ),
    }
}

/// What is said once nothing is left to be sent on its way.
fn ended(answer: &Value) -> String {
    match answer.pointer("/publishing/type").and_then(Value::as_str) {
        Some("none") => "nothing is told there any more; figures that were told stay as they are",
        Some("selected") => "the figures of the selected products are on their way; they are told within a minute and a half",
        _ => "all figures are on their way; they are told within a minute and a half",
    }
    .to_owned()
}

/// Tells how far it is, until all of it is on its way.
async fn follow(api: &Api, connection: &ConnectionId, ended: &str) -> Result<ExitCode> {
    let mut said = Vec::new();
    loop {
        let health: Health = understood(api.get("health").await?)?;
        let Some(one) = health.connections.iter().find(|one| one.connection == *connection) else {
            let message = format!("the health of {connection} cannot be read; `sluis health` names what is wrong");
            return Err(Error::new(ErrorKind::NotFound, "publish", message));
        };
        let lines = progress(one);
        if one.rollout.is_none() {
            say!("{ended}");
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
        let page = api.get(&format!("connections/{}/publication-preview?limit=50{cursor}", escaped(connection))).await?;
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
    listings: usize,
    differ: usize,
    not_tracked: usize,
    backorders: usize,
    unmatched: usize,
    not_known: usize,
}

impl Sums {
    /// A line for each listing of which something is to be said.
    fn page(&mut self, page: &Value) -> Vec<String> {
        let mut lines = Vec::new();
        for item in page.get("listings").and_then(Value::as_array).into_iter().flatten() {
            let is = |name: &str| item.get(name).and_then(Value::as_bool).unwrap_or(false);
            let text = |name: &str| item.get(name).and_then(Value::as_str);
            let units = |name: &str| item.get(name).and_then(Value::as_i64);
            self.listings += 1;
            let mut about = Vec::new();
            match (text("sku"), units("observed_quantity"), units("target_quantity")) {
                (None, ..) => {
                    self.unmatched += 1;
                    about.push("no product for sure: it is told nothing".to_owned());
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
                (Some(_), _, None) if is("not_tracked") => {
                    self.not_tracked += 1;
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
            about.extend(text("error").map(str::to_owned));
            if !about.is_empty() {
                let name = text("sku").or(text("title")).unwrap_or_default();
                // Whoever must match it looks for its codes.
                let codes = [("EAN", text("ean")), ("SKU there", text("channel_sku"))];
                let codes = codes
                    .iter()
                    .filter(|_| text("sku").is_none())
                    .filter_map(|(what, code)| Some(format!("{what} {}", (*code)?)));
                let codes: Vec<String> = codes.collect();
                let codes = if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
                lines.push(format!("{}  {name}{codes}: {}", text("offer").unwrap_or_default(), about.join("; ")));
            }
        }
        for one in page.get("unreadable").and_then(Value::as_array).into_iter().flatten() {
            let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
            self.not_known += 1;
            lines.push(format!("cannot be read: {}: {}", text("key"), text("error")));
        }
        lines
    }

    fn in_words(&self) -> String {
        let Self { listings, differ, not_tracked, backorders, unmatched, not_known } = self;
        format!(
            "{}: {differ} to be told another figure than shown, {unmatched} no product for sure, {not_tracked} not tracked there, {backorders} sold on \
             without stock, {not_known} not known. Nothing was changed: --all, --selected SKU or --none does",
            so_many(listings, "listing")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preview_tells_what_would_change_what_is_sold_without_stock_and_what_is_not_known() {
        let item = |offer: &str, sku: Option<&str>, shows: Option<i64>, would: Option<i64>, backorders: bool| {
            json!({ "offer": offer, "title": "Lamp", "sku": sku, "match_problem": null, "observed_quantity": shows, "target_quantity": would, "not_tracked": false,
                "backorders": backorders, "published": false, "error": null })
        };
        let page = json!({ "listings": [
            item("1", Some("A"), Some(3), Some(3), false), item("2", Some("B"), Some(3), Some(5), true), item("3", None, None, None, false),
            item("4", Some("C"), None, Some(2), false), item("5", Some("D"), Some(2), None, false),
        ], "next": null, "unreadable": [{ "key": "CONNECTION#web / OFFER#6", "error": "text `body` is missing" }] });
        let mut page = page;
        (page["listings"][2]["ean"], page["listings"][2]["channel_sku"]) = (json!("8712345678906"), json!("L-1"));
        let mut sums = Sums::default();
        let lines = sums.page(&page);
        assert_eq!(lines[1], "3  Lamp (EAN 8712345678906, SKU there L-1): no product for sure: it is told nothing");
        assert_eq!(lines[0], "2  B: shows 3, would be told 5; sold on there without stock (backorders)");
        assert_eq!(lines.len(), 5, "{lines:?}");
        assert!(lines[4].contains("OFFER#6"), "{lines:?}");
        let words = sums.in_words();
        assert!(
            words.starts_with("5 listings: 1 to be told") && words.contains("1 sold on without stock, 3 not known"),
            "{words}"
        );
    }

    #[test]
    fn of_a_connection_that_is_told_nothing_no_figure_is_on_its_way() {
        let said = |kind: &str| ended(&json!({ "publishing": { "type": kind } }));
        assert!(!said("none").contains("on their way") && said("none").contains("nothing is told"), "{}", said("none"));
        assert!(said("selected").contains("the selected products are on their way"), "{}", said("selected"));
        assert!(said("all").starts_with("all figures"), "{}", said("all"));
    }

    #[test]
    fn what_holds_is_told_as_it_is() {
        assert!(holds(&json!({ "publishing": { "type": "none" } })).contains("on purpose"));
        assert_eq!(
            holds(&json!({ "publishing": { "type": "selected", "skus": ["A", "B"] } })),
            "told of 2 products that were selected"
        );
    }
}
