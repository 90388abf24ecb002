//! Price lists as a file: one row, one price. The rows of an article on a connection together are its prices there.

use crate::reply::Problem;
use crate::sheet::{self, Columns, NotDone, Row, RowOutcome};
use domain::{ConnectionId, Currency, Money, Prices, Promotion, Sku};
use engine::{World, put_prices};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use lambda_kit::HttpCall;
use std::collections::BTreeMap;

const COLUMNS: Columns = Columns { must: &["connection", "sku", "price"], may: &["currency", "from", "through"] };

/// Dates are the merchant's.
const ZONE: TimeZone = jiff::tz::get!("Europe/Amsterdam");

/// What became of a price list.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Listed {
    /// Rows that hold now.
    done: usize,
    /// Rows that do not, or of which that is not known.
    not_done: usize,
    /// Every row, in the order of the file.
    rows: Vec<ListedRow>,
}

/// What became of one row.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct ListedRow {
    /// The line in the file; the first is the line of names.
    row: u64,
    /// The connection, if the row names one.
    connection: Option<ConnectionId>,
    /// The article, if the row names one.
    sku: Option<Sku>,
    /// How it ended.
    outcome: RowOutcome,
    /// Why it does not hold, and what to do.
    reason: Option<String>,
}

/// A price, and when it holds: always, or as a promotion.
struct Price {
    price: Money,
    lasting: Option<(Timestamp, Timestamp)>,
}

/// Puts the prices of each article on each connection in place, all of its rows or none.
pub(crate) async fn put_price_list(world: &World, call: &HttpCall) -> Result<Listed, Problem> {
    let mut articles: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
    for row in sheet::read(call, &COLUMNS)? {
        let name = |column| row.text(column).unwrap_or_default().to_owned();
        articles.entry((name("connection"), name("sku"))).or_default().push(row);
    }
    let until = world.clock.now().checked_add(crate::move_stock::PATIENCE).unwrap_or(Timestamp::MAX);
    let mut told = Vec::new();
    for rows in articles.into_values() {
        let in_time = world.clock.now() < until;
        let ended = if in_time { of_one_article(world, &rows).await } else { vec![Err(NotDone::too_late()); rows.len()] };
        told.extend(rows.iter().zip(ended).map(|(row, ended)| tell(row, ended)));
    }
    told.sort_by_key(|row| row.row);
    let done = told.iter().filter(|row| row.outcome == RowOutcome::Done).count();
    Ok(Listed { done, not_done: told.len() - done, rows: told })
}

fn tell(row: &Row, ended: Result<(), NotDone>) -> ListedRow {
    let (outcome, reason) = ended.map_or_else(|no| (no.outcome, Some(no.reason)), |()| (RowOutcome::Done, None));
    ListedRow { row: row.line, connection: row.must("connection").ok(), sku: row.must("sku").ok(), outcome, reason }
}

async fn of_one_article(world: &World, rows: &[Row]) -> Vec<Result<(), NotDone>> {
    let read: Vec<Result<Price, NotDone>> = rows.iter().map(price).collect();
    // A list that was put in place in part would be a price that nobody wrote.
    if read.iter().any(Result::is_err) {
        let others = || NotDone::refused("another row of the same article is wrong; mend it, and send them together");
        return read.into_iter().map(|price| Err(price.err().unwrap_or_else(others))).collect();
    }
    let put = put(world, &rows[0], read.into_iter().flatten().collect()).await;
    rows.iter().map(|_| put.clone()).collect()
}

async fn put(world: &World, row: &Row, prices: Vec<Price>) -> Result<(), NotDone> {
    let (connection, sku): (ConnectionId, Sku) = (row.must("connection")?, row.must("sku")?);
    let (usual, dated): (Vec<_>, Vec<_>) = prices.into_iter().partition(|price| price.lasting.is_none());
    let [usual] = <[Price; 1]>::try_from(usual).map_err(|rows| {
        let what = "give each article one row without dates, its usual price, and one with dates for each promotion";
        NotDone::refused(format!("{what}; {sku} on {connection} has {} without", rows.len()))
    })?;
    let promotion =
        |price: Price| Some((price.price, price.lasting?)).map(|(price, (from, until))| Promotion { price, from, until });
    let prices = Prices { usual: usual.price, promotions: dated.into_iter().filter_map(promotion).collect() };
    Ok(put_prices(world, &connection, &sku, &prices).await?)
}

fn price(row: &Row) -> Result<Price, NotDone> {
    row.readable()?;
    let wrong = |column: &str, got: &str, expected: &str| NotDone::refused(format!("{column}: got {got:?}, expected {expected}"));
    let text = row.text("price").ok_or_else(|| NotDone::refused("price: is empty"))?;
    // Spreadsheets in Dutch write a decimal comma.
    let plain = if text.contains('.') { text.to_owned() } else { text.replace(',', ".") };
    let amount = domain::plain_decimal(&plain).filter(|amount| domain::is_price(*amount));
    let expected =
        || format!("an amount above 0 and of {} at most, with two decimals at most, such as 12.95 or 12,95", domain::MOST_PRICE);
    let amount = amount.ok_or_else(|| wrong("price", text, &expected()))?;
    let currency =
        Currency::new(row.text("currency").unwrap_or("EUR")).map_err(|invalid| NotDone::refused(invalid.to_string()))?;
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
        _ => return Err(NotDone::refused("from, through: give both, the first and the last day of a promotion, or none")),
    };
    Ok(Price { price: Money { amount, currency }, lasting })
}
