//! What a channel refused, told once more: as it was, or a parcel with another carrier or tracking code.

use crate::CarrierId;

/// What is told once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// Mark of the parcel, cancellation or inspection.
    pub id: String,
    /// Who carries a parcel, and its tracking code, from now on; `None`: as before.
    pub label: Option<(Option<CarrierId>, Option<String>)>,
}

impl Again {
    /// As it was.
    pub fn as_it_was(id: impl Into<String>) -> Self {
        Self { id: id.into(), label: None }
    }
}

#[cfg(test)]
#[path = "again_tests.rs"]
mod tests;
