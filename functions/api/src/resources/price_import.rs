//! Price lists as a file: one row, one price. The rows of a product on a connection together are its prices there.

use super::import::{Imported, Told, told, until};
use super::prices::TAG;
use crate::sheet::{self, Columns, NotDone, Row, RowOutcome};
use crate::web::needs::ManageCatalogue;
use crate::web::{Answer, Call, Context, CsvBody, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use domain::{ConnectionId, Currency, Money, Prices, Promotion, Sku};
use engine::{Ports, put_prices};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;

const COLUMNS: Columns = Columns { must: &["connection", "sku", "price"], may: &["currency", "from", "through"] };

/// Dates are the merchant's.
const ZONE: TimeZone = jiff::tz::get!("Europe/Amsterdam");

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/prices/imports",
        post_with(
            import,
            doc(
                TAG,
                "importPrices",
                "Prices as a file",
                "Prices as a file; told at the next run, within five minutes. Columns `connection`, `sku`, `price` (12.95 or 12,95, with or \
                 without tax as the channel wants it), and `currency` (EUR if left out), `from` and `through` (the first and the last day of a \
                 promotion, in the Netherlands). The rows of a product on a connection are its prices there, all of them or none: one without \
                 days, its regular price, and one for each promotion",
            ),
        ),
    )
}

/// What became of one row.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct PriceImportRow {
    /// The line in the file; the first is the line of names.
    row: u64,
    /// The connection, if the row names one.
    connection: Option<ConnectionId>,
    /// The product, if the row names one.
    sku: Option<Sku>,
    /// How it ended.
    outcome: RowOutcome,
    /// Why it does not hold, and what to do.
    reason: Option<String>,
}

impl Told for PriceImportRow {
    fn row(&self) -> u64 {
        self.row
    }

    fn outcome(&self) -> RowOutcome {
        self.outcome
    }
}

/// A price, and when it holds: always, or as a promotion.
struct Price {
    price: Money,
    lasting: Option<(Timestamp, Timestamp)>,
}

/// Puts the prices of each product on each connection in place, all of its rows or none.
async fn import(call: Call<ManageCatalogue>, CsvBody(file): CsvBody) -> Result<Answer<Imported<PriceImportRow>>, Problem> {
    let world = &call.world;
    let mut products: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
    for row in sheet::read(&file, &COLUMNS)? {
        let name = |column| row.text(column).unwrap_or_default().to_owned();
        products.entry((name("connection"), name("sku"))).or_default().push(row);
    }
    let until = until(world);
    let mut done = Vec::new();
    for rows in products.into_values() {
        let in_time = world.clock.now() < until;
        let ended = if in_time { of_one_product(world, &rows).await } else { vec![Err(NotDone::too_late()); rows.len()] };
        done.extend(rows.iter().zip(ended).map(|(row, ended)| {
            let (outcome, reason) = told(ended.map(|()| RowOutcome::Done));
            let (connection, sku) = (row.must("connection").ok(), row.must("sku").ok());
            PriceImportRow { row: row.line, connection, sku, outcome, reason }
        }));
    }
    Ok(Answer(Imported::of(done)))
}

async fn of_one_product(world: &Ports, rows: &[Row]) -> Vec<Result<(), NotDone>> {
    let read: Vec<Result<Price, NotDone>> = rows.iter().map(price).collect();
    // A list that was put in place in part would be a price that nobody wrote.
    if read.iter().any(Result::is_err) {
        let others = || NotDone::rejected("another row of the same product is wrong; correct it, and send them together");
        return read.into_iter().map(|price| Err(price.err().unwrap_or_else(others))).collect();
    }
    let put = put(world, &rows[0], read.into_iter().flatten().collect()).await;
    rows.iter().map(|_| put.clone()).collect()
}

async fn put(world: &Ports, row: &Row, prices: Vec<Price>) -> Result<(), NotDone> {
    let (connection, sku): (ConnectionId, Sku) = (row.must("connection")?, row.must("sku")?);
    let (regular, dated): (Vec<_>, Vec<_>) = prices.into_iter().partition(|price| price.lasting.is_none());
    let [regular] = <[Price; 1]>::try_from(regular).map_err(|rows| {
        let what = "give each product one row without dates, its regular price, and one with dates for each promotion";
        NotDone::rejected(format!("{what}; {sku} on {connection} has {} without", rows.len()))
    })?;
    let promotion =
        |price: Price| Some((price.price, price.lasting?)).map(|(price, (from, until))| Promotion { price, from, until });
    let prices = Prices { regular: regular.price, promotions: dated.into_iter().filter_map(promotion).collect() };
    Ok(put_prices(world, &connection, &sku, &prices).await?)
}

fn price(row: &Row) -> Result<Price, NotDone> {
    row.readable()?;
    let wrong =
        |column: &str, got: &str, expected: &str| NotDone::rejected(format!("{column}: got {got:?}, expected {expected}"));
    let text = row.text("price").ok_or_else(|| NotDone::rejected("price: is empty"))?;
    // Spreadsheets in Dutch write a decimal comma.
    let plain = if text.contains('.') { text.to_owned() } else { text.replace(',', ".") };
    let amount = domain::plain_decimal(&plain).filter(|amount| domain::is_price(*amount));
    let expected =
        || format!("an amount above 0 and of {} at most, with two decimals at most, such as 12.95 or 12,95", domain::MOST_PRICE);
    let amount = amount.ok_or_else(|| wrong("price", text, &expected()))?;
    let currency =
        Currency::new(row.text("currency").unwrap_or("EUR")).map_err(|invalid| NotDone::rejected(invalid.to_string()))?;
    let date = |column| {
        let read = |text: &str| text.parse::<Date>().map_err(|_| wrong(column, text, "a date such as 2026-11-27"));
        row.text(column).map(read).transpose()
    };
    let lasting = match (date("from")?, date("through")?) {
        (None, None) => None,
        (Some(from), Some(through)) if from <= through => {
            let after = through.checked_add(1.day()).ok();
            let begins = |date: Date| date.to_zoned(ZONE).ok().map(|zoned| zoned.timestamp());
            let lasting = begins(from).zip(after.and_then(begins));
            Some(lasting.ok_or_else(|| wrong("through", &through.to_string(), "a date within our time"))?)
        }
        (Some(from), Some(through)) => {
            return Err(wrong("through", &through.to_string(), &format!("the last day of the promotion, {from} or later")));
        }
        _ => return Err(NotDone::rejected("from, through: give both, the first and the last day of a promotion, or none")),
    };
    Ok(Price { price: Money { amount, currency }, lasting })
}
