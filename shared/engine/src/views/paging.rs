//! Pages of a partition, some rows left out.

use super::readable::Unreadable;
use crate::World;
use crate::rows::Kept;
use ports::{Key, Result};

/// Most entries of one page.
pub const MOST_PER_PAGE: usize = 200;
/// Rows looked at for one page: a filter that fits nothing must end too. The next page goes on where this one stopped.
const MOST_LOOKED_AT: usize = 2_000;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// Where the page before ended, as its `next` said.
    pub cursor: Option<String>,
    /// Entries wanted: at least 1, at most `MOST_PER_PAGE`; what is outside becomes the bound.
    pub limit: usize,
}

impl PageRequest {
    /// The first page.
    pub fn first(limit: usize) -> Self {
        Self { cursor: None, limit }
    }

    pub(super) fn size(&self) -> usize {
        self.limit.clamp(1, MOST_PER_PAGE)
    }
}

/// Rows of a partition.
pub(crate) struct Page<R> {
    /// Those that were kept.
    pub(crate) rows: Vec<R>,
    /// Where to go on; none: this was the last.
    pub(crate) next: Option<String>,
    /// Those that cannot be read.
    pub(crate) unreadable: Vec<Unreadable>,
}

/// Reads rows that `keep` keeps, and where to go on. `cursor` is the part of `sk` after `prefix`. One that cannot be read is named.
pub(crate) async fn page<R: Kept>(
    world: &World,
    pk: &str,
    prefix: &str,
    request: &PageRequest,
    newest_first: bool,
    keep: impl Fn(&R) -> bool,
) -> Result<Page<R>> {
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    let mut looked_at = 0;
    let mut from = request.cursor.as_ref().map(|cursor| Key::new(pk, format!("{prefix}{cursor}")));
    loop {
        let rows = world.table.query(pk, prefix, from.as_ref(), request.size().max(100), newest_first).await?;
        for row in &rows.rows {
            looked_at += 1;
            found.extend(Unreadable::or(world, row, &mut unreadable).filter(&keep));
            if found.len() == request.size() || looked_at == MOST_LOOKED_AT {
                let next = row.key.sk.strip_prefix(prefix).map(str::to_owned);
                return Ok(Page { rows: found, next, unreadable });
            }
        }
        match rows.next {
            Some(next) => from = Some(next),
            None => return Ok(Page { rows: found, next: None, unreadable }),
        }
    }
}
