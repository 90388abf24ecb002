//! Stock and the products it is of: the one function that writes figures, and what changes them besides orders.

pub(crate) mod adjust;
mod bundle;
pub(crate) mod commit;
mod location;
mod product;
mod transfer;

pub use adjust::{Correction, correct_stock, correct_stock_once};
pub use bundle::put_bundle;
pub(crate) use location::check_location;
pub use product::{Opening, put_product};
pub use transfer::{Transfer, transfer_stock, transfer_stock_once};
