//! VAT of a line of goods: whose, at which rate, where it is declared, and why.
//!
//! `decide` takes what is known of a supply and gives a `VatTreatment` or a `Stop`. It stops rather than guesses: a wrong rate on an invoice is
//! a debt of the merchant's, a line that waits is a question that a person answers once.
//!
//! Source of the rules: Directive 2006/112/EC as it holds in November 2026, with the Dutch and Belgian acts where these choose; each rule
//! names its article. It is an engineer's reading, no advice; `docs/guides/vat.md` is the same for a merchant's accountant.

mod category;
mod class;
mod decide;
mod decision;
mod place;
mod rates;
mod seller;
mod supply;
mod territory;
mod vat_country;
mod vat_number;
mod vies;

pub use category::{Category, Exemption, Mention};
pub use class::ProductClass;
pub use decide::{DISTANCE_SALES_THRESHOLD, decide};
pub use decision::{
    Buyer, Decision, Deemed, Evidence, InvoiceObligation, Reason, Stop, VatReturn, VatTreatment, WhyDeemed, WhyDestination,
    WhyUnproven,
};
pub use place::{Place, Zone};
pub use rates::{ClassRate, RATES_CREDIT, RateKind, RateRow, Rates};
pub use seller::{Oss, Seller, SmallBusiness};
pub use supply::{AccountedBy, Customer, SoldOn, Supply, Threshold, Vies};
pub use territory::{Region, Territory};
pub use vat_country::VatCountry;
pub use vat_number::VatNumber;
pub use vies::{Silence, ViesAnswer, WhyUnknown};
