//! Pages of a partition, some rows left out.

use crate::Ports;
use crate::readable::Unreadable;
use crate::rows::TypedRow;
use domain::fingerprint;
use ports::{Error, ErrorKind, Key, Result};

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

/// Characters of the mark at the end of a cursor.
const MARK: usize = 8;

/// Where a list is gone on with: the place, and a mark that it is a place of this list.
fn cursor(pk: &str, prefix: &str, place: &str) -> String {
    format!("{place}~{}", mark(pk, prefix, place))
}

fn mark(pk: &str, prefix: &str, place: &str) -> String {
    let mut mark = format!("{:016x}", fingerprint(&[pk, prefix, place]));
    mark.truncate(MARK);
    mark
}

/// The place that a cursor names. Whatever else were taken for a place, the list would be shown from somewhere, or as empty.
fn place<'a>(pk: &str, prefix: &str, cursor: &'a str) -> Result<&'a str> {
    let known = cursor.rsplit_once('~').filter(|(place, marked)| *marked == mark(pk, prefix, place));
    known.map(|(place, _)| place).ok_or_else(no_cursor)
}

/// What is no cursor of the list.
pub(super) fn no_cursor() -> Error {
    let message = "cursor: expected the `next` of the page before, of the same list";
    Error::new(ErrorKind::BadInput, "cursor", message)
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

/// Reads rows that `keep` keeps, and where to go on. A row that cannot be read is named.
pub(crate) async fn page<R: TypedRow>(
    world: &Ports,
    pk: &str,
    prefix: &str,
    request: &PageRequest,
    newest_first: bool,
    keep: impl Fn(&R) -> bool,
) -> Result<Page<R>> {
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    let mut looked_at = 0;
    let after = request.cursor.as_ref().map(|cursor| place(pk, prefix, cursor)).transpose()?;
    let mut from = after.map(|place| Key::new(pk, format!("{prefix}{place}")));
    loop {
        let rows = world.table.query(pk, prefix, from.as_ref(), request.size().max(100), newest_first).await?;
        for row in &rows.rows {
            looked_at += 1;
            found.extend(Unreadable::or(world, row, &mut unreadable).filter(&keep));
            if found.len() == request.size() || looked_at == MOST_LOOKED_AT {
                let next = row.key.sk.strip_prefix(prefix).map(|place| cursor(pk, prefix, place));
                return Ok(Page { rows: found, next, unreadable });
            }
        }
        match rows.next {
            Some(next) => from = Some(next),
            None => return Ok(Page { rows: found, next: None, unreadable }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_one_of_its_own_list_or_none() {
        let next = cursor("PRODUCTS", "", "MUG~12/BLUE");
        assert_eq!(place("PRODUCTS", "", &next).unwrap(), "MUG~12/BLUE");
        for wrong in ["zzz", "", "~", "MUG~12/BLUE", &next[1..], &format!("A{next}")] {
            let error = place("PRODUCTS", "", wrong).unwrap_err();
            assert!(error.kind == ErrorKind::BadInput && error.message.starts_with("cursor: "), "{wrong}");
        }
        assert!(place("PARKED", "", &next).is_err() && place("PRODUCTS", "A#", &next).is_err(), "another list");
    }
}
