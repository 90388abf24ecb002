//! Invoices and credit notes: from what an order shipped, or got back, to a numbered document that never changes.
//!
//! Whatever of an order invoices are made of leaves word in the order's own transaction (`due`). Whoever comes by reads the order, works out
//! which units have no document yet (`wanted`), makes contents of them (`prepare`, `credits`), and then, in one transaction for many orders,
//! takes the numbers, freezes the documents and locks the orders (`issue`). Whatever can fail, fails before there is a number; an order
//! that cannot be invoiced waits for a person, and nothing waits for it. The bytes are made afterwards (`store`): the same document is the
//! same bytes at any time. Then they are brought to where they are wanted (`delivery`).

mod accounting;
mod amounts;
mod check;
mod compare;
mod compose;
mod credits;
mod delivery;
mod due;
mod find;
mod gather;
mod issue;
mod parties;
mod prepare;
mod problem;
mod settings;
mod store;
mod sums_abroad;
mod taxed;
mod transaction;
mod vies;
mod wanted;

pub use accounting::{ask_for_accounting_check, check_accounting};
pub use check::{InvoicesChecked, check_invoices};
pub use delivery::{DeliveryReport, NoticesReport, deliver_again, deliver_documents, read_invoice_notices};
pub use due::look_again;
pub(crate) use due::rows as due_rows;
pub use find::{documents_of, find_document};
pub use issue::{IssueReport, issue_due, issue_invoices};
pub use settings::{check_invoice_settings, put_invoice_settings, put_vat_class};
pub(crate) use store::forms;
pub use store::{DocumentForm, archive_name, make_document, read_document, store_documents};
