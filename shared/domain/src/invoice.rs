//! Invoices and credit notes: their sums, their numbers, and the document that is frozen and never changed again.
//!
//! The order in which one comes about: `vat::decide` for every line, the `Content` of a `ShipmentToInvoice` (or a `credit_note`), a look that it has
//! no `flaws`, and only then
//! `SeriesState::take`. Whatever fails, fails before there is a number. Laws are named where they are followed.

mod by_rate;
mod cents;
mod compose;
mod credit;
mod document;
mod euro;
mod flaw;
mod line;
mod number;
mod party;
mod reference;
mod sale;
mod series;
mod series_check;
#[cfg(test)]
mod tests;

pub use by_rate::{ByRate, Part, PartSum, RateSum, by_rate};
pub use compose::{GoodsLine, ShipmentToInvoice, credit_note};
pub use credit::{CreditCharge, CreditLine, CreditRefused, CreditSums, Refund, credit};
pub use document::{Content, Document, DocumentKind, EuroVat, PriceBasis, Totals, VatTotal};
pub use euro::vat_in_euro;
pub use flaw::DocumentFlaw;
pub use line::{Charge, ChargeKind, Line, Payment, PaymentKind, Taxed};
pub use number::{NextNumber, NumberFormat, NumberRefused, SeriesState, date_in_amsterdam};
pub use party::{Address, Buyer, Delivery, Seller, SellerRegistration};
pub use reference::{Credited, OrderReference, ViesConsultation};
pub use sale::{ChargeSum, Discount, LineSum, Sale, SaleCharge, SaleLine, SaleSums, Sold, SumsRefused, net_line};
pub use series::{LegalEntityId, Series};
pub use series_check::{IssuedNumber, SeriesFlaw, check_series};
