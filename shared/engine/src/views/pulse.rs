//! Whether anything was done since: a few letters that change when it was, for two small reads.

use crate::Ports;
use crate::rows::{JournalRow, ParkedRow};
use domain::fingerprint;
use ports::Result;

/// Rows of what is parked that are looked at: of more, that some came or went is found by the page itself.
const MOST_PARKED: usize = 100;

/// Changes with every commit, and with what is parked. What channels are told follows on that, and changes nothing here.
pub async fn pulse(world: &Ports) -> Result<String> {
    let today = JournalRow::partition(world.clock.now());
    let newest = world.table.query(&today, "", None, 1, true).await?;
    let parked = world.table.query(ParkedRow::PARTITION, "", None, MOST_PARKED, false).await?;
    let commits = newest.rows.iter().map(|row| row.key.sk.as_str());
    let parked: Vec<String> = parked.rows.iter().map(|row| format!("{row:?}")).collect();
    let parts: Vec<&str> = commits.chain(parked.iter().map(String::as_str)).collect();
    Ok(format!("{:016x}", fingerprint(&parts)))
}
