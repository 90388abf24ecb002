//! How things lie in the table. Each file knows one kind of row: its key, and the way there and back.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `SETTINGS` | `STOCK` | how stock is published, over all connections |
//! | `SETTINGS` | `ATTENTION` | when people are told that a connection fails |
//! | `CONNECTIONS` | connection | a connection's configuration |
//! | `TOKEN#c` | `TOKEN` | the token all functions share |
//! | `CONNECTION#c` | `CURSOR`, `CIRCUIT`, `KEYS`, `SUBSCRIPTION`, `HEALTH` | its state |
//! | `CONNECTION#c` | `OFFER#offer` | which product an item on the channel is |
//! | `CONNECTION#c` | `REFERENCE#stock reference` | which item stock calls name so |
//! | `CONNECTION#c` | `PRICE#sku` | what a product costs there, and what the channel was told |
//! | `CONNECTION#c` | `PRICE_DUE#time#sku` | that a price must be told then |
//! | `CONNECTION#c` | `STOCK_TURN`, `PRICE_TURN`, `ORDERS_TURN` | when a channel that is called at intervals was called last |
//! | `CONNECTION#c` | `STOCK_DUE#sku` | that a product waits for the next write of figures |
//! | `CONNECTION#c` | `UNMATCHED#number` | that an order has lines no product is known for |
//! | `CONNECTION#c` | `NOTED#list#item#field` | that a problem of an item was named, and where |
//! | `CONNECTION#c` | `RECONCILE`, `RECONCILE_SEEN#n` | how far reconciliation has come, and what its last run found |
//! | `RECONCILE` | `BOOKS` | the same, of our own books |
//! | `DRIFT` | kind, connection, name | a difference that was found, and how it stands |
//! | `CATALOGUE` | sku | a product |
//! | `EAN#ean` | sku | products by EAN |
//! | `SKU#sku` | `STOCK#location` | the figure |
//! | `SKU#sku` | `LISTING#connection#offer` | what a channel was told of it |
//! | `SKU#sku` | `BUNDLE` | what the bundle consists of |
//! | `SKU#sku` | `PART_OF#bundle` | that it is part of a bundle |
//! | `SKU#sku` | `RULE#`, `RULE#connection` | what differs for it from the connections' rules |
//! | `SKU#sku` | `SHORT` | units promised that nothing covers |
//! | `SKU#sku` | `DOUBT#connection#number` | that an order has a line which cannot be read and may be of it |
//! | `SKU#sku` | `SHARES` | in quota mode: which listing may sell how many |
//! | `LEDGER#sku` | time, location, commit | every movement |
//! | `MOVED#sku` | mark | that a movement of a file was made under a mark of whoever sent it |
//! | `REQUEST#mark` | `MOVED` | the same of a request, whatever its product |
//! | `JOURNAL#date` | time, commit | every commit with its orders, newest days kept |
//! | `ORDER#connection#number` | `ORDER` | an order |
//! | `ORDER#connection#number` | `LINES#n` | some of its lines, if it has very many |
//! | `ORDER#connection#number` | `ASIDE` | that it was parked or is not ours to take in |
//! | `ORDER#connection#number` | `ASKED` | whether the channel has it, where that was asked |
//! | `ORDER#connection#number` | `DOCUMENTS` | which invoices and credit notes it has |
//! | `INVOICES_DUE` | connection, number | that an order must be looked at for a document |
//! | `INVOICE_SERIES` | entity, kind, year | the next number of a series |
//! | `INVOICES#entity#kind#year` | number | an issued document |
//! | `INVOICES_TO_STORE` | series, number | that a document's bytes are not kept yet |
//! | `INVOICE_DELIVERIES#entity#kind#year` | number, destination | how far a document came to a place that wants it |
//! | `INVOICE_DELIVERIES#entity#kind#year#kept` | number | by what its kept bytes are known |
//! | `INVOICE_DELIVERIES_OPEN` | series, number, destination | that it is on its way there |
//! | `INVOICE_SERIES_CHECKED` | series | how far a series was looked through |
//! | `ACCOUNTING` | `CHECK` | whether the settings of the accounting system fit what is there |
//! | `SALES_ABROAD` | entity, year | what counts for the threshold of distance sales |
//! | `VIES` | fingerprint of two VAT numbers | what VIES said of the first when it was asked under the second |
//! | `SKU#sku` | `VAT_CLASS` | as what it is taxed, if not at the standard rate |
//! | `SETTINGS` | `INVOICES` | who issues invoices, and under which numbers |
//! | `OUTBOX` | connection, mark, number | what a channel must still be told about an order |
//! | `ATTENTION` | `CALLED` | when people were last called to what needs them |
//! | `ORDERS` | time taken in, connection, number | an order as lists show it |
//! | `ORDERS#stage` | promise, time taken in, connection, number | the same, among those of its stage |
//! | `FIND#beginning` | term, time, connection, number | leads from a number, SKU or tracking code to an order |
//! | `CATALOGUE_INDEX` | sku | by what a product is found |
//! | `FIND_PRODUCT#beginning` | term, sku | leads from a word or code to a product |
//! | `INDEX` | `STATE`, `CATALOGUE` | how far the index is; when the catalogue was changed last |
//! | `USERS` | name | who may sign in on one machine, and as what |
//! | `MACHINE_TOKENS` | name | by which a program of the merchant's asks |
//! | `SESSION#hash` | `SESSION` | that somebody is signed in |
//! | `SIGN_INS#hash` | `FAILED` | attempts to sign in that failed of late |
//! | `PARKED` | id of the problem | what a person must see |
//! | `PARKED_BODY` | id of the problem | the thing itself, until it is erased |

mod access;
mod accounting;
mod applied;
mod asked_for;
mod attention;
mod bundle;
mod buyer;
mod connection;
mod credentials_check;
mod drift;
mod excluded_order;
mod flow;
mod health;
mod index_state;
mod invoice;
mod invoice_delivery;
mod invoice_due;
mod invoice_settings;
mod journal;
mod kept_document;
mod ledger;
mod listed_order;
mod listing;
mod machine_token;
mod matching;
mod moved;
mod named_problem;
mod order;
mod order_products;
mod outbox;
mod parked;
mod pending_write;
mod price;
mod product;
mod product_index;
mod reconcile;
mod rollout;
mod rule;
mod sales_abroad;
mod schema;
mod series;
mod session;
mod settings;
mod settled;
mod shares;
mod short;
mod sign_ins;
mod state;
mod stock;
mod turn;
mod undecided;
mod unmatched;
mod unreadable_line;
mod user;
mod vies;

pub(crate) use access::lost;
pub use accounting::{AccountingCheckRow, AccountingSettings, CollectiveDebtor, Declared, MappedVatCode};
pub use applied::AppliedRow;
pub use asked_for::AskedForRow;
pub use attention::AttentionRow;
pub use bundle::{BundleRow, PartOfRow};
pub use buyer::{BuyerRow, KeptBuyer};
pub use connection::ConnectionRow;
pub(crate) use credentials_check::in_a_word;
pub use credentials_check::{CheckOutcome, CredentialsCheck};
pub use drift::{DriftRow, DriftSubject};
pub use excluded_order::{ExcludedOrderRow, ExclusionReason};
pub(crate) use flow::flow_parts;
pub use health::HealthRow;
pub(crate) use health::ToTell;
pub use index_state::{CatalogueChangedRow, CatalogueWalk, INDEX_SHAPE, IndexStateRow, Rebuild, RebuildStep};
pub use invoice::{DocumentRow, IssuedAs, OrderDocument, OrderDocumentsRow, ToStoreRow};
pub use invoice_delivery::{InvoiceDeliveryRow, InvoiceDestination, OpenDeliveryRow};
pub use invoice_due::{InvoiceDueRow, InvoiceProblem};
pub use invoice_settings::{
    ConnectionInvoices, InvoiceLook, InvoicePer, InvoiceSettingsRow, InvoiceWhen, LegalEntity, MailedDocuments, NegativeFees,
    OwnNumbers, SeriesStart, SoldThere, Unanswered, UploadedInvoices, ViesSettings,
};
pub use journal::{JournalEntry, JournalOrder, JournalRow};
pub use kept_document::KeptDocumentRow;
pub use ledger::{LedgerCause, LedgerRow, OrderStockAction};
pub(crate) use listed_order::signed;
pub use listed_order::{IndexedOrderRow, ListedOrder, OrderStageRow, OrderTermRow};
pub use listing::ListingRow;
pub use machine_token::MachineTokenRow;
pub use matching::MatchingRow;
pub use moved::{MarkOf, MovedRow, StockChange};
pub use named_problem::NotedRow;
pub use order::OrderRow;
pub(crate) use order_products::{products_ever_of, products_of};
pub use outbox::OutboxRow;
pub use parked::{Dismissal, OrderQuestion, ParkedBodyRow, ParkedRow, Subject};
pub use pending_write::{PendingPrice, PendingPrices, PendingWrite};
pub use price::{PriceDueRow, PriceRow};
pub use product::{EanRow, OfferRow, ProductRow, ReferenceRow};
pub use product_index::{IndexedProductRow, ProductTermRow};
pub use reconcile::{AskedOrder, BooksRow, BooksState, DriftCounts, EndedRun, Phase, ReconcileRow, ReconcileState, SeenRow};
pub use rollout::RolloutRow;
pub use rule::RuleRow;
pub use sales_abroad::{SalesAbroadRow, VatClassRow};
pub use schema::SchemaRow;
pub(crate) use series::name as series_name;
pub use series::{SeriesCheckRow, SeriesRow};
pub use session::SessionRow;
pub use settings::{AttentionSettingsRow, MerchantRow, StockSettingsRow};
pub use settled::Products;
pub(crate) use settled::settled_for;
pub use shares::SharesRow;
pub use short::ShortRow;
pub use sign_ins::SignInsRow;
pub use state::{CircuitRow, CursorRow, FenceRow, KeysRow, PendingOrder, Reread, SubscriptionRow, TokenRow};
pub use stock::StockRow;
pub use turn::{AtIntervals, StockDueRow, TurnRow};
pub use undecided::UndecidedRow;
pub use unmatched::UnmatchedRow;
pub use unreadable_line::UnreadableLineRow;
pub use user::UserRow;
pub use vies::ViesRow;

/// How documents look and speak: as rows of settings hold it.
pub use documents::{Language, MailSender, Shows, Texts};

use jiff::Timestamp;
use ports::{Error, ErrorKind, Key, Result, Row};

/// A row of one kind.
pub trait TypedRow: Sized {
    /// As it lies in the table.
    fn to_row(&self) -> Row;

    /// Back from the table.
    fn from_row(row: &Row) -> Result<Self>;

    /// As it is to be believed at `now`: an instant in it may have been written by a clock that was ahead (`domain::noted`).
    #[must_use]
    fn believed_at(self, _now: Timestamp) -> Self {
        self
    }
}

/// Instants as text that sorts like time: always nine digits after the point.
pub(crate) fn sortable(at: Timestamp) -> String {
    format!("{at:.9}")
}

const READING: &str = "read a row";

/// Whether it says of a row that it cannot be read. Such a row does not mend itself, so people are told which; a key holds nothing about a buyer.
pub fn is_unreadable_row(error: &Error) -> bool {
    error.operation == READING
}

pub(crate) fn broken(key: &Key, what: &str) -> Error {
    Error::new(ErrorKind::Bug, READING, format!("row {} / {} cannot be read: {what}", key.pk, key.sk))
}

pub(crate) fn text<'a>(row: &'a Row, name: &str) -> Result<&'a str> {
    row.get_text(name).ok_or_else(|| broken(&row.key, &format!("text `{name}` is missing")))
}

pub(crate) fn number(row: &Row, name: &str) -> Result<i64> {
    row.get_number(name).ok_or_else(|| broken(&row.key, &format!("number `{name}` is missing")))
}

pub(crate) fn instant(row: &Row, name: &str) -> Result<Option<Timestamp>> {
    row.get_text(name).map(|t| t.parse().map_err(|_| broken(&row.key, &format!("`{name}` is no instant")))).transpose()
}

/// What a row of this kind always has.
pub(crate) fn given<T>(row: &Row, name: &str, read: impl Fn(&Row, &str) -> Result<Option<T>>) -> Result<T> {
    read(row, name)?.ok_or_else(|| broken(&row.key, &format!("`{name}` is missing")))
}

/// Milliseconds since 1970, for instants that conditions compare.
pub(crate) fn millis(row: &Row, name: &str) -> Result<Option<Timestamp>> {
    row.get_number(name)
        .map(|ms| Timestamp::from_millisecond(ms).map_err(|_| broken(&row.key, &format!("`{name}` is no instant"))))
        .transpose()
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(row: &Row, name: &str) -> Result<T> {
    serde_json::from_str(text(row, name)?)
        .map_err(|e| broken(&row.key, &format!("`{name}`: line {} column {}", e.line(), e.column())))
}

pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    // Rows are made of strings, integers and lists of those, which always encode.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sortable_instants_sort_like_time() {
        let earlier: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-11-21T10:00:00.5Z".parse().unwrap();
        assert!(sortable(earlier) < sortable(later));
    }
}
