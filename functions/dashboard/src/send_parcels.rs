//! Parcels as a file, as a warehouse or a label programme writes it. The same file twice does nothing more.

use crate::asked;
use crate::move_stock::{AT_ONCE, PATIENCE};
use crate::reply::{Problem, sha256};
use crate::sheet::{self, Columns, NotDone, Row, RowOutcome};
use domain::{CarrierId, ConnectionId, LineUnits, LocationId, OrderLineId, OrderNumber};
use engine::{Lookup, OrderCommand, World, handle_order, views};
use futures::StreamExt;
use jiff::Timestamp;
use lambda_kit::HttpCall;
use std::collections::BTreeMap;

const COLUMNS: Columns =
    Columns { must: &["connection", "order", "location"], may: &["carrier", "tracking", "line", "units", "parcel"] };

/// What became of a file of parcels.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Sent {
    /// Rows whose parcel was entered.
    done: usize,
    /// Rows whose parcel was entered before.
    already: usize,
    /// Rows whose parcel was not entered, or of which that is not known.
    not_done: usize,
    /// Every row, in the order of the file.
    rows: Vec<SentRow>,
}

/// What became of one row.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct SentRow {
    /// The line in the file; the first is the line of names.
    row: u64,
    /// The parcel's mark.
    parcel: Option<String>,
    /// How it ended: the same for all rows of a parcel.
    outcome: RowOutcome,
    /// Why it was not done, and what to do.
    reason: Option<String>,
}

/// How a parcel is told from others of its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Given(String),
    Tracking(String),
    /// All rows of the order without either.
    None,
}

/// One parcel and the rows it came from.
struct Parcel {
    name: Name,
    rows: Vec<Row>,
}

/// What all parcels have in common.
struct File {
    until: Timestamp,
    by: String,
}

/// Enters parcel after parcel. Those of one order are entered in the order of the file.
pub(crate) async fn send_parcels(world: &World, lookup: &Lookup, call: &HttpCall) -> Result<Sent, Problem> {
    let by = asked::by_of_file(call)?;
    let rows = sheet::read(call, &COLUMNS)?;
    let until = world.clock.now().checked_add(PATIENCE).unwrap_or(Timestamp::MAX);
    let file = &File { until, by };
    let work = grouped(rows).into_values().map(|parcels| of_one_order(world, lookup, file, parcels));
    let mut rows: Vec<SentRow> = futures::stream::iter(work).buffer_unordered(AT_ONCE).concat().await;
    rows.sort_by_key(|row| row.row);
    let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    let (done, already) = (count(RowOutcome::Done), count(RowOutcome::Already));
    Ok(Sent { done, already, not_done: rows.len() - done - already, rows })
}

async fn of_one_order(world: &World, lookup: &Lookup, file: &File, parcels: Vec<Parcel>) -> Vec<SentRow> {
    let mut sent = Vec::new();
    for parcel in parcels {
        let read = read(&parcel);
        let mark = read.as_ref().ok().and_then(|(.., command)| command.id()).map(str::to_owned);
        let ended = match read {
            Ok((connection, number, command)) if world.clock.now() < file.until => {
                enter(world, lookup, &connection, &number, &command, &file.by).await
            }
            Ok(_) => Err(NotDone::too_late()),
            Err(wrong) => Err(wrong),
        };
        let (outcome, reason) = match ended {
            Ok(outcome) => (outcome, None),
            Err(NotDone { outcome, reason }) => (outcome, Some(reason)),
        };
        let row = |row: &Row| SentRow { row: row.line, parcel: mark.clone(), outcome, reason: reason.clone() };
        sent.extend(parcel.rows.iter().map(row));
    }
    sent
}

/// Parcels by order, each with its rows.
fn grouped(rows: Vec<Row>) -> BTreeMap<(String, String), Vec<Parcel>> {
    let mut orders: BTreeMap<_, Vec<Parcel>> = BTreeMap::new();
    for row in rows {
        let named = |column| row.text(column).map(str::to_owned);
        let name = named("parcel").map(Name::Given).or(named("tracking").map(Name::Tracking)).unwrap_or(Name::None);
        let order = (named("connection").unwrap_or_default(), named("order").unwrap_or_default());
        let parcels = orders.entry(order).or_default();
        match parcels.iter_mut().find(|parcel| parcel.name == name) {
            Some(parcel) => parcel.rows.push(row),
            None => parcels.push(Parcel { name, rows: vec![row] }),
        }
    }
    orders
}

/// The command that a parcel's rows come to.
fn read(parcel: &Parcel) -> Result<(ConnectionId, OrderNumber, OrderCommand), NotDone> {
    let mut head: Option<(LocationId, Option<CarrierId>, Option<String>)> = None;
    let mut lines = Vec::new();
    let mut first = None;
    for row in &parcel.rows {
        // The whole parcel stands or falls with it, so every row of it says where the mistake is.
        let here = |wrong: NotDone| match parcel.rows.len() {
            1 => wrong,
            _ => NotDone { reason: format!("row {}: {}", row.line, wrong.reason), ..wrong },
        };
        row.readable().map_err(here)?;
        let order: (ConnectionId, OrderNumber) = (row.must("connection").map_err(here)?, row.must("order").map_err(here)?);
        let same =
            (row.must("location").map_err(here)?, row.may("carrier").map_err(here)?, row.text("tracking").map(str::to_owned));
        if head.as_ref().is_some_and(|head| *head != same) {
            let what = "the rows of one parcel must agree in location, carrier and tracking; give another parcel its own `parcel` or `tracking`";
            return Err(here(NotDone::refused(what)));
        }
        head = Some(same);
        first.get_or_insert(order);
        match (row.may::<OrderLineId>("line").map_err(here)?, row.units("units").map_err(here)?) {
            (Some(line), Some(units)) => lines.push(LineUnits { line, units }),
            (None, None) if parcel.rows.len() == 1 => {}
            (None, None) => {
                return Err(here(NotDone::refused("a parcel of several rows needs `line` and `units` in each")));
            }
            (Some(_), None) | (None, Some(_)) => {
                return Err(here(NotDone::refused("give both `line` and `units`, or neither to send all that is open")));
            }
        }
    }
    let (Some((location, carrier, tracking)), Some((connection, number))) = (head, first) else {
        return Err(NotDone::refused("there is no row"));
    };
    let mark = match &parcel.name {
        Name::Given(mark) => mark.clone(),
        Name::Tracking(code) => short("tracking", code),
        Name::None => {
            let contents: Vec<_> = lines.iter().map(|one| format!("{}*{}", one.line, one.units)).collect();
            short("contents", &format!("{location} {} {}", contents.join(" "), carrier.as_ref().map_or("", CarrierId::as_str)))
        }
    };
    Ok((connection, number, OrderCommand::Ship { id: Some(mark), location, lines, carrier, tracking }))
}

/// The same mark for the same words.
fn short(kind: &str, words: &str) -> String {
    let digest = sha256(format!("{kind} {words}").as_bytes());
    format!("csv-{}", digest.get(..22).unwrap_or(&digest))
}

async fn enter(
    world: &World,
    lookup: &Lookup,
    connection: &ConnectionId,
    number: &OrderNumber,
    command: &OrderCommand,
    by: &str,
) -> Result<RowOutcome, NotDone> {
    let before = views::order(world, connection, number).await?;
    let known = before.parcels.iter().any(|parcel| Some(parcel.id.as_str()) == command.id());
    handle_order(world, lookup, connection, number, command, by).await?;
    Ok(if known { RowOutcome::Already } else { RowOutcome::Done })
}
