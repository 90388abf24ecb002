//! What Sluis needs of the world, as traits; and the one error that all of them answer with.
//!
//! `aws` implements these for the cloud, `infra/local` for one machine, `testkit` in memory with faults. The engine and the
//! channels know only what stands here, so the same code runs in all three.

mod archive;
mod clock;
mod connector;
mod error;
mod http_port;
mod mail;
mod messaging;
mod notification_queue;
mod public_address;
mod reach;
mod secret;
mod table;
mod vat_numbers;

pub use archive::Documents;
pub use clock::{Clock, Ids};
pub use connector::{
    Acceptance, AcceptanceDescriptor, Account, Accounting, AccountingDescriptor, AccountingEntry, Acknowledged, Answers, Billing,
    BillingDescriptor, BookedEntry, BusinessDebtor, BuyerMail, Call, Cancels, Chart, ChartQuestion, ChartVatCode, Connector,
    Connectors, Consent, CreditedEntry, Debtor, DeletesOrders, Delivery, Descriptor, EntryLine, Fulfilment, FulfilmentDescriptor,
    HeardReturns, InvoiceNotice, InvoiceNoticePage, InvoiceSays, InvoiceUpload, Invoices, InvoicesDescriptor, Jobs,
    KEEP_BUYER_DAYS, LOCATION_SETTING, Lane, Later, ListingPage, Listings, LocationWrite, NothingKept, Notification,
    NotificationSource, Notifications, NotificationsDescriptor, Observed, OrderPage, OrderReads, Orders, OrdersDescriptor,
    OrdersFrom, Outcomes, Paging, Pause, PriceWrite, Prices, PricesDescriptor, REFUSE_SHORT, RESTOCK_UNTOLD, ReadBack,
    RestocksOnCancel, ReturnPage, Returns, Shown, StockDescriptor, StockLevels, StockSemantics, StockWrite, SubscriptionState,
    SubscriptionWant, Token, TokenKind, Tokens, UnreadableItem, Verified, WebhookBody, WebhookKeys, each, locations,
};
pub use error::{Disposition, Error, ErrorKind, Result, Status};
pub use http_port::{Http, Patience, Request, Response};
pub use mail::{Mail, Mailer};
pub use messaging::{Bus, MOST_MESSAGE_BYTES, OutgoingEvent, OutgoingMessage, Queue, QueueName};
pub use notification_queue::{NotificationQueue, QueuedNotification};
pub use reach::Reach;
pub use secret::{Secret, Secrets};
pub use table::{
    Condition, Key, MOST_ROW_BYTES, MOST_TRANSACTION_BYTES, MOST_WRITES, Page, Reason, Refused, Row, Table, Value, Write,
    too_large,
};
pub use vat_numbers::VatNumbers;
