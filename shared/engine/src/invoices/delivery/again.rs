//! A person has a document sent once more.

use super::destinations;
use super::step::replace;
use crate::Ports;
use crate::invoices::find::find_document;
use crate::rows::{InvoiceDeliveryRow, InvoiceDestination, InvoiceSettingsRow, lost};
use domain::invoice::Document;
use domain::{ChannelSync, SyncStep};
use ports::{Error, ErrorKind, Refused, Result};

const MOST_TRIES: u32 = 5;
const AGAIN: &str = "invoice delivery";

/// Has a document sent to a place once more, by the next run. What is on its way is looked at now. An upload of which nobody knows the outcome is asked
/// for before anything is sent; a mail goes out once more, for a person knows that it may be the second.
///
/// A document from before there was an accounting system is booked by this. `NotFound`: there is no such document, or it is not wanted there.
/// `Declined`: whoever it goes to has it.
pub async fn deliver_again(world: &Ports, document: &str, destination: InvoiceDestination) -> Result<()> {
    let document = find_document(world, document).await?;
    let key = InvoiceDeliveryRow::key(&document.series, document.sequence, destination);
    for _ in 0..MOST_TRIES {
        let row: Option<InvoiceDeliveryRow> = world.get(&key).await?;
        let Some(row) = row else {
            if destination == InvoiceDestination::Accounting && open(world, &document).await? {
                return Ok(());
            }
            let message =
                format!("{} is not sent to `{}`: what is sent where stands in sluis.toml", document.number, destination.name());
            return Err(Error::new(ErrorKind::NotFound, AGAIN, message));
        };
        let now = world.clock.now();
        let is_mail = destination == InvoiceDestination::Mail;
        let next = match &row.state {
            state if state.is_open() => InvoiceDeliveryRow { again_at: now, ..row.clone() },
            ChannelSync::Synced { .. } if !is_mail => {
                let who = if destination == InvoiceDestination::Accounting { "the accounting system" } else { "the channel" };
                let message = format!("{who} has {}; what it got stays as it is", document.number);
                return Err(Error::new(ErrorKind::Declined, AGAIN, message));
            }
            state => {
                let asked = state.after(&SyncStep::Again { at: now }).ok().filter(|_| !is_mail);
                let state = asked.unwrap_or(ChannelSync::Pending);
                InvoiceDeliveryRow {
                    state,
                    again: row.again.saturating_add(1),
                    since: now,
                    again_at: now,
                    in_vain: 0,
                    note: None,
                    ..row.clone()
                }
            }
        };
        if replace(world, &row, next).await?.is_some() {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Conflict, AGAIN, "it is just being sent; look again in a minute"))
}

/// A document that was issued before there were books to put it in is booked at a person's word. False: there are none.
async fn open(world: &Ports, document: &Document) -> Result<bool> {
    let settings: Option<InvoiceSettingsRow> = world.get(&InvoiceSettingsRow::key()).await?;
    if settings.is_none_or(|settings| settings.accounting.is_none()) {
        return Ok(false);
    }
    let row = destinations::pending(document, InvoiceDestination::Accounting, world.clock.now());
    match world.table.transact(row.first().into()).await {
        Ok(()) => Ok(true),
        // Somebody else did so just now.
        Err(Refused::Reasons(reasons)) => lost(&reasons).map(|()| true),
        Err(Refused::Error(error)) => Err(error),
    }
}
