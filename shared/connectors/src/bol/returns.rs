//! Lists the returns that wait for a decision, and tells what was decided (Retailer API v10).
//!
//! A return has a number, and each product in it an RMA number: decisions go by the second, looking it up by the first. Our id holds
//! both, `return.rma`.

use super::fulfilment::{DESCRIPTOR, by_line, refused};
use super::{orders, processes, requests, wire_updates};
use crate::{lenient, wire_text};
use async_trait::async_trait;
use domain::{
    AnnouncedReturn, Ean, FieldError, OrderLineId, OrderNumber, Quantity, ReturnId, ReturnResolution, ReturnUpdate, so_many,
};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use ports::{Account, Acknowledged, Call, Error, ErrorKind, Result, ReturnPage, UnreadableItem};
use serde_json::value::RawValue;

const LIST: &str = "bol.returns";
const TELL: &str = "bol.return";
const KNOWS: &str = "bol.knows_return";
const PATH: &str = "/retailer/returns";
/// A return we registered is looked for among those registered so lately: an attempt whose outcome is unknown is looked up long before.
const LATELY: SignedDuration = SignedDuration::from_hours(24);
/// Most pages of 50 that are looked through for it, of 20 calls a minute.
const MOST_PAGES: u32 = 10;

/// Lists one page. Oldest first: while returns are decided those behind move forward, past a reader, and come with the next listing.
pub(super) async fn list(call: &Call<'_>, page: Option<&str>) -> Result<ReturnPage> {
    let number: u32 = page
        .map_or(Some(1), |p| p.parse().ok())
        .filter(|p| *p > 0)
        .ok_or_else(|| Error::new(ErrorKind::BadInput, LIST, "the page token is not one of ours; list from the start"))?;
    let listed = page_of(call, LIST, false, number).await?;
    let mut page =
        ReturnPage { next: (!listed.is_empty()).then(|| number.saturating_add(1).to_string()), ..ReturnPage::default() };
    for (at, json) in listed.iter().enumerate() {
        let from: wire_updates::Return = lenient::one(json).unwrap_or_default();
        let place = format!("return at place {} on page {number}", at + 1);
        let head = from
            .return_id
            .needed("returnId", "a number")
            .and_then(|id| Ok((id, from.return_items.given("returnItems", "a list of products")?)));
        let (id, items) = match head {
            Ok(head) => head,
            Err(problem) => {
                let item = from.return_id.get().map_or(place, |id| format!("return {id}"));
                page.unreadable.push(unreadable(item, problem));
                continue;
            }
        };
        let registered = from.registration_date_time.get().copied().unwrap_or(call.now);
        for (of, json) in items.into_iter().flat_map(|items| &items.0).enumerate() {
            let item: wire_updates::ReturnItem = lenient::one(json).unwrap_or_default();
            match announced(id, &item, registered) {
                Ok(announced) => page.returns.extend(announced),
                Err(problem) => page.unreadable.push(unreadable(format!("product {} of return {id}", of + 1), problem)),
            }
        }
    }
    Ok(page)
}

fn unreadable(item: String, problem: FieldError) -> UnreadableItem {
    UnreadableItem { item, offer: None, sku: None, problem }
}

/// What bol ships itself comes back to bol: only the merchant's own is listed.
async fn page_of(call: &Call<'_>, operation: &'static str, handled: bool, page: u32) -> Result<Vec<Box<RawValue>>> {
    let path = format!("{PATH}?page={page}&handled={handled}&fulfilment-method=FBR");
    let response = requests::get(call, operation, requests::V10, &path).await?;
    wire_text::json::<wire_updates::Returns>(operation, response.body()).map(|page| page.returns)
}

/// A product that waits for a decision; `None`: it does not.
fn announced(
    number: &str,
    item: &wire_updates::ReturnItem,
    at: Timestamp,
) -> std::result::Result<Option<AnnouncedReturn>, FieldError> {
    if *item.handled.needed("handled", "true or false")? {
        return Ok(None);
    }
    let none_of_ours =
        |field: &'static str, expected: &'static str| move |_| lenient::unreadable(field, "none of its kind", expected);
    let rma = item.rma_id.needed("rmaId", "a number")?;
    let expected = *item.expected_quantity.needed("expectedQuantity", WHOLE_UNITS)?;
    // Decided whole and yet waiting: bol wants it decided anew.
    let waiting = match item.undecided()? {
        0 => expected,
        undecided => undecided,
    };
    Ok(Some(AnnouncedReturn {
        id: ReturnId::new(format!("{number}.{rma}")).map_err(none_of_ours("rmaId", "a number"))?,
        order: OrderNumber::new(item.order_id.needed("orderId", "a number")?.as_str())
            .map_err(none_of_ours("orderId", "a number"))?,
        line: None,
        ean: Ean::new(item.ean.text()).ok(),
        units: Quantity::new(waiting).map_err(|_| lenient::unreadable("expectedQuantity", waiting.to_string(), WHOLE_UNITS))?,
        reason: item.return_reason.get().map(|r| super::errors::shortened(r.0.main_reason.text())).unwrap_or_default(),
        at,
    }))
}

/// What a number of units must be.
const WHOLE_UNITS: &str = "a whole number from 0 to 1000000000";

/// Tells a decision. Of a return that bol does not know, one is registered for each line, with its decision.
pub(super) async fn tell(call: &Call<'_>, decided: &ReturnUpdate) -> Result<Acknowledged> {
    let result = code(call.account, decided.resolution)?;
    let lines = by_line(TELL, &decided.lines)?;
    let units = |q: Quantity| {
        let most = DESCRIPTOR.most_returned.unwrap_or(i64::MAX);
        let fits = q.units() <= most;
        fits.then_some(q.units()).ok_or_else(|| {
            refused(TELL, format!("bol takes at most {} in a decision; tell it as several", so_many(most, "unit")))
        })
    };
    let mut under_way = processes::UnderWay::default();
    if let Some(id) = &decided.id {
        let (_, rma) = parts(TELL, id)?;
        let request = wire_updates::ReturnRequest {
            handling_result: result,
            // An RMA number is of one product; bol does not ask on which lines of the order it was.
            quantity_returned: units(lines.into_values().sum())?,
        };
        let path = format!("{PATH}/{rma}");
        let response = requests::write(call, TELL, Method::PUT, requests::V10, &path, &request).await?;
        under_way.take(TELL, &response)?;
        return Ok(under_way.acknowledged());
    }
    for quantity in lines.values() {
        units(*quantity)?;
    }
    for (line, quantity) in lines {
        let request = wire_updates::CreateReturnRequest {
            order_item_id: line.as_str(),
            quantity_returned: quantity.units(),
            handling_result: result,
        };
        let told = requests::post_plain(call, TELL, PATH, &request).await;
        told.and_then(|response| under_way.take(TELL, &response)).map_err(|error| under_way.stopped(TELL, error))?;
    }
    Ok(under_way.acknowledged())
}

/// Whether it was told. `None` where only a part is decided, and that part may as well be an earlier decision.
pub(super) async fn knows(call: &Call<'_>, number: &OrderNumber, decided: &ReturnUpdate) -> Result<Option<bool>> {
    let result = code(call.account, decided.resolution)?;
    let Some(id) = &decided.id else { return knows_registered(call, number, decided, result).await };
    let units: Quantity = by_line(KNOWS, &decided.lines)?.into_values().sum();
    let (id, rma) = parts(KNOWS, id)?;
    processes::idle(call, KNOWS, rma, "HANDLE_RETURN_ITEM").await?;
    let response = requests::get(call, KNOWS, requests::V10, &format!("{PATH}/{id}")).await?;
    let found: wire_updates::Return = wire_text::json(KNOWS, response.body())?;
    let item = found
        .items()
        .into_iter()
        .find(|i| i.rma_id.text() == rma)
        .ok_or_else(|| Error::new(ErrorKind::NotFound, KNOWS, format!("bol's return {id} holds no RMA number {rma}")))?;
    let refused = |problem: FieldError| requests::unreadable(KNOWS, "a return", &problem);
    let told = item.decided_as(result).map_err(refused)? >= units.units();
    let handled = *item.handled.needed("handled", "true or false").map_err(refused)?;
    Ok((!told || handled || item.undecided().map_err(refused)? == 0).then_some(told))
}

/// Looks through what was registered lately, newest first, for a return of each line. `None` where it does not come to an end, where some
/// lines are there and others not, for then the update got stuck halfway, and where what is there may as well be another decision: a
/// return that is registered holds no mark of ours.
async fn knows_registered(call: &Call<'_>, number: &OrderNumber, decided: &ReturnUpdate, result: &str) -> Result<Option<bool>> {
    let lines = by_line(KNOWS, &decided.lines)?;
    let order = orders::read(call, number).await?;
    let ean_of = |id: &OrderLineId| order.lines.iter().find(|line| line.id == *id).and_then(|line| line.ean.as_ref());
    let mut wanted = Vec::new();
    for (id, units) in &lines {
        processes::idle(call, KNOWS, id.as_str(), "CREATE_RETURN_ITEM").await?;
        if !order.lines.iter().any(|line| line.id == **id) {
            return Err(refused(KNOWS, format!("order {number} has no line {id} at bol")));
        }
        // A return names the product and not the line.
        let Some(ean) = ean_of(id) else { return Ok(None) };
        let others = decided.beside.iter().filter(|other| ean_of(&other.line) == Some(ean));
        wanted.push((ean, units.units(), others.map(|other| other.units.units()).sum::<i64>()));
    }
    let Some(registered) = registered_lately(call).await? else { return Ok(None) };
    let is_there = |(ean, units, others): &(&Ean, i64, i64)| {
        let same = |i: &&wire_updates::ReturnItem| {
            i.order_id.text() == number.as_str() && Ean::new(i.ean.text()).ok().as_ref() == Some(*ean)
        };
        // What cannot be read was not told by us.
        let each = registered.iter().filter(same).map(|i| i.decided_as(result).unwrap_or(0));
        let (most, sum) = each.fold((0, 0_i64), |(most, sum), one| (one.max(most), sum.saturating_add(one)));
        // One decision is registered whole.
        if most < *units { Some(false) } else { (*others == 0 || sum >= units.saturating_add(*others)).then_some(true) }
    };
    let Some(there) = wanted.iter().map(is_there).collect::<Option<Vec<bool>>>() else { return Ok(None) };
    let known = there.iter().filter(|there| **there).count();
    Ok(if known == there.len() { Some(true) } else { (known == 0).then_some(false) })
}

async fn registered_lately(call: &Call<'_>) -> Result<Option<Vec<wire_updates::ReturnItem>>> {
    let mut items = Vec::new();
    for page in 1..=MOST_PAGES {
        let listed = page_of(call, KNOWS, true, page).await?;
        let returns: Vec<wire_updates::Return> = listed.iter().map(|json| lenient::one(json).unwrap_or_default()).collect();
        let at = |r: &wire_updates::Return| r.registration_date_time.get().copied();
        let oldest = returns.iter().filter_map(at).min();
        let ended = returns.is_empty() || oldest.is_some_and(|at| call.now.duration_since(at) > LATELY);
        let late = returns.iter().filter(|r| at(r).is_none_or(|at| call.now.duration_since(at) <= LATELY));
        items.extend(late.flat_map(wire_updates::Return::items));
        if ended {
            return Ok(Some(items));
        }
    }
    Ok(None)
}

/// The numbers of the return and of the product in it.
fn parts<'a>(operation: &'static str, id: &'a ReturnId) -> Result<(&'a str, &'a str)> {
    let (number, rma) = id.as_str().split_once('.').ok_or_else(|| {
        refused(
            operation,
            format!("`{id}` is no return of bol's: it must hold the number of the return and the RMA number, as `1.31234567`"),
        )
    })?;
    Ok((requests::segment(operation, number)?, requests::segment(operation, rma)?))
}

/// bol's word for a verdict. That a buyer who keeps a product gets the money back is said with `RETURN_RECEIVED`: what bol calls
/// `CUSTOMER_KEEPS_PRODUCT_PAID` is a return called off, by all that is published of it.
pub(super) fn code(account: &Account, verdict: ReturnResolution) -> Result<&str> {
    const RECEIVED: &str = "RETURN_RECEIVED";
    match verdict {
        ReturnResolution::Accepted => Ok(RECEIVED),
        ReturnResolution::Rejected => Ok("RETURN_DOES_NOT_MEET_CONDITIONS"),
        ReturnResolution::BuyerKeeps => match account.settings.get("buyer_keeps").map(String::as_str) {
            None => Ok(RECEIVED),
            Some(set @ (RECEIVED | "CUSTOMER_KEEPS_PRODUCT_PAID")) => Ok(set),
            Some(other) => Err(Error::new(
                ErrorKind::Configuration,
                TELL,
                format!(
                    "connection {}: the setting `buyer_keeps` must be `{RECEIVED}` or `CUSTOMER_KEEPS_PRODUCT_PAID`, not `{other}`",
                    account.connection
                ),
            )),
        },
    }
}

/// bol tells of returns that wait for a decision.
pub(super) struct Capability;

#[async_trait]
impl ports::Returns for Capability {
    async fn list(&self, call: &Call<'_>, page: Option<&str>) -> Result<ReturnPage> {
        list(call, page).await
    }
}

#[cfg(test)]
#[path = "returns_tests.rs"]
mod tests;
