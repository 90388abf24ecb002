//! Which articles a connection is told about at all: a new connection only imports, until the merchant says otherwise.

use crate::Sku;
use std::collections::BTreeSet;

/// What a connection is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "publish")]
pub enum Publishing {
    /// Every article that is matched.
    #[default]
    All,
    /// These only: a pilot.
    Only {
        /// Which.
        skus: BTreeSet<Sku>,
    },
    /// None. Orders are taken in all the same.
    Nothing,
}

impl Publishing {
    /// Whether an article is told.
    pub fn includes(&self, sku: &Sku) -> bool {
        match self {
            Self::All => true,
            Self::Only { skus } => skus.contains(sku),
            Self::Nothing => false,
        }
    }
}
