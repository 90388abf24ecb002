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

/// A message with its name and version.
pub trait Message: serde::Serialize + serde::de::DeserializeOwned + schemars::JsonSchema {
    /// `StockHint.v1`: also the name of its schema's file.
    const NAME: &'static str;
    /// The number in its name, which every message carries as `schema_version`.
    const VERSION: u32 = version_of(Self::NAME);

    /// As JSON text, with its version.
    fn to_json(&self) -> String {
        // Every message is made of strings, integers and lists of those, which always encode.
        serde_json::to_string(&Versioned { schema_version: Self::VERSION, message: self }).unwrap_or_default()
    }

    /// Reads what [`Message::to_json`] wrote.
    fn from_json(text: &str) -> Result<Self, NotRead> {
        let none = |error: serde_json::Error| NotRead::NoMessage(error.to_string());
        match serde_json::from_str(text).map_err(none)? {
            Head { schema_version: Some(version) } if version > Self::VERSION => Err(NotRead::Newer(version)),
            Head { schema_version: Some(version) } if version == Self::VERSION => serde_json::from_str(text).map_err(none),
            Head { schema_version: Some(version) } => Err(NotRead::NoMessage(format!("nobody sends version {version} any more"))),
            Head { schema_version: None } => Err(NotRead::NoMessage("it does not say its version".to_owned())),
        }
    }
}

/// Why a message was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRead {
    /// A later Sluis sent it, with this version: during a rolling deployment, the functions that are already replaced read it.
    Newer(u32),
    /// It is no such message, and will be none next time: why.
    NoMessage(String),
}

#[derive(serde::Serialize)]
struct Versioned<'a, M> {
    schema_version: u32,
    #[serde(flatten)]
    message: &'a M,
}

#[derive(serde::Deserialize)]
struct Head {
    schema_version: Option<u32>,
}

/// The number behind the last `.v` of a message's name.
const fn version_of(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (mut version, mut value, mut position) = (0, 1, bytes.len());
    while position > 0 && bytes[position - 1].is_ascii_digit() {
        position -= 1;
        version += (bytes[position] - b'0') as u32 * value;
        value *= 10;
    }
    assert!(version > 0 && bytes[position - 1] == b'v' && bytes[position - 2] == b'.', "a message's name ends with its version");
    version
}

/// All schemas: file name and pretty JSON text.
pub fn schemas() -> Vec<(String, String)> {
    fn one<M: Message>() -> (String, String) {
        let mut schema = schemars::schema_for!(M);
        say_version(&mut schema, M::VERSION);
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

/// The version, first among the properties, and required.
fn say_version(schema: &mut schemars::Schema, version: u32) {
    let said = serde_json::json!({ "description": "Version of this message; whoever does not know it leaves it to one who does.", "const": version });
    let schema = schema.ensure_object();
    if let Some(serde_json::Value::Object(properties)) = schema.get_mut("properties") {
        properties.shift_insert(0, "schema_version".to_owned(), said);
    }
    if let Some(serde_json::Value::Array(required)) = schema.get_mut("required") {
        required.insert(0, "schema_version".into());
    }
}

#[cfg(test)]
#[path = "version_tests.rs"]
mod tests;
