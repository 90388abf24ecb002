//! `sluis orders`: orders by stage, by connection, or by what they are called; `sluis reindex`: the index behind that, built anew.

use super::api::{Api, Where, understood};
use crate::say::{aside, say};
use domain::{ConnectionId, Due, OrderNumber, OrderStage, Quantity, Sku};
use jiff::Timestamp;
use ports::{Clock, Result};
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use url::form_urlencoded;

/// What `orders` takes.
#[derive(Debug, clap::Args)]
pub(super) struct OrdersArguments {
    /// In this stage: new, `cancellation_requested`, short, `to_ship`, `partly_shipped`, return, shipped, closed.
    #[arg(long)]
    stage: Option<OrderStage>,
    /// Of this connection: its name in the configuration.
    #[arg(long)]
    connection: Option<ConnectionId>,
    /// The number that people see, a SKU or a tracking code, whole or the first three letters and more; or the channel's own id, whole.
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
    /// So many at most.
    #[arg(long, default_value_t = 50, value_parser = at_least_one)]
    limit: usize,
    #[command(flatten)]
    place: Where,
}

fn at_least_one(text: &str) -> std::result::Result<usize, String> {
    text.parse().ok().filter(|limit| *limit > 0).ok_or_else(|| "expected a whole number from 1 on".to_owned())
}

/// What `reindex` takes.
#[derive(Debug, clap::Args)]
pub(super) struct ReindexArguments {
    #[command(flatten)]
    place: Where,
}

/// The part of the answer that is printed.
#[derive(Debug, Deserialize)]
struct List {
    orders: Vec<Listed>,
    next: Option<String>,
    index: Option<Index>,
    #[serde(default)]
    unreadable: Vec<engine::views::Unreadable>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    connection: ConnectionId,
    number: OrderNumber,
    display_number: Option<String>,
    at: Timestamp,
    stage: Option<OrderStage>,
    ship_by: Option<Due>,
    to_ship: Option<Quantity>,
    short: Quantity,
    #[serde(default)]
    unreleased: bool,
    skus: Vec<Sku>,
}

#[derive(Debug, Deserialize)]
struct Index {
    complete: bool,
    up_to: Option<Timestamp>,
    behind: bool,
    rebuild: Option<Rebuild>,
}

#[derive(Debug, Deserialize)]
struct Rebuild {
    orders: u64,
}

/// Most that the API answers at once.
const MOST: usize = 200;
/// Between two looks at how far a rebuild is.
const REST: Duration = Duration::from_secs(2);

pub(super) async fn orders(arguments: &OrdersArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let (mut left, mut none) = (arguments.limit, true);
    let mut before: Option<String> = None;
    loop {
        let list: List = understood(api.get(&format!("orders?{}", query(arguments, before.as_deref(), left.min(MOST)))).await?)?;
        none &= list.orders.is_empty();
        for order in &list.orders {
            say!("{}", words(order));
        }
        left = left.saturating_sub(list.orders.len());
        before = list.next.filter(|_| left > 0);
        if before.is_none() {
            for row in &list.unreadable {
                aside!("{} cannot be read: {}", row.key, row.error);
            }
            let sure = list.index.as_ref().is_none_or(|index| index.complete && !index.behind) && list.unreadable.is_empty();
            if none {
                say!("{}", nothing(arguments, sure));
            }
            if let Some(lack) = list.index.as_ref().and_then(lack) {
                aside!("{lack}");
            }
            return Ok(if sure { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    }
}

/// An empty list, in words that promise no more than is known.
fn nothing(arguments: &OrdersArguments, sure: bool) -> String {
    let known = if sure { "No order fits." } else { "No order is known that fits." };
    let hint = match (&arguments.find, &arguments.connection) {
        (Some(find), _) if find.chars().count() < 3 => " Fewer than three letters find only what is called exactly so.",
        (None, Some(_)) => " `sluis connections` lists the connections there are.",
        _ => "",
    };
    format!("{known}{hint}")
}

fn query(arguments: &OrdersArguments, before: Option<&str>, limit: usize) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("limit", &limit.to_string());
    query.append_pair("stage", arguments.stage.map_or("all", OrderStage::as_str));
    if let Some(connection) = &arguments.connection {
        query.append_pair("connection", connection.as_str());
    }
    if let Some(find) = &arguments.find {
        query.append_pair("q", find);
    }
    if let Some(before) = before {
        query.append_pair("before", before);
    }
    query.finish()
}

fn words(order: &Listed) -> String {
    let shown = order.display_number.as_ref().map(|shown| format!(" ({shown})")).unwrap_or_default();
    let stage = order.stage.map(|stage| stage.as_str().replace('_', " ")).unwrap_or_default();
    let mut words = format!("{:.0}  {} {}{shown}: {stage}", order.at, order.connection, order.number);
    if order.unreleased {
        words.push_str(", not paid yet");
    }
    if let Some(units) = order.to_ship.filter(|units| !units.is_zero()) {
        let _ = write!(words, ", {units} to ship");
    }
    if !order.short.is_zero() {
        let _ = write!(words, ", {} short", order.short);
    }
    if let Some(due) = &order.ship_by {
        let _ = write!(words, ", by {due}");
    }
    let skus: Vec<&str> = order.skus.iter().map(Sku::as_str).collect();
    format!("{words}  {}", skus.join(", "))
}

/// What the list lacks, if it may lack anything.
fn lack(index: &Index) -> Option<String> {
    match (index.complete, index.up_to, &index.rebuild) {
        (false, _, Some(rebuild)) => {
            Some(format!("the index is being built, {} orders so far: orders are missing here", rebuild.orders))
        }
        (false, _, None) => Some("the index has not been built yet: orders are missing here".to_owned()),
        (true, Some(at), _) if index.behind => {
            Some(format!("what changed since {at:.0} may be missing here; ask again in two minutes"))
        }
        _ => None,
    }
}

pub(super) async fn reindex(arguments: &ReindexArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let mut index: Index = understood(api.ask_for("index/rebuild").await?)?;
    say!("the index is being rebuilt; what it holds stays in use meanwhile. It begins within two minutes");
    let mut told = None;
    while let Some(rebuild) = &index.rebuild {
        if told != Some(rebuild.orders) && rebuild.orders > 0 {
            say!("{} orders", rebuild.orders);
        }
        told = Some(rebuild.orders);
        aws::SystemClock.sleep(REST).await;
        index = understood(api.get("index").await?)?;
    }
    say!("done");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(complete: bool, behind: bool) -> Index {
        Index { complete, up_to: Some("2026-12-01T10:00:00Z".parse().unwrap()), behind, rebuild: None }
    }

    #[test]
    fn what_a_list_may_lack_is_said() {
        assert_eq!(lack(&index(true, false)), None);
        assert!(lack(&index(true, true)).unwrap().contains("2026-12-01T10:00:00Z"));
        assert!(lack(&index(false, true)).unwrap().contains("not been built"));
        let building = Index { rebuild: Some(Rebuild { orders: 7 }), ..index(false, true) };
        assert!(lack(&building).unwrap().contains("7 orders so far"));
    }

    #[test]
    fn an_order_is_told_in_one_line() {
        let order = serde_json::json!({ "connection": "shop", "number": "7", "display_number": "#1007", "at": "2026-11-30T10:00:00.5Z",
            "stage": "to_ship", "ship_by": "2026-12-01[Europe/Amsterdam]", "to_ship": 2, "short": 0, "skus": ["LAMP", "BULB"] });
        let told = words(&serde_json::from_value(order.clone()).unwrap());
        assert_eq!(told, "2026-11-30T10:00:00Z  shop 7 (#1007): to ship, 2 to ship, by 2026-12-01[Europe/Amsterdam]  LAMP, BULB");
        let mut pending = order;
        for (name, value) in
            [("stage", "new".into()), ("unreleased", true.into()), ("to_ship", 0.into()), ("ship_by", serde_json::Value::Null)]
        {
            pending[name] = value;
        }
        let told = words(&serde_json::from_value(pending).unwrap());
        assert_eq!(told, "2026-11-30T10:00:00Z  shop 7 (#1007): new, not paid yet  LAMP, BULB");
    }
}
