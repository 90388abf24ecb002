//! How far issued documents came to where they are wanted. Nothing here tells who bought.

use super::Unreadable;
use crate::Ports;
use crate::rows::{InvoiceDeliveryRow, InvoiceDestination};
use domain::ChannelSync;
use domain::invoice::Series;
use jiff::Timestamp;
use ports::{Key, Result};
use std::collections::BTreeMap;

/// How far a document came to one place that wants it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct InvoiceDeliveryView {
    /// Where to: `upload` to the channel, which shows it to its customer, `mail` to the buyer, `accounting` into the merchant's books.
    pub destination: InvoiceDestination,
    /// How far: the steps are those of what a channel is told of an order. A mail that is `synced` was handed over; whether it arrived, nobody tells.
    pub state: ChannelSync,
    /// Since when it is wanted, UTC.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// When it is looked at next, UTC; none: it is over.
    #[schemars(with = "Option<String>")]
    pub next_try_at: Option<Timestamp>,
    /// What stands in the way, why there is nothing to send, or under which entry it is booked.
    pub note: Option<String>,
    /// Whether it can be sent once more by hand.
    pub can_send_again: bool,
}

impl From<InvoiceDeliveryRow> for InvoiceDeliveryView {
    fn from(row: InvoiceDeliveryRow) -> Self {
        let InvoiceDeliveryRow { destination, state, since, again_at, note, .. } = row;
        let is_there = matches!(state, ChannelSync::Synced { .. });
        Self {
            destination,
            since,
            next_try_at: state.is_open().then_some(again_at),
            note,
            // What the channel has, it has.
            can_send_again: !(is_there && destination != InvoiceDestination::Mail),
            state,
        }
    }
}

/// Those of documents of a series, by their places there: from the last to the first, as lists of documents go.
pub(super) async fn deliveries(
    world: &Ports,
    series: &Series,
    last: u64,
    first: u64,
    noted: &mut Vec<Unreadable>,
) -> Result<BTreeMap<u64, Vec<InvoiceDeliveryView>>> {
    let partition = InvoiceDeliveryRow::partition(series);
    // Behind all of the last one's.
    let mut from = Some(Key::new(&partition, format!("{last:012}#~")));
    let mut found: BTreeMap<u64, Vec<InvoiceDeliveryView>> = BTreeMap::new();
    loop {
        let page = world.table.query(&partition, "", from.as_ref(), 100, true).await?;
        for row in &page.rows {
            if row.key.sk.as_str() < format!("{first:012}").as_str() {
                return Ok(found);
            }
            if let Some(row) = Unreadable::or::<InvoiceDeliveryRow>(world, row, noted) {
                found.entry(row.sequence).or_default().insert(0, row.into());
            }
        }
        from = page.next;
        if from.is_none() {
            return Ok(found);
        }
    }
}
