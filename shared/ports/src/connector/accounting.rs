//! Bookkeeping: issued invoices and credit notes become entries in a journal, with the document beside them.

use super::Call;
use crate::Result;
use async_trait::async_trait;
use bytes::Bytes;
use domain::Currency;
use domain::invoice::Address;
use domain::vat::VatNumber;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::fmt;

/// What the engine must not guess about an accounting system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountingDescriptor {
    /// The largest file that it keeps beside an entry.
    pub most_bytes: usize,
}

/// An invoice or credit note to be booked. Amounts are in `currency`; those of a credit note are below zero.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountingEntry {
    /// The number that stands on the document: by it the entry is found again.
    pub reference: String,
    /// The invoice that it credits; on credit notes, and only there.
    pub credits: Option<CreditedEntry>,
    /// The date of issue, in Europe/Amsterdam.
    pub issued_on: Date,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The code of the journal.
    pub journal: String,
    /// Who owes it.
    pub debtor: Debtor,
    /// What it is made of: one for each ledger account and VAT code.
    pub lines: Vec<EntryLine>,
    /// What the document is called as a file.
    pub file_name: String,
    /// The document.
    pub pdf: Bytes,
    /// It was begun before, and parts of it may be there: they are looked for before they are made.
    pub begun_before: bool,
}

impl AccountingEntry {
    /// What the buyer owes for it, VAT included.
    pub fn total(&self) -> Decimal {
        self.lines.iter().map(|line| line.net + line.vat).sum()
    }
}

/// Its `Debug` shows no debtor and no document: they name the buyer.
impl fmt::Debug for AccountingEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reference, credits, journal, lines, .. } = self;
        f.debug_struct("AccountingEntry")
            .field("reference", reference)
            .field("credits", credits)
            .field("journal", journal)
            .field("lines", lines)
            .finish_non_exhaustive()
    }
}

/// The invoice that a credit note belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditedEntry {
    /// The number that stands on it.
    pub reference: String,
    /// The number of its entry, where it is known.
    pub entry: Option<String>,
}

/// Who owes an entry.
#[derive(Clone, PartialEq, Eq)]
pub enum Debtor {
    /// All consumers of a kind together: an account of this code, which is there. Nothing of the buyer leaves.
    Collective {
        /// The account's code.
        code: String,
    },
    /// A business, by its VAT number: an account of its own, which is opened where there is none.
    Business(Box<BusinessDebtor>),
}

/// A business that buys.
#[derive(Clone, PartialEq, Eq)]
pub struct BusinessDebtor {
    /// Its name.
    pub name: String,
    /// Its VAT number, with the letters of its state: by it the account is found again.
    pub vat_number: VatNumber,
    /// Its address.
    pub address: Address,
}

/// A line of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryLine {
    /// What it is, for people.
    pub text: String,
    /// The code of the ledger account.
    pub ledger: String,
    /// The VAT code.
    pub vat_code: String,
    /// At which rate it is taxed, in percent. A code of another rate is refused before anything is written.
    pub rate: Decimal,
    /// Without VAT.
    pub net: Decimal,
    /// The VAT, to the cent as it stands on the document, whatever the system would reckon.
    pub vat: Decimal,
}

/// An entry that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedEntry {
    /// Its number, as bookkeepers see it.
    pub number: String,
}

/// What of the administration is asked for by its code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChartQuestion {
    /// Ledger accounts.
    pub ledgers: Vec<String>,
    /// Collective debtors.
    pub debtors: Vec<String>,
}

/// The administration, as far as booking needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    /// The company, in its own words.
    pub company: String,
    /// Codes of the journals that sales can be booked in.
    pub journals: Vec<String>,
    /// VAT codes that are in use.
    pub vat_codes: Vec<ChartVatCode>,
    /// Of the ledger accounts that were asked for, those that are there.
    pub ledgers: Vec<String>,
    /// Of the debtors that were asked for, those that are there.
    pub debtors: Vec<String>,
}

/// A VAT code of the administration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartVatCode {
    /// The code.
    pub code: String,
    /// Its rate, in percent.
    pub rate: Decimal,
}

/// Keeps the merchant's books.
#[async_trait]
pub trait Accounting: Send + Sync {
    /// What it takes.
    fn descriptor(&self) -> &'static AccountingDescriptor;

    /// Reads what the merchant's settings are held against.
    async fn chart(&self, call: &Call<'_>, question: &ChartQuestion) -> Result<Chart>;

    /// Books an entry and puts the document beside it. `Declined` and `BadInput`, in the system's own words, where it will never take it as it is.
    async fn book(&self, call: &Call<'_>, entry: &AccountingEntry) -> Result<BookedEntry>;

    /// The entry of this reference, if it is there: asked after an attempt whose outcome is unknown. `Declined`: it is there with other amounts.
    async fn find(&self, call: &Call<'_>, entry: &AccountingEntry) -> Result<Option<BookedEntry>>;
}
