//! A simulated shop's doors that are not the channel's: for customers, for the shop's own staff, and for trouble.

use super::Shop;
use super::trouble::TroubleOrder;
use connectors::simulated_channel::{FarOrder, NotSold};
use domain::{OrderNumber, Quantity, Sku};
use http::Method;
use ports::Clock;
use serde_json::{Value, json};

/// What a door answers.
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) body: Value,
}

fn fine(body: Value) -> Told {
    Told { status: 200, body }
}

fn wrong(status: u16, why: &str) -> Told {
    Told { status, body: json!({ "error": why }) }
}

/// Opens a door.
pub(super) fn door(shop: &Shop, clock: &dyn Clock, method: &Method, own: &str, body: &[u8]) -> Told {
    let own = percent_decoded(own);
    let sent: Value = serde_json::from_slice(body).unwrap_or_default();
    match (method.as_str(), own.split_once('/').unwrap_or((own.as_str(), ""))) {
        ("GET", ("shown", code)) => match Sku::new(code).ok().and_then(|sku| shop.shown(&sku)) {
            Some(shown) => fine(json!({ "sku": code, "shown": shown })),
            None => wrong(404, &format!("the product {code} is not on sale here")),
        },
        ("GET", ("price", code)) => match Sku::new(code).ok().and_then(|sku| shop.within(|side, _| side.price_cents(&sku))) {
            Some(cents) => fine(json!({ "sku": code, "price_cents": cents })),
            None => wrong(404, &format!("the product {code} is not on sale here")),
        },
        ("GET", ("order", number)) => match OrderNumber::new(number).ok().and_then(|n| shop.within(|side, _| side.far_order(&n)))
        {
            Some(order) => fine(as_told(&order)),
            None => wrong(404, "there is no such order"),
        },
        ("GET", ("orders", "")) => fine(json!({ "orders": shop.orders() })),
        ("GET", ("counts", "")) => fine(json!({ "orders": shop.orders().len(), "stock_writes": shop.stock_writes() })),
        ("POST", ("buy", "")) => buy(shop, &sent),
        ("POST", ("stock", "")) => match (sku(&sent), quantity(&sent)) {
            (Some(sku), Some(quantity)) => {
                shop.edit_stock(&sku, quantity);
                fine(json!({ "shown": shop.shown(&sku) }))
            }
            _ => wrong(400, "expected {\"sku\": \"…\", \"quantity\": 1}"),
        },
        ("POST", (action @ ("cancel" | "ask-to-cancel" | "ship" | "return" | "pay-back"), "")) => {
            on_an_order(shop, action, &sent)
        }
        ("POST", ("trouble", "")) => match serde_json::from_value::<TroubleOrder>(sent) {
            Ok(order) => {
                shop.trouble(order.trouble(clock.now()));
                fine(json!({ "trouble": order.kind }))
            }
            Err(error) => wrong(400, &error.to_string()),
        },
        _ => wrong(
            404,
            "here are: GET shown/{sku}, price/{sku}, order/{number}, orders, counts; POST buy, cancel, ask-to-cancel, ship, return, \
             pay-back, stock, trouble",
        ),
    }
}

fn sku(sent: &Value) -> Option<Sku> {
    sent.get("sku").and_then(Value::as_str).and_then(|text| Sku::new(text).ok())
}

fn quantity(sent: &Value) -> Option<Quantity> {
    Quantity::new(sent.get("quantity").map_or(Some(1), Value::as_i64)?).ok()
}

/// `{"sku": "…", "quantity": 1}`, or several of those as `lines`; `ship_to` is a country.
fn buy(shop: &Shop, sent: &Value) -> Told {
    let line = |one: &Value| Some((sku(one)?, quantity(one)?));
    let lines: Option<Vec<_>> = match sent.get("lines").and_then(Value::as_array) {
        Some(lines) => lines.iter().map(line).collect(),
        None => line(sent).map(|one| vec![one]),
    };
    let Some(lines) = lines.filter(|lines| !lines.is_empty()) else {
        return wrong(
            400,
            "expected {\"sku\": \"…\", \"quantity\": 1} or {\"lines\": [{\"sku\": \"…\", \"quantity\": 1}], \"ship_to\": \"NL\"}",
        );
    };
    let ship_to = sent.get("ship_to").and_then(Value::as_str).unwrap_or("NL").to_owned();
    match shop.within(|side, now| side.buy_all(now, &lines, &ship_to)) {
        Ok(order) => fine(json!({ "order": order })),
        Err(NotSold::SoldOut) => wrong(409, "sold out: the shop's own counter does not reach"),
        Err(NotSold::Unknown) => {
            let unknown = lines.iter().filter(|(sku, _)| shop.shown(sku).is_none()).map(|(sku, _)| sku.as_str());
            wrong(404, &format!("not on sale here: {}", unknown.collect::<Vec<_>>().join(", ")))
        }
    }
}

/// What customers and the shop's staff do about an order: all of it, or units of one product.
fn on_an_order(shop: &Shop, action: &str, sent: &Value) -> Told {
    let Some(order) = sent.get("order").and_then(Value::as_str).and_then(|text| OrderNumber::new(text).ok()) else {
        return wrong(400, "expected {\"order\": \"…\"}, and for units of one product \"sku\" and \"quantity\"");
    };
    let restock = sent.get("restock").and_then(Value::as_bool).unwrap_or(false);
    let done = match (action, sku(sent), quantity(sent)) {
        ("cancel", None, _) => shop.cancel(&order),
        ("ask-to-cancel", None, _) => shop.within(|side, now| side.ask_to_cancel(now, &order)),
        ("cancel", Some(sku), Some(units)) => shop.within(|side, now| side.cancel_units(now, &order, &sku, units)),
        ("ship", Some(sku), Some(units)) => shop.within(|side, now| side.ship_there(now, &order, &sku, units)),
        ("return", Some(sku), Some(units)) => shop.within(|side, now| side.announce_return(now, &order, &sku, units)),
        ("pay-back", Some(sku), Some(units)) => shop.within(|side, now| side.pay_back_there(now, &order, &sku, units, restock)),
        _ => return wrong(400, "expected {\"order\": \"…\", \"sku\": \"…\", \"quantity\": 1}"),
    };
    if done {
        fine(json!({ "order": order }))
    } else {
        wrong(409, "this channel has no such thing, or the order does not allow it")
    }
}

fn as_told(order: &FarOrder) -> Value {
    let line = |(sku, line): (&Sku, &connectors::simulated_channel::FarLine)| {
        json!({
            "sku": sku, "ordered": line.ordered, "cancelled": line.cancelled, "shipped": line.shipped, "returned": line.returned,
        })
    };
    let parcel = |parcel: &connectors::simulated_channel::FarParcel| {
        let lines: Vec<_> = parcel.lines.iter().map(|(sku, units)| json!({ "sku": sku, "quantity": units })).collect();
        json!({ "carrier": parcel.carrier, "tracking": parcel.tracking, "lines": lines })
    };
    json!({
        "lines": order.lines.iter().map(line).collect::<Vec<_>>(),
        "parcels": order.parcels.iter().map(parcel).collect::<Vec<_>>(),
    })
}

fn percent_decoded(path: &str) -> String {
    // A form's decoding also turns plus signs into blanks; in a path they are themselves.
    let text = format!("p={}", path.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
