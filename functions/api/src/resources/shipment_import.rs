//! Shipments as a file, as a warehouse or a label programme writes it. The same file twice does nothing more.

use super::import::{AT_ONCE, Imported, Told, told, until};
use super::orders::TAG;
use super::stock_import::Sender;
use crate::sheet::{self, Columns, NotDone, Row, RowOutcome};
use crate::web::needs::ShipOrders;
use crate::web::{Answer, Call, Context, CsvBody, NoPath, Problem, doc, sha256};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use domain::{CarrierId, ConnectionId, LineUnits, LocationId, OrderLineId, OrderNumber};
use engine::{Cache, OrderCommand, Ports, handle_order, views};
use futures::StreamExt;
use jiff::Timestamp;
use std::collections::BTreeMap;

const COLUMNS: Columns =
    Columns { must: &["connection", "order", "location"], may: &["carrier", "tracking", "line", "units", "shipment"] };

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/shipments/imports",
        post_with(
            import,
            doc(
                TAG,
                "importShipments",
                "Shipments as a file",
                "Shipments as a file; the same file twice does nothing more. Columns `connection`, `order`, `location`, and `carrier`, \
                 `tracking`, `shipment` (your key of it), `line`, `units`. Rows of one order with the same `shipment`, or else the same \
                 `tracking`, are one shipment; without `line` and `units` it holds all that is still to be shipped",
            ),
        ),
    )
}

/// What became of one row.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct ShipmentImportRow {
    /// The line in the file; the first is the line of names.
    row: u64,
    /// The shipment's id.
    shipment: Option<String>,
    /// How it ended: the same for all rows of a shipment.
    outcome: RowOutcome,
    /// Why it was not done, and what to do.
    reason: Option<String>,
}

impl Told for ShipmentImportRow {
    fn row(&self) -> u64 {
        self.row
    }

    fn outcome(&self) -> RowOutcome {
        self.outcome
    }
}

/// How a shipment is told from others of its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Given(String),
    Tracking(String),
    /// All rows of the order without either.
    None,
}

/// One shipment and the rows it came from.
struct Listed {
    name: Name,
    rows: Vec<Row>,
}

/// What all shipments have in common.
struct File {
    until: Timestamp,
    by: String,
}

/// Enters shipment after shipment. Those of one order are entered in the order of the file.
async fn import(
    call: Call<ShipOrders, NoPath, Sender>,
    CsvBody(file): CsvBody,
) -> Result<Answer<Imported<ShipmentImportRow>>, Problem> {
    let (world, lookup) = (&call.world, &*call.lookup);
    let by = call.query.by.of(&call.caller)?;
    let rows = sheet::read(&file, &COLUMNS)?;
    let file = &File { until: until(world), by };
    let work = grouped(rows).into_values().map(|shipments| of_one_order(world, lookup, file, shipments));
    Ok(Answer(Imported::of(futures::stream::iter(work).buffer_unordered(AT_ONCE).concat().await)))
}

async fn of_one_order(world: &Ports, lookup: &Cache, file: &File, shipments: Vec<Listed>) -> Vec<ShipmentImportRow> {
    let mut done = Vec::new();
    for listed in shipments {
        let read = read(&listed);
        let key = read.as_ref().ok().and_then(|(.., command)| command.id()).map(str::to_owned);
        let ended = match read {
            Ok((connection, number, command)) if world.clock.now() < file.until => {
                enter(world, lookup, &connection, &number, &command, &file.by).await
            }
            Ok(_) => Err(NotDone::too_late()),
            Err(wrong) => Err(wrong),
        };
        let (outcome, reason) = told(ended);
        let row = |row: &Row| ShipmentImportRow { row: row.line, shipment: key.clone(), outcome, reason: reason.clone() };
        done.extend(listed.rows.iter().map(row));
    }
    done
}

/// Shipments by order, each with its rows.
fn grouped(rows: Vec<Row>) -> BTreeMap<(String, String), Vec<Listed>> {
    let mut orders: BTreeMap<_, Vec<Listed>> = BTreeMap::new();
    for row in rows {
        let named = |column| row.text(column).map(str::to_owned);
        let name = named("shipment").map(Name::Given).or(named("tracking").map(Name::Tracking)).unwrap_or(Name::None);
        let order = (named("connection").unwrap_or_default(), named("order").unwrap_or_default());
        let shipments = orders.entry(order).or_default();
        match shipments.iter_mut().find(|listed| listed.name == name) {
            Some(listed) => listed.rows.push(row),
            None => shipments.push(Listed { name, rows: vec![row] }),
        }
    }
    orders
}

/// The command that a shipment's rows come to.
fn read(listed: &Listed) -> Result<(ConnectionId, OrderNumber, OrderCommand), NotDone> {
    let mut head: Option<(LocationId, Option<CarrierId>, Option<String>)> = None;
    let mut lines = Vec::new();
    let mut first = None;
    for row in &listed.rows {
        // The whole shipment stands or falls with it, so every row of it says where the mistake is.
        let here = |wrong: NotDone| match listed.rows.len() {
            1 => wrong,
            _ => NotDone { reason: format!("row {}: {}", row.line, wrong.reason), ..wrong },
        };
        row.readable().map_err(here)?;
        let order: (ConnectionId, OrderNumber) = (row.must("connection").map_err(here)?, row.must("order").map_err(here)?);
        let same =
            (row.must("location").map_err(here)?, row.may("carrier").map_err(here)?, row.text("tracking").map(str::to_owned));
        if head.as_ref().is_some_and(|head| *head != same) {
            let what = "the rows of one shipment must agree in location, carrier and tracking; give another shipment its own `shipment` or `tracking`";
            return Err(here(NotDone::rejected(what)));
        }
        head = Some(same);
        first.get_or_insert(order);
        match (row.may::<OrderLineId>("line").map_err(here)?, row.units("units").map_err(here)?) {
            (Some(line), Some(units)) => lines.push(LineUnits { line, units }),
            (None, None) if listed.rows.len() == 1 => {}
            (None, None) => {
                return Err(here(NotDone::rejected("a shipment of several rows needs `line` and `units` in each")));
            }
            (Some(_), None) | (None, Some(_)) => {
                return Err(here(NotDone::rejected("give both `line` and `units`, or neither to ship all that is open")));
            }
        }
    }
    let (Some((location, carrier, tracking)), Some((connection, number))) = (head, first) else {
        return Err(NotDone::rejected("there is no row"));
    };
    let key = match &listed.name {
        Name::Given(key) => key.clone(),
        Name::Tracking(code) => short("tracking", code),
        Name::None => {
            let contents: Vec<_> = lines.iter().map(|one| format!("{}*{}", one.line, one.units)).collect();
            short("contents", &format!("{location} {} {}", contents.join(" "), carrier.as_ref().map_or("", CarrierId::as_str)))
        }
    };
    Ok((connection, number, OrderCommand::Ship { id: Some(key), location, lines, carrier, tracking }))
}

/// The same key for the same words.
fn short(kind: &str, words: &str) -> String {
    let digest = sha256(format!("{kind} {words}").as_bytes());
    format!("csv-{}", digest.get(..22).unwrap_or(&digest))
}

async fn enter(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    number: &OrderNumber,
    command: &OrderCommand,
    by: &str,
) -> Result<RowOutcome, NotDone> {
    let before = views::order(world, connection, number).await?;
    let known = before.shipments.iter().any(|known| Some(known.id.as_str()) == command.id());
    handle_order(world, lookup, connection, number, command, by).await?;
    Ok(if known { RowOutcome::AlreadyDone } else { RowOutcome::Done })
}
