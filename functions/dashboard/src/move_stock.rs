//! Receipts, write-offs and counts as a file: one row, one movement.

use crate::asked;
use crate::reply::Problem;
use crate::sheet::{self, Columns, NotDone, Row, RowOutcome};
use domain::{LocationId, Quantity, Sku, StockLevel};
use engine::views::{self, LocationView};
use engine::{Correction, StockChange, World, check_mark, correct_stock, correct_stock_once};
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::HttpCall;
use std::collections::{BTreeMap, BTreeSet};

/// Articles under way at once.
pub(crate) const AT_ONCE: usize = 8;
/// No row is begun after so long: the function is stopped not long after.
pub(crate) const PATIENCE: SignedDuration = SignedDuration::from_secs(9);

const COLUMNS: Columns = Columns { must: &["sku", "location", "reason"], may: &["change", "counted", "id"] };

/// What a row came to: the figure after it; none if it was done before.
type Ended = Result<Option<StockLevel>, NotDone>;

/// What became of a file of movements.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Moved {
    /// Rows that were done.
    done: usize,
    /// Rows whose `id` was done before.
    already: usize,
    /// Rows that were not, or of which that is not known.
    not_done: usize,
    /// Every row, in the order of the file.
    rows: Vec<MovedRow>,
}

/// What became of one row.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct MovedRow {
    /// The line in the file; the first is the line of names.
    row: u64,
    /// The article, if the row names one.
    sku: Option<Sku>,
    /// How it ended.
    outcome: RowOutcome,
    /// Why it was not done, and what to do.
    reason: Option<String>,
    /// Units that can be promised after it.
    available: Option<Quantity>,
    /// Units on the shelf after it.
    on_hand: Option<Quantity>,
}

/// Does row after row. Rows of one article are done in the order of the file.
pub(crate) async fn move_stock(world: &World, call: &HttpCall) -> Result<Moved, Problem> {
    let by = asked::by_of_file(call)?;
    let rows = sheet::read(call, &COLUMNS)?;
    let known: BTreeSet<LocationId> = views::locations(world).await?.locations.into_iter().map(name).collect();
    let until = world.clock.now().checked_add(PATIENCE).unwrap_or(Timestamp::MAX);
    let mut articles: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        articles.entry(row.text("sku").unwrap_or_default().to_owned()).or_default().push(row);
    }
    let file = &File { known, until, by };
    let work = articles.into_values().map(|rows| of_one_article(world, file, rows));
    let mut told: Vec<MovedRow> = futures::stream::iter(work).buffer_unordered(AT_ONCE).concat().await;
    told.sort_by_key(|row| row.row);
    let count = |outcome| told.iter().filter(|row| row.outcome == outcome).count();
    let (done, already) = (count(RowOutcome::Done), count(RowOutcome::Already));
    Ok(Moved { done, already, not_done: told.len() - done - already, rows: told })
}

/// What all rows have in common.
struct File {
    known: BTreeSet<LocationId>,
    until: Timestamp,
    by: String,
}

async fn of_one_article(world: &World, file: &File, rows: Vec<Row>) -> Vec<MovedRow> {
    let mut done = Vec::new();
    for row in &rows {
        let ended = if world.clock.now() < file.until { one(world, file, row).await } else { Err(NotDone::too_late()) };
        done.push(told(row, ended));
    }
    done
}

pub(crate) fn name(view: LocationView) -> LocationId {
    view.location
}

async fn one(world: &World, file: &File, row: &Row) -> Ended {
    row.readable()?;
    let location: LocationId = row.must("location")?;
    if !file.known.contains(&location) {
        return Err(NotDone::refused(asked::unknown_location("location", &location, &file.known).detail));
    }
    let change = match (row.number("change")?, row.units("counted")?) {
        (Some(units), None) => StockChange::Add(units),
        (None, Some(units)) => StockChange::Count(units),
        (Some(_), Some(_)) | (None, None) => return Err(NotDone::refused("give either `change` or `counted`")),
    };
    let reason = asked::words("reason", row.text("reason").unwrap_or_default());
    let reason = reason.map_err(|problem| NotDone::refused(problem.detail))?;
    let correction = Correction { sku: row.must("sku")?, location, change, reason, by: file.by.clone() };
    match row.text("id") {
        Some(mark) => {
            check_mark(mark)?;
            Ok(correct_stock_once(world, &correction, mark).await?)
        }
        None => Ok(Some(correct_stock(world, &correction).await?)),
    }
}

fn told(row: &Row, ended: Ended) -> MovedRow {
    let told = MovedRow {
        row: row.line,
        sku: row.must("sku").ok(),
        outcome: RowOutcome::Done,
        reason: None,
        available: None,
        on_hand: None,
    };
    match ended {
        Ok(None) => MovedRow { outcome: RowOutcome::Already, ..told },
        Ok(Some(level)) => MovedRow { available: Some(level.available), on_hand: Some(level.on_hand()), ..told },
        Err(NotDone { outcome, reason }) => MovedRow { outcome, reason: Some(reason), ..told },
    }
}
