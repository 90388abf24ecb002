//! Reading what came over a queue.

use crate::handler::Record;
use contracts::{Message, NotRead};
use engine::Ports;
use engine::rows::Subject;

/// The records of a batch, read.
#[derive(Debug)]
pub struct Messages<M> {
    /// What was understood, with the record it came in.
    pub understood: Vec<(Record, M)>,
    /// `Record::id` of what must come again.
    pub failed: Vec<String>,
}

/// Reads the records of the queue of this name. What is no such message is parked, for it will be none next time either; it comes
/// again only if it could not be parked. What a later version of Sluis sent comes again, until a function that knows it takes it: that is so for
/// the minutes of a deployment, and after ten deliveries the dead-letter queue rings.
pub async fn read<M: Message>(world: &Ports, queue: &str, records: Vec<Record>) -> Messages<M> {
    let mut messages = Messages { understood: vec![], failed: vec![] };
    for record in records {
        match M::from_json(&record.body) {
            Ok(message) => messages.understood.push((record, message)),
            Err(NotRead::Newer(version)) => {
                tracing::info!(
                    name = M::NAME,
                    version,
                    "a later Sluis sent this message; it is left to the functions that know it"
                );
                messages.failed.push(record.id);
            }
            Err(NotRead::NoMessage(why)) => {
                let reason = format!("this is no {}: {why}; whoever sent it must be corrected", M::NAME);
                if let Err(error) = world.park(None, Subject::Message { queue: queue.to_owned() }, &reason, &record.body).await {
                    tracing::warn!(detail = error.detail, "a message that cannot be read could not be parked");
                    messages.failed.push(record.id);
                }
            }
        }
    }
    messages
}
