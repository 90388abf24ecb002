//! Messages on queues and the bus. Each has a version in its name, a JSON Schema in `events/schemas` made from the type, and
//! a sample in `events/samples`. Messages are hints: losing one costs time, never correctness.

mod events;
mod inbound;
mod order_update;
mod stock_hint;

pub use events::{
    ConnectionFailing, ConnectionRecovered, ListingPublished, NeedsAttention, OrderAccepted, OrderChanged, OrderShipped,
    ReturnDecided, ShortLine, StockShort,
};
pub use inbound::{Cause, InboundOrder};
pub use order_update::OrderUpdateDue;
pub use stock_hint::StockHint;

/// A message with its name.
pub trait Message: serde::Serialize + serde::de::DeserializeOwned + schemars::JsonSchema {
    /// `StockHint.v1`: also the name of its schema's file.
    const NAME: &'static str;

    /// As JSON text.
    fn to_json(&self) -> String {
        // Every message is made of strings, integers and lists of those, which always encode.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// All schemas: file name and pretty JSON text.
pub fn schemas() -> Vec<(String, String)> {
    fn one<M: Message>() -> (String, String) {
        let schema = schemars::schema_for!(M);
        (format!("{}.json", M::NAME), serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n")
    }
    vec![
        one::<InboundOrder>(),
        one::<StockHint>(),
        one::<OrderUpdateDue>(),
        one::<OrderAccepted>(),
        one::<OrderChanged>(),
        one::<OrderShipped>(),
        one::<ReturnDecided>(),
        one::<StockShort>(),
        one::<ListingPublished>(),
        one::<ConnectionFailing>(),
        one::<ConnectionRecovered>(),
        one::<NeedsAttention>(),
    ]
}
