//! Everything that waits for a person, in one list, and whether that is known to be all.

use super::drift::{DifferenceView, drift};
use super::failing::{FailingConnection, failing};
use super::parked::{self, ParkedView};
use super::{MOST_PER_PAGE, PageRequest, Unreadable};
use crate::Ports;
use ports::Result;

/// Pages of differences that are read for one list.
const MOST_PAGES: usize = 25;
/// Entries of each kind that are shown.
const MOST_SHOWN: usize = 200;

/// What waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Attention {
    /// Whether this is all there is: every kind was read to its end, every row could be read, and nothing was left out. Only then does an
    /// empty list say that nothing waits.
    pub complete: bool,
    /// Connections that do not work: those that have failed for as long as people wait for it to end, and those whose credentials or settings
    /// a person must put right, at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<FailingConnection>,
    /// What was put aside, the last to fail first; at most 200.
    pub parked: Vec<ParkedView>,
    /// Further such things.
    pub more_parked: usize,
    /// Differences between a channel, or our own books, and what should be, that no repair helps against; at most 200.
    pub differences: Vec<DifferenceView>,
    /// Further such differences were found; none: that is not known.
    pub more_differences: Option<usize>,
    /// Rows of it that cannot be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// Reads all of it.
pub async fn attention(world: &Ports) -> Result<Attention> {
    let (mut parked, mut unreadable) = parked::all(world).await?;
    let connections = failing(world, &mut unreadable).await?;
    let (mut differences, mut whole) = (Vec::new(), false);
    let mut request = PageRequest::first(MOST_PER_PAGE);
    for _ in 0..MOST_PAGES {
        let page = drift(world, true, &request).await?;
        differences.extend(page.differences);
        unreadable.extend(page.unreadable);
        request.cursor = page.next;
        if request.cursor.is_none() {
            whole = true;
            break;
        }
    }
    unreadable.sort_by(|a, b| a.key.cmp(&b.key));
    unreadable.dedup();
    let (more_parked, more_differences) = (parked.len().saturating_sub(MOST_SHOWN), differences.len().saturating_sub(MOST_SHOWN));
    parked.truncate(MOST_SHOWN);
    differences.truncate(MOST_SHOWN);
    Ok(Attention {
        complete: whole && unreadable.is_empty() && more_parked == 0 && more_differences == 0,
        connections,
        parked,
        more_parked,
        differences,
        more_differences: whole.then_some(more_differences),
        unreadable,
    })
}
