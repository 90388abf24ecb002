//! Which products a connection is told about at all: a new connection only imports, until the merchant says otherwise.

use crate::Sku;
use std::collections::BTreeSet;

/// What a connection is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Publishing {
    /// Every product that is matched.
    #[default]
    All,
    /// These products only.
    Selected {
        /// Which.
        skus: BTreeSet<Sku>,
    },
    /// None. Orders are taken in all the same.
    None,
}

impl Publishing {
    /// Whether a product is told.
    pub fn includes(&self, sku: &Sku) -> bool {
        match self {
            Self::All => true,
            Self::Selected { skus } => skus.contains(sku),
            Self::None => false,
        }
    }
}
