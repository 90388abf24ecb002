//! Writes of one row: a condition that is not looked at, a write that is dropped, a write of something else.

use super::Mistake;
use super::read::change;
use engine::rows::{CursorRow, ListingRow, OutboxRow, SharesRow, ShortRow, StockRow, TypedRow};
use jiff::SignedDuration;
use ports::{Condition, Result, Row, Table, Value, Write};
use serde_json::{Value as Json, json};

/// What becomes of a write.
pub(super) enum Fate {
    /// It is done so.
    Done(Write),
    /// It is not done, and said to be.
    Dropped,
}

/// A write with the mistake, on what lies in `table`.
pub(super) async fn altered(mistake: Mistake, table: &dyn Table, mut write: Write) -> Result<Fate> {
    let key = write.key().clone();
    let is_listing = key.sk.starts_with(ListingRow::PREFIX) && key.pk.starts_with("SKU#");
    match (mistake, &mut write) {
        (Mistake::OutboxForgotten, Write::Put { .. }) if key.pk == OutboxRow::PARTITION => return Ok(Fate::Dropped),
        (Mistake::LedgerRowForgotten, Write::Put { .. }) if key.pk.starts_with("LEDGER#") => return Ok(Fate::Dropped),
        (Mistake::WordIgnored, Write::Update { set, .. }) if is_listing && set.iter().any(|(name, _)| name == "again") => {
            return Ok(Fate::Dropped);
        }
        (Mistake::DecrementWithoutCondition, Write::Update { when, .. }) if key.sk.starts_with(StockRow::PREFIX) => {
            without(when, &|condition| matches!(condition, Condition::AtLeast(..)));
        }
        (Mistake::NoLease, Write::Update { when, .. }) if is_listing => {
            without(when, &|condition| *condition == Condition::Lacks("lease".to_owned()));
        }
        (Mistake::OrderWithoutVersion, Write::Put { when, .. }) if key.sk == "ORDER" => *when = Condition::Always,
        (Mistake::GrantedUnconditionally, Write::Put { when: when @ Condition::Is(..), .. }) if key.sk == SharesRow::NAME => {
            *when = Condition::Present;
        }
        (Mistake::LostGrantForgotten, Write::Put { row, .. }) if key.sk == SharesRow::NAME => {
            forget_grant(row, table.get(&key).await?.as_ref());
        }
        (Mistake::BackReadAfterLook, Write::Put { row, .. }) if key.sk == SharesRow::NAME => {
            let flows = table.query(&key.pk, "", None, 500, false).await?.rows;
            change(row, "shares", |shares| given_back_later(shares, &flows));
        }
        (Mistake::CursorBeforePage, Write::Put { row, .. }) if key.sk == "CURSOR" => {
            run_ahead(row, table.get(&key).await?.as_ref());
        }
        (Mistake::ToldWithoutLook, Write::Put { row, .. }) if key.sk == "ORDER" => change(row, "body", never_began),
        (Mistake::NotThereGivenBack, Write::Put { row, .. }) if key.sk == "ORDER" => {
            change(row, "body", |order| {
                for one in order["cancellations"].as_array_mut().into_iter().flatten() {
                    one.as_object_mut().and_then(|one| one.remove("write_off"));
                }
            });
        }
        (Mistake::SplitSumWrong, Write::Put { row, .. }) if key.sk == "ORDER" => {
            change(row, "body", |order| claim_twice(&mut order["lines"]));
        }
        _ => {}
    }
    Ok(Fate::Done(write))
}

/// Takes conditions out of a condition.
fn without(when: &mut Condition, is_meant: &dyn Fn(&Condition) -> bool) {
    if is_meant(when) {
        *when = Condition::Always;
    } else if let Condition::All(parts) = when {
        parts.retain(|part| !is_meant(part));
    }
}

/// No list is as it is now sooner than this.
const LATE: SignedDuration = SignedDuration::from_secs(5);

/// A list of which pages are still to be read counts as read, and what of it is not stored yet is not noted.
fn run_ahead(row: &mut Row, before: Option<&Row>) {
    let Ok(cursor) = CursorRow::from_row(row) else { return };
    let before = before.and_then(|before| CursorRow::from_row(before).ok());
    let (pending, more_pending) = before.map(|before| (before.pending, before.more_pending)).unwrap_or_default();
    let since = match &cursor.under_way {
        Some((_, began)) => began.checked_sub(LATE).map_or(cursor.since, |reached| reached.max(cursor.since)),
        None => cursor.since,
    };
    *row = CursorRow { since, under_way: None, pending, more_pending, ..cursor }.to_row();
}

/// What a write under way may add is not noted before its end.
fn forget_grant(row: &mut Row, before: Option<&Row>) {
    let before: Json = before.and_then(|row| serde_json::from_str(row.get_text("shares")?).ok()).unwrap_or_default();
    change(row, "shares", |shares| {
        for (name, share) in shares.as_object_mut().into_iter().flatten() {
            let (Some(now), Some(was)) = (share["most"].as_i64(), before[name.as_str()]["most"].as_i64()) else { continue };
            if !share["under_way"].is_null() && now > was {
                share["most"] = json!(was);
            }
        }
    });
}

/// Every figure that waits for its orders counts as shown after what was given back by now.
fn given_back_later(shares: &mut Json, rows: &[Row]) {
    for (name, share) in shares.as_object_mut().into_iter().flatten() {
        let Some((connection, _)) = name.split_once('#') else { continue };
        let moves = |row: &&Row| row.key.sk.starts_with(StockRow::PREFIX) || row.key.sk == ShortRow::NAME;
        let back: i64 = rows.iter().filter(moves).filter_map(|row| row.get_number(&format!("back#{connection}"))).sum();
        if share["shown"].is_object() {
            share["shown"]["back"] = json!(back);
        }
    }
}

/// That an attempt to tell the channel began is not noted.
fn never_began(json: &mut Json) {
    match json {
        Json::Object(fields) => {
            for (name, value) in fields {
                if name == "channel_sync" && value["type"] == "sending" {
                    *value = json!({"type": "pending"});
                } else {
                    never_began(value);
                }
            }
        }
        Json::Array(values) => values.iter_mut().for_each(never_began),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// What lies at the first of several locations is noted at the second as well.
fn claim_twice(lines: &mut Json) {
    let lines = lines.as_array_mut().into_iter().flatten();
    for part in lines.filter_map(|line| line["parts"].as_array_mut()).flatten() {
        let Some([first, second, ..]) = part["allocations"].as_array_mut().map(Vec::as_mut_slice) else { continue };
        let sum = first["allocated"].as_i64().unwrap_or(0) + second["allocated"].as_i64().unwrap_or(0);
        second["allocated"] = json!(sum);
    }
}

/// A number in what a write adds.
pub(super) fn set_add(add: &mut Vec<(String, i64)>, name: &str, units: i64) {
    match add.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => *known = units,
        None => add.push((name.to_owned(), units)),
    }
}

/// The condition under which stock can move by so much.
pub(super) fn there(available: i64, reserved: i64) -> Condition {
    let takes = [("available", available), ("reserved", reserved)].into_iter().filter(|(_, change)| *change < 0);
    Condition::All(takes.map(|(name, change)| Condition::AtLeast(name.to_owned(), -change)).collect())
}

/// A number of a row.
pub(super) fn with_number(row: &mut Row, name: &str, units: i64) {
    row.attributes.insert(name.to_owned(), Value::Number(units));
}
