//! Rows that are read otherwise than they stand, or not at all.

use super::Mistake;
use domain::ConnectionId;
use engine::rows::{ConnectionRow, ListingRow, PartOfRow, SharesRow, ShortRow, StockRow, TypedRow, UnreadableLineRow};
use ports::{Row, Value};
use serde_json::{Value as Json, json};

const ORDER: &str = "ORDER";
const LINES: &str = "LINES#";

/// A row as it is read. `polls`: by somebody who reads lists of orders.
pub(super) fn row(mistake: Mistake, mut row: Row, polls: bool) -> Option<Row> {
    let sk = row.key.sk.clone();
    let is_stock = sk.starts_with(StockRow::PREFIX);
    let is_short = sk == ShortRow::NAME && row.key.pk.starts_with("SKU#");
    let is_order = sk == ORDER || (sk.starts_with(LINES) && row.key.pk.starts_with("ORDER#"));
    match mistake {
        Mistake::ShortNotOwed if is_short => drop(row.attributes.insert("units".to_owned(), Value::Number(0))),
        Mistake::FlowBesideStockForgotten if is_short => row.attributes.retain(|name, _| !name.contains('#')),
        Mistake::CancelNotCounted if is_short || is_stock => row.attributes.retain(|name, _| !name.starts_with("back#")),
        Mistake::NoLease if sk.starts_with(ListingRow::PREFIX) => {
            row.attributes.retain(|name, _| name != "lease" && name != "leased_until");
        }
        Mistake::BundlesNotTold if sk.starts_with(PartOfRow::PREFIX) => return None,
        Mistake::OddLineHoldsNothing if sk.starts_with(UnreadableLineRow::PREFIX) => return None,
        Mistake::OddLineHoldsNothing if sk == ORDER => change(&mut row, "body", decide_all),
        Mistake::ParkedCountsAsSettled if sk == "ASIDE" => {
            drop(row.attributes.insert("kind".to_owned(), Value::Text(json!({"kind": "dismissed"}).to_string())));
        }
        Mistake::ResumeForgotten if is_order => forget_open(&mut row),
        Mistake::PartCountsAsTakenIn if is_order && polls => forget_open(&mut row),
        Mistake::TrackingBegunUnasked if row.key.pk == ConnectionRow::PARTITION => {
            if let Ok(mut connection) = ConnectionRow::from_row(&row) {
                connection.rule.start_tracking = true;
                row = connection.to_row();
            }
        }
        _ => {}
    }
    Some(row)
}

/// Rows that were read together.
pub(super) fn page(mistake: Mistake, mut rows: Vec<Row>) -> Vec<Row> {
    match mistake {
        Mistake::ChangeNamedByQuantity => {
            let counts = |row: &&Row| row.key.sk.starts_with(StockRow::PREFIX) || row.key.sk == ShortRow::NAME;
            let version: i64 = rows.iter().filter(counts).filter_map(|row| row.get_number("version")).sum();
            for row in rows.iter_mut().filter(|row| row.key.sk.starts_with(ListingRow::PREFIX)) {
                row.attributes.insert("told_version".to_owned(), Value::Number(version));
            }
        }
        Mistake::UnknownTakenAsNone => {
            let names: Vec<String> = rows.iter().filter_map(|row| ListingRow::from_row(row).ok()).map(|row| name(&row)).collect();
            for row in rows.iter_mut().filter(|row| row.key.sk == SharesRow::NAME) {
                change(row, "shares", |shares| know_all(shares, &names));
            }
        }
        _ => {}
    }
    rows
}

fn name(row: &ListingRow) -> String {
    let connection: &ConnectionId = &row.connection;
    SharesRow::name(connection, &row.listing.offer)
}

/// What is not known is taken for nothing.
fn know_all(shares: &mut Json, names: &[String]) {
    let Some(shares) = shares.as_object_mut() else { return };
    for name in names {
        let share = shares.entry(name.clone()).or_insert_with(|| json!({}));
        if share.get("most").is_none() {
            share["most"] = json!(0);
        }
    }
}

/// As if somebody had decided about every line that cannot be read.
fn decide_all(order: &mut Json) {
    let unreadable_lines = order["snapshot"]["unreadable_lines"].as_array().cloned().unwrap_or_default();
    if !unreadable_lines.is_empty() {
        let decided = |line| json!({"line": line, "by": "planted", "at": "2026-01-01T00:00:00Z"});
        order["decided"] = unreadable_lines.into_iter().map(decided).collect();
    }
}

/// As if all was done to stock that the order demands.
fn forget_open(row: &mut Row) {
    let (attribute, list) = if row.key.sk == ORDER { ("body", "lines") } else { ("lines", "done") };
    change(row, attribute, |json| {
        for line in json[list].as_array_mut().into_iter().flatten() {
            line.as_object_mut().and_then(|line| line.remove("open"));
        }
    });
}

/// Changes an attribute that is written as JSON.
pub(super) fn change(row: &mut Row, attribute: &str, how: impl FnOnce(&mut Json)) {
    let Some(mut json) = row.get_text(attribute).and_then(|text| serde_json::from_str(text).ok()) else { return };
    how(&mut json);
    row.attributes.insert(attribute.to_owned(), Value::Text(json.to_string()));
}
