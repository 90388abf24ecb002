//! The accounting system: what documents are booked by, and what the last look at it found.

use super::Unreadable;
use crate::Ports;
use crate::readable::wanted;
use crate::rows::{AccountingCheckRow, AccountingSettings, CollectiveDebtor, Declared, InvoiceSettingsRow};
use domain::{ChannelId, ConnectionId};
use jiff::Timestamp;
use ports::Result;
use rust_decimal::Decimal;

/// Where documents are booked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct AccountingView {
    /// The accounting system; none: documents are booked nowhere.
    pub accounting: Option<AccountingSystem>,
    /// What the last look at it found; none: it was not looked at yet.
    pub check: Option<AccountingCheck>,
    /// Rows that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// The accounting system, and by which codes documents are booked there, as `sluis.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct AccountingSystem {
    /// The merchant's name for it.
    pub id: ConnectionId,
    /// Which system: `exactonline`.
    pub system: ChannelId,
    /// The journal of invoices.
    pub sales_journal: String,
    /// The journal of credit notes.
    pub credit_journal: String,
    /// The ledger account of goods.
    pub ledger: String,
    /// The ledger account of shipping and other charges; none: that of the goods.
    pub charges_ledger: Option<String>,
    /// The collective debtor of consumers.
    pub debtor: String,
    /// Collective debtors of single connections or countries.
    pub collective_debtors: Vec<CollectiveDebtor>,
    /// The VAT codes.
    pub vat_codes: Vec<AccountingVatCode>,
}

/// The VAT code of what is taxed like this.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct AccountingVatCode {
    /// Whose VAT: `NL`.
    pub country: String,
    /// Percent, as text: `21`.
    #[schemars(with = "String")]
    pub rate: Decimal,
    /// Where it is declared.
    pub declared: Declared,
    /// The code in the administration.
    pub code: String,
    /// The ledger account of goods that are taxed like this; none: the usual one.
    pub ledger: Option<String>,
}

/// What a look at the administration found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct AccountingCheck {
    /// When, UTC; none: it was only asked for.
    #[schemars(with = "Option<String>")]
    pub checked_at: Option<Timestamp>,
    /// When somebody asked for the next, UTC; none: nobody did, or it was done.
    #[schemars(with = "Option<String>")]
    pub asked_at: Option<Timestamp>,
    /// The company, in the system's own words.
    pub company: Option<String>,
    /// What of the settings does not fit, each with what is there instead. None: all of it fits.
    pub problems: Vec<String>,
    /// Why it could not be looked at.
    pub error: Option<String>,
}

/// Where documents are booked.
pub async fn accounting(world: &Ports) -> Result<AccountingView> {
    let mut unreadable = Vec::new();
    let settings = wanted::<InvoiceSettingsRow>(world, &InvoiceSettingsRow::key(), &mut unreadable).await?.read();
    let check = wanted::<AccountingCheckRow>(world, &AccountingCheckRow::key(), &mut unreadable).await?.read();
    let accounting = settings.and_then(|settings| settings.accounting);
    let check = check.filter(|_| accounting.is_some()).map(looked);
    Ok(AccountingView { accounting: accounting.map(system), check, unreadable })
}

fn looked(row: AccountingCheckRow) -> AccountingCheck {
    let AccountingCheckRow { asked_at, checked_at, company, problems, error, .. } = row;
    AccountingCheck {
        checked_at,
        asked_at: asked_at.filter(|asked| checked_at.is_none_or(|at| *asked > at)),
        company,
        problems,
        error,
    }
}

fn system(set: AccountingSettings) -> AccountingSystem {
    let codes = set.vat_codes.into_iter().map(|one| AccountingVatCode {
        country: one.country.code().to_owned(),
        rate: one.rate,
        declared: one.declared,
        code: one.code,
        ledger: one.ledger,
    });
    AccountingSystem {
        id: set.connection,
        system: set.system,
        sales_journal: set.sales_journal,
        credit_journal: set.credit_journal,
        ledger: set.ledger,
        charges_ledger: set.charges_ledger,
        debtor: set.debtor,
        collective_debtors: set.debtors,
        vat_codes: codes.collect(),
    }
}
