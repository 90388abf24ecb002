//! A connection's items as a file, and matches by hand as one: the file that is read may be mended and sent back.

use crate::asked;
use crate::move_stock::{AT_ONCE, PATIENCE};
use crate::reply::{Problem, tagged};
use crate::sheet::{self, Columns, NotDone, Row, RowOutcome};
use domain::csv_text::harmless;
use domain::{ConnectionId, MatchProblem, OfferId, Sku};
use engine::rows::OfferRow;
use engine::views::{self, MOST_PER_PAGE, OfferView, PageRequest, Unreadable};
use engine::{World, match_by_hand};
use futures::StreamExt;
use jiff::Timestamp;
use lambda_kit::{HttpAnswer, HttpCall};
use ports::{Error, ErrorKind};
use std::collections::BTreeMap;

/// Items of one file at most: they are read well before the function's time is over, and fit into its answer.
const MOST_ITEMS: usize = 10_000;
const MEDIA_TYPE: &str = "text/csv; charset=utf-8";
const NAMES: [&str; 7] = ["connection", "offer", "ean", "sku_there", "title", "sku", "status"];
/// What is read beside the match is for people: it may come back, and is left alone.
const COLUMNS: Columns = Columns { must: &["connection", "offer", "sku"], may: &["ean", "sku_there", "title", "status"] };

/// What became of a file of matches.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Matched {
    /// Rows whose match was put in place.
    done: usize,
    /// Rows that say what holds already.
    already: usize,
    /// Rows that were not done, or of which that is not known.
    not_done: usize,
    /// Every row, in the order of the file.
    rows: Vec<MatchedRow>,
}

/// What became of one row.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct MatchedRow {
    /// The line in the file; the first is the line of names.
    row: u64,
    /// The item, if the row names one.
    offer: Option<OfferId>,
    /// How it ended.
    outcome: RowOutcome,
    /// Why it was not done, and what to do.
    reason: Option<String>,
}

/// Every item of a connection, or only those a person must match; from `cursor` on, if there are more than fit in one file.
pub(crate) async fn report(world: &World, connection: &str, call: &HttpCall) -> Result<HttpAnswer, Problem> {
    let connection: ConnectionId = asked::id("connection", connection)?;
    let only_unclear = call.query.get("unclear").is_some_and(|v| v != "false");
    let mut cursor = asked::page(call)?.cursor;
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(NAMES).map_err(|error| unwritten(&error))?;
    for _ in 0..MOST_ITEMS.div_ceil(MOST_PER_PAGE) {
        let request = PageRequest { cursor, limit: MOST_PER_PAGE };
        let page = views::listings(world, &connection, only_unclear, &request).await?;
        for item in &page.listings {
            file.write_record(record(&connection, item)).map_err(|error| unwritten(&error))?;
        }
        // Without an item's name, so that nobody matches it by sending the file back.
        for Unreadable { key, problem } in &page.unreadable {
            let status = format!("cannot be read: {key}: {problem}");
            let cells = [connection.as_str(), "", "", "", "", "", &status].map(|cell| harmless(cell).into_owned());
            file.write_record(cells).map_err(|error| unwritten(&error))?;
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let text = file.into_inner().map_err(|error| unwritten(&error.into_error().into()))?;
    let mut answer = tagged(call, MEDIA_TYPE, text);
    answer.headers.push(("content-disposition".into(), format!("attachment; filename=\"{connection}-items.csv\"")));
    if let Some(next) = cursor {
        answer.headers.push(("sluis-next".into(), next));
    }
    Ok(answer)
}

fn unwritten(error: &csv::Error) -> Problem {
    Problem::from(Error::new(ErrorKind::Bug, "file of items", error.to_string()))
}

fn record(connection: &ConnectionId, item: &OfferView) -> [String; 7] {
    let OfferView { listing, matched, by_hand, unclear, .. } = item;
    let text = |code: Option<&str>| code.unwrap_or_default().to_owned();
    [
        connection.to_string(),
        listing.offer.to_string(),
        text(listing.ean.as_ref().map(domain::Ean::as_str)),
        text(listing.sku.as_ref().map(Sku::as_str)),
        listing.title.clone(),
        text(matched.as_ref().map(Sku::as_str)),
        status(matched.is_some(), *by_hand, unclear.as_ref()),
    ]
    // Each of them may be somebody else's text.
    .map(|cell| harmless(&cell).into_owned())
}

fn status(is_matched: bool, by_hand: bool, unclear: Option<&MatchProblem>) -> String {
    match unclear {
        Some(MatchProblem::SharedStock { with, .. }) => {
            let with: Vec<&str> = with.iter().map(domain::OfferId::as_str).collect();
            format!("one stock with {}, which is another article", with.join(" "))
        }
        _ if by_hand => "matched by hand".to_owned(),
        Some(MatchProblem::Unknown) => "no article has its EAN or SKU".to_owned(),
        Some(MatchProblem::Several { skus }) => {
            let skus: Vec<&str> = skus.iter().map(Sku::as_str).collect();
            format!("several articles have its EAN: {}", skus.join(" "))
        }
        Some(MatchProblem::Differs { by_ean, by_sku }) => format!("its EAN names {by_ean}, its SKU {by_sku}"),
        Some(MatchProblem::OtherSku { by_ean, sku }) => format!("its EAN names {by_ean}, and no article has its SKU {sku}"),
        Some(MatchProblem::Condition { sku, condition }) => format!("offered as {condition}, with the codes of {sku}"),
        None if is_matched => "matched by its codes".to_owned(),
        None => "not matched".to_owned(),
    }
}

/// Matches row after row. Rows of one item are done in the order of the file.
pub(crate) async fn match_all(world: &World, call: &HttpCall) -> Result<Matched, Problem> {
    let rows = sheet::read(call, &COLUMNS)?;
    let until = world.clock.now().checked_add(PATIENCE).unwrap_or(Timestamp::MAX);
    let mut items: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
    for row in rows {
        let named = |column| row.text(column).unwrap_or_default().to_owned();
        items.entry((named("connection"), named("offer"))).or_default().push(row);
    }
    let work = items.into_values().map(|rows| of_one_item(world, until, rows));
    let mut rows: Vec<MatchedRow> = futures::stream::iter(work).buffer_unordered(AT_ONCE).concat().await;
    rows.sort_by_key(|row| row.row);
    let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    let (done, already) = (count(RowOutcome::Done), count(RowOutcome::Already));
    Ok(Matched { done, already, not_done: rows.len() - done - already, rows })
}

async fn of_one_item(world: &World, until: Timestamp, rows: Vec<Row>) -> Vec<MatchedRow> {
    let mut told = Vec::new();
    for row in &rows {
        let ended = if world.clock.now() < until { one(world, row).await } else { Err(NotDone::too_late()) };
        let (outcome, reason) = match ended {
            Ok(outcome) => (outcome, None),
            Err(NotDone { outcome, reason }) => (outcome, Some(reason)),
        };
        told.push(MatchedRow { row: row.line, offer: row.must("offer").ok(), outcome, reason });
    }
    told
}

/// A row that says what holds already leaves it as it is: a file that is read and sent back must not turn every match by codes into one by
/// hand.
async fn one(world: &World, row: &Row) -> Result<RowOutcome, NotDone> {
    row.readable()?;
    let (connection, offer): (ConnectionId, OfferId) = (row.must("connection")?, row.must("offer")?);
    let sku: Option<Sku> = row.may("sku")?;
    let before: Option<OfferRow> = world.get(&OfferRow::key(&connection, &offer)).await?;
    let holds = before.is_some_and(|before| if sku.is_some() { before.matched == sku } else { !before.by_hand });
    if holds {
        return Ok(RowOutcome::Already);
    }
    match match_by_hand(world, &connection, &offer, sku.as_ref()).await {
        Ok(()) => Ok(RowOutcome::Done),
        Err(error) if error.kind == ErrorKind::NotFound => {
            Err(NotDone::refused(format!("offer: {}", NotDone::from(error).reason)))
        }
        Err(error) => Err(error.into()),
    }
}
