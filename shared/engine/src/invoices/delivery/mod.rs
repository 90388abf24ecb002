//! Brings issued documents to where they are wanted: the channel that shows them to its customer, the buyer's mail, and the merchant's books.
//!
//! What is wanted is noted in the transaction that notes that a document's bytes are kept (`opened`), one row for each place. From then on it is a
//! state machine (`domain::ChannelSync`): the row says that a call was begun before it goes out, and whoever finds it so later asks whether it arrived
//! before anything is sent again. A mail that nobody can ask for is sent again by a person's word alone.

mod again;
mod book;
mod deliverer;
mod destinations;
mod mail;
mod notices;
mod step;
mod upload;

pub use again::deliver_again;
pub(crate) use destinations::rows as wanted_rows;
pub use notices::{NoticesReport, read_invoice_notices};

use crate::rows::{InvoiceDeliveryRow, InvoiceDestination, OpenDeliveryRow, TypedRow as _};
use crate::{Cache, Ports};
use deliverer::Deliverer;
use domain::{ChannelSync, ConnectionId};
use jiff::Timestamp;
use ports::{Condition, Documents, Mailer, Result, Write};
use std::collections::BTreeSet;

/// Rows of a page.
const PAGE: usize = 50;

/// What became of what was under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct DeliveryReport {
    /// Arrived.
    pub delivered: usize,
    /// Need a person.
    pub refused: usize,
    /// Looked at, and to be looked at again.
    pub under_way: usize,
}

/// Takes all that is under way and due a step further, until `until`. What is left then is due at the next run. One that fails holds up no other;
/// where a channel, or whoever carries mails, takes nothing just now, the others that go there wait for the next run.
pub async fn deliver_documents(
    world: &Ports,
    lookup: &Cache,
    archive: &dyn Documents,
    mailer: &dyn Mailer,
    until: Timestamp,
) -> Result<DeliveryReport> {
    let deliverer = Deliverer { world, lookup, archive, mailer };
    let (mut report, mut from) = (DeliveryReport::default(), None);
    let mut left_alone: BTreeSet<(InvoiceDestination, Option<ConnectionId>)> = BTreeSet::new();
    while world.clock.now() < until {
        let page = world.table.query(OpenDeliveryRow::PARTITION, "", from.as_ref(), PAGE, false).await?;
        for row in &page.rows {
            // One that cannot be read stands there for a person; the others do not wait for it.
            let Ok(open) = OpenDeliveryRow::from_row(row) else { continue };
            let known: Option<InvoiceDeliveryRow> = match world.table.get(&open.delivery()).await?.as_ref() {
                Some(row) => InvoiceDeliveryRow::from_row(row).ok().map(|row| row.believed_at(world.clock.now())),
                None => None,
            };
            let Some(known) = known else { continue };
            if !known.state.is_open() {
                world.write_if(Write::Delete { key: open.key(), when: Condition::Always }).await?;
                continue;
            }
            if known.again_at > world.clock.now() {
                continue;
            }
            // All mails go one way, and what is uploaded goes to its connection.
            let upload = known.destination == InvoiceDestination::Upload;
            let way = (known.destination, upload.then(|| known.connection.clone()));
            if left_alone.contains(&way) {
                continue;
            }
            let (state, takes_nothing) = deliverer.look(known).await?;
            if takes_nothing {
                left_alone.insert(way);
            }
            match state {
                ChannelSync::Synced { .. } | ChannelSync::NotNeeded => report.delivered += 1,
                ChannelSync::Rejected { .. } => report.refused += 1,
                ChannelSync::Pending | ChannelSync::Sending { .. } | ChannelSync::Processing { .. } => report.under_way += 1,
            }
            if world.clock.now() >= until {
                break;
            }
        }
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    Ok(report)
}
