//! What comes back from a queue or the bus, and the names and figures inside.
//!
//! Beyond "no panic" must hold, for any text:
//! - what decodes as a message encodes to JSON that decodes to the same, and from then on always to the same text;
//! - a name, EAN, currency or figure that is taken is taken as it stands, alone as in JSON, and taking it again changes nothing;
//! - a refusal quotes at most 64 characters.
//!
//! An input is the name of a message on a line, and JSON.

use crate::judge::survives;
use contracts::{
    InboundOrder, ListingPublished, Message, OrderAccepted, OrderChanged, OrderShipped, OrderUpdateDue, ReturnDecided, StockHint,
    StockShort,
};
use domain::{
    ChannelId, ConnectionId, Currency, Ean, Invalid, Listing, LocationId, OfferId, Order, OrderLineId, OrderNumber, Product,
    Quantity, Sku,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// The property.
pub fn hold(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (_, json) = text.split_once('\n').unwrap_or(("", text));
    message::<InboundOrder>(json);
    message::<StockHint>(json);
    message::<OrderUpdateDue>(json);
    message::<OrderAccepted>(json);
    message::<OrderChanged>(json);
    message::<OrderShipped>(json);
    message::<ReturnDecided>(json);
    message::<StockShort>(json);
    message::<ListingPublished>(json);
    kept::<Order>(json);
    kept::<Product>(json);
    kept::<Listing>(json);
    names(json);
    if let Ok(units) = json.parse::<i64>() {
        figure(units);
    }
}

fn message<M: Message + PartialEq + Debug>(json: &str) {
    if let Ok(message) = M::from_json(json) {
        let text = message.to_json();
        let again = M::from_json(&text).unwrap_or_else(|error| panic!("{error:?}: {text}"));
        assert_eq!(message, again, "{} became another: {text}", M::NAME);
        assert_eq!(again.to_json(), text, "{} has two texts", M::NAME);
    }
}

fn kept<T: Serialize + DeserializeOwned + PartialEq + Debug>(json: &str) {
    if let Ok(value) = serde_json::from_str::<T>(json) {
        survives(&value);
    }
}

fn names(text: &str) {
    name(text, ChannelId::new(text), ChannelId::as_str);
    name(text, ConnectionId::new(text), ConnectionId::as_str);
    name(text, LocationId::new(text), LocationId::as_str);
    name(text, Sku::new(text), Sku::as_str);
    name(text, OfferId::new(text), OfferId::as_str);
    name(text, OrderNumber::new(text), OrderNumber::as_str);
    name(text, OrderLineId::new(text), OrderLineId::as_str);
    name(text, Currency::new(text), Currency::as_str);
    if let Ok(ean) = refused_briefly(Ean::new(text)) {
        survives(&ean);
        assert_eq!(Ean::new(ean.as_str()).as_ref(), Ok(&ean), "read again it is another");
        assert!(matches!(ean.as_str().len(), 13 | 14), "{ean}");
        // People write the digits in groups.
        let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
        let significant = |t: &str| digits(t).trim_start_matches('0').to_owned();
        assert_eq!(significant(ean.as_str()), significant(text), "another product");
    }
}

fn name<T>(text: &str, taken: Result<T, Invalid>, as_str: fn(&T) -> &str)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    if let Ok(taken) = refused_briefly(taken) {
        assert_eq!(as_str(&taken), text);
        survives(&taken);
    }
    let json = serde_json::to_string(text).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).is_ok(), serde_json::from_str::<T>(&json).is_ok_and(|t| as_str(&t) == text));
}

fn figure(units: i64) {
    match refused_briefly(Quantity::new(units)) {
        Ok(quantity) => {
            assert_eq!(quantity.units(), units);
            assert_eq!(Quantity::clamped(units), quantity);
            survives(&quantity);
        }
        Err(_) => assert!(!(0..=Quantity::MAX.units()).contains(&units), "{units} is within the bounds"),
    }
}

fn refused_briefly<T>(result: Result<T, Invalid>) -> Result<T, Invalid> {
    result.inspect_err(|invalid| assert!(invalid.given.chars().count() <= 64, "{invalid:?}"))
}
