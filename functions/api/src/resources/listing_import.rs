//! Matches by hand as a file: the file of listings may be corrected and sent back.

use super::import::{AT_ONCE, Imported, Told, told, until};
use super::listings::TAG;
use crate::sheet::{self, Columns, NotDone, Row, RowOutcome};
use crate::web::needs::ManageCatalogue;
use crate::web::{Answer, Call, Context, CsvBody, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use domain::{ConnectionId, OfferId, Sku};
use engine::rows::OfferRow;
use engine::{Ports, match_by_hand};
use futures::StreamExt;
use jiff::Timestamp;
use ports::ErrorKind;
use std::collections::BTreeMap;

/// What is read beside the match is for people: it may come back, and is left alone.
const COLUMNS: Columns = Columns { must: &["connection", "offer", "sku"], may: &["ean", "channel_sku", "title", "status"] };

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/listings/imports",
        post_with(
            import,
            doc(
                TAG,
                "importMatches",
                "Matches by hand as a file",
                "Matches by hand as a file; every row is judged by itself, and one that says what holds already changes nothing. Columns \
                 `connection`, `offer`, `sku`; an empty `sku` forgets what was said by hand. The columns of the file of listings may be there \
                 too, and are left alone",
            ),
        ),
    )
}

/// What became of one row.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct ListingImportRow {
    /// The line in the file; the first is the line of names.
    row: u64,
    /// The listing, if the row names one.
    offer: Option<OfferId>,
    /// How it ended.
    outcome: RowOutcome,
    /// Why it was not done, and what to do.
    reason: Option<String>,
}

impl Told for ListingImportRow {
    fn row(&self) -> u64 {
        self.row
    }

    fn outcome(&self) -> RowOutcome {
        self.outcome
    }
}

/// Matches row after row. Rows of one listing are done in the order of the file.
pub(crate) async fn import(
    call: Call<ManageCatalogue>,
    CsvBody(file): CsvBody,
) -> Result<Answer<Imported<ListingImportRow>>, Problem> {
    let world = &call.world;
    let until = until(world);
    let mut listings: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
    for row in sheet::read(&file, &COLUMNS)? {
        let named = |column| row.text(column).unwrap_or_default().to_owned();
        listings.entry((named("connection"), named("offer"))).or_default().push(row);
    }
    let work = listings.into_values().map(|rows| of_one_listing(world, until, rows));
    Ok(Answer(Imported::of(futures::stream::iter(work).buffer_unordered(AT_ONCE).concat().await)))
}

async fn of_one_listing(world: &Ports, until: Timestamp, rows: Vec<Row>) -> Vec<ListingImportRow> {
    let mut done = Vec::new();
    for row in &rows {
        let ended = if world.clock.now() < until { one(world, row).await } else { Err(NotDone::too_late()) };
        let (outcome, reason) = told(ended);
        done.push(ListingImportRow { row: row.line, offer: row.must("offer").ok(), outcome, reason });
    }
    done
}

/// A row that says what holds already leaves it as it is: a file that is read and sent back must not turn every match by codes into one by
/// hand.
async fn one(world: &Ports, row: &Row) -> Result<RowOutcome, NotDone> {
    row.readable()?;
    let (connection, offer): (ConnectionId, OfferId) = (row.must("connection")?, row.must("offer")?);
    let sku: Option<Sku> = row.may("sku")?;
    let before: Option<OfferRow> = world.get(&OfferRow::key(&connection, &offer)).await?;
    let holds = before.is_some_and(|before| if sku.is_some() { before.matched == sku } else { !before.by_hand });
    if holds {
        return Ok(RowOutcome::AlreadyDone);
    }
    match match_by_hand(world, &connection, &offer, sku.as_ref()).await {
        Ok(()) => Ok(RowOutcome::Done),
        Err(error) if error.kind == ErrorKind::NotFound => {
            Err(NotDone::rejected(format!("offer: {}", NotDone::from(error).reason)))
        }
        Err(error) => Err(error.into()),
    }
}
