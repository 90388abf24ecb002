//! Rows of a product that cannot be read.

use crate::publish::stock::Seen;
use crate::readable::Unreadable;

impl Unreadable {
    /// Those of a product.
    pub(crate) fn of_product(seen: &Seen) -> Vec<Self> {
        seen.lost.iter().map(|(key, problem)| Self::row(key, problem.clone())).collect()
    }
}
