//! Receipts, write-offs and counts as a file: one row, one movement.

use super::import::{AT_ONCE, Imported, Told, until};
use crate::sheet::{self, Columns, NotDone, Row, RowOutcome};
use crate::text::{known_locations, unknown_location, words};
use crate::web::needs::AdjustStock;
use crate::web::{Answer, By, Call, Context, CsvBody, NoPath, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use domain::{LocationId, Quantity, Sku, StockLevel};
use engine::rows::MarkOf;
use engine::{Correction, Ports, StockChange, check_mark, correct_stock, correct_stock_once};
use futures::StreamExt;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: Columns = Columns { must: &["sku", "location", "reason"], may: &["add", "set", "count", "id"] };

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/stock/imports",
        post_with(
            import,
            doc(
                "Stock",
                "importStock",
                "Receipts, write-offs and counts as a file",
                "Receipts, write-offs and counts as a file; every row is judged by itself. Columns `sku`, `location`, `reason`, and one of \
                 `add` (units to add, negative takes away), `set` (units that shall be available) and `count` (units on the shelf, those \
                 promised to orders among them: what is available follows), as in JSON; if you like `id`, your key of the movement, one for \
                 each product and movement. Sent twice, a row of `add` counts twice unless it has an `id`",
            ),
        ),
    )
}

/// Who sends a file.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
pub(super) struct Sender {
    #[serde(default)]
    pub(super) by: By,
}

/// What became of one row.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct StockImportRow {
    /// The line in the file; the first is the line of names.
    row: u64,
    /// The product, if the row names one.
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

impl Told for StockImportRow {
    fn row(&self) -> u64 {
        self.row
    }

    fn outcome(&self) -> RowOutcome {
        self.outcome
    }
}

/// What all rows have in common.
struct File {
    known: BTreeSet<LocationId>,
    until: Timestamp,
    by: String,
}

/// What a row came to: the figure after it; none if it was done before.
type Ended = Result<Option<StockLevel>, NotDone>;

/// Does row after row. Rows of one product are done in the order of the file.
async fn import(
    call: Call<AdjustStock, NoPath, Sender>,
    CsvBody(file): CsvBody,
) -> Result<Answer<Imported<StockImportRow>>, Problem> {
    let world = &call.world;
    let by = call.query.by.of(&call.caller)?;
    let rows = sheet::read(&file, &COLUMNS)?;
    let file = &File { known: known_locations(world).await?, until: until(world), by };
    let mut products: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        products.entry(row.text("sku").unwrap_or_default().to_owned()).or_default().push(row);
    }
    let work = products.into_values().map(|rows| of_one_product(world, file, rows));
    Ok(Answer(Imported::of(futures::stream::iter(work).buffer_unordered(AT_ONCE).concat().await)))
}

async fn of_one_product(world: &Ports, file: &File, rows: Vec<Row>) -> Vec<StockImportRow> {
    let mut done = Vec::new();
    for row in &rows {
        let ended = if world.clock.now() < file.until { one(world, file, row).await } else { Err(NotDone::too_late()) };
        done.push(told(row, ended));
    }
    done
}

async fn one(world: &Ports, file: &File, row: &Row) -> Ended {
    row.readable()?;
    let location: LocationId = row.must("location")?;
    if !file.known.contains(&location) {
        return Err(NotDone::rejected(unknown_location("location", &location, &file.known).detail));
    }
    let change = match (row.number("add")?, row.units("set")?, row.units("count")?) {
        (Some(units), None, None) => StockChange::Add(units),
        (None, Some(units), None) => StockChange::Set(units),
        (None, None, Some(units)) => StockChange::Count(units),
        _ => return Err(NotDone::rejected("give one of `add`, `set` and `count`")),
    };
    let reason = words("reason", row.text("reason").unwrap_or_default());
    let reason = reason.map_err(|problem| NotDone::rejected(problem.detail))?;
    let correction = Correction { sku: row.must("sku")?, location, change, reason, by: file.by.clone() };
    match row.text("id") {
        Some(key) => {
            check_mark(key)?;
            Ok(correct_stock_once(world, &correction, key, MarkOf::Product).await?)
        }
        None => Ok(Some(correct_stock(world, &correction).await?)),
    }
}

fn told(row: &Row, ended: Ended) -> StockImportRow {
    let told = StockImportRow {
        row: row.line,
        sku: row.must("sku").ok(),
        outcome: RowOutcome::Done,
        reason: None,
        available: None,
        on_hand: None,
    };
    match ended {
        Ok(None) => StockImportRow { outcome: RowOutcome::AlreadyDone, ..told },
        Ok(Some(level)) => StockImportRow { available: Some(level.available), on_hand: Some(level.on_hand()), ..told },
        Err(NotDone { outcome, reason }) => StockImportRow { outcome, reason: Some(reason), ..told },
    }
}
