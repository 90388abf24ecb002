//! The far side of a system that nothing is sold on. As `simulated_channel`, it is a plain state machine: it is given the time, answers bytes with bytes,
//! and never waits.

use crate::simulated_channel::Trouble;
use jiff::Timestamp;
use ports::{Request, Response, Secret};
use std::collections::BTreeMap;

/// How a simulated system is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Where it is served, as the connection's `base_url`, without a slash at the end.
    pub base_url: String,
    /// What a caller must present: the credentials of the connector's `Descriptor`, by name.
    pub credentials: BTreeMap<String, Secret>,
}

/// An entry as the system itself sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FarEntry {
    /// Its number there.
    pub number: String,
    /// The merchant's reference.
    pub reference: String,
    /// The code of the journal.
    pub journal: String,
    /// The name of whoever owes it.
    pub debtor: String,
    /// What it says.
    pub description: String,
    /// What it comes to, VAT included: digits.
    pub total: String,
    /// The VAT of it: digits.
    pub vat: String,
    /// The file beside it, if there is one.
    pub file_name: Option<String>,
    /// Whether that is a PDF.
    pub has_pdf: bool,
}

/// A simulated system of the back office.
pub trait SimulatedBackOffice: Send {
    /// Answers a request; `None`: no answer comes.
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response>;

    /// Entries in its books, the first first.
    fn entries(&self) -> Vec<FarEntry>;

    /// Names of its debtors.
    fn debtors(&self) -> Vec<String>;

    /// A fault to come.
    fn trouble(&mut self, trouble: Trouble);

    /// Nothing is booked on a day of this period any more, or is again.
    fn close_period(&mut self, closed: bool);

    /// Tokens that it gave, the first included.
    fn tokens_given(&self) -> usize;

    /// Requests that it refused and that count against the caller.
    fn mistakes(&self) -> usize;
}
