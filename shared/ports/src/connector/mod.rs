//! A connected system as the engine sees it: what it is (`Descriptor`), how it is called, and what it can.
//!
//! A connector translates, and calls its system through `Call::http`. It owns no retry, no rate limit, no token storage and no
//! log: the engine's client does these once, for all. What it can is a capability, one file each: whoever cannot leaves it out, so
//! nobody has to answer "cannot" when it is asked.

mod acceptance;
mod account;
mod accounting;
mod answers;
mod billing;
mod descriptor;
mod fulfilment;
mod invoices;
mod jobs;
mod later;
mod listings;
mod locations;
mod notifications;
mod orders;
mod pacing;
mod prices;
mod returns;
mod stock;
mod tokens;
mod unreadable;
mod verified;
mod written;

pub use acceptance::{Acceptance, AcceptanceDescriptor};
pub use account::{Account, Call, REFUSE_SHORT, RESTOCK_UNTOLD};
pub use accounting::{
    Accounting, AccountingDescriptor, AccountingEntry, BookedEntry, BusinessDebtor, Chart, ChartQuestion, ChartVatCode,
    CreditedEntry, Debtor, EntryLine,
};
pub use answers::{Answers, NothingKept};
pub use billing::{Billing, BillingDescriptor, BuyerMail, KEEP_BUYER_DAYS};
pub use descriptor::Descriptor;
pub use fulfilment::{Cancels, Fulfilment, FulfilmentDescriptor, HeardReturns};
pub use invoices::{InvoiceNotice, InvoiceNoticePage, InvoiceSays, InvoiceUpload, Invoices, InvoicesDescriptor};
pub use jobs::Jobs;
pub use later::Later;
pub use listings::{ListingPage, Listings};
pub use locations::{LOCATION_SETTING, LocationWrite, Observed, Shown, locations};
pub use notifications::{
    Delivery, Notification, NotificationSource, Notifications, NotificationsDescriptor, SubscriptionState, SubscriptionWant,
    WebhookBody, WebhookKeys,
};
pub use orders::{DeletesOrders, OrderPage, OrderReads, Orders, OrdersDescriptor, OrdersFrom, Paging, RestocksOnCancel};
pub use pacing::{Lane, Pause};
pub use prices::{PriceWrite, Prices, PricesDescriptor};
pub use returns::{ReturnPage, Returns};
pub use stock::{ReadBack, StockDescriptor, StockLevels, StockSemantics, StockWrite};
pub use tokens::{Consent, Token, TokenKind, Tokens};
pub use unreadable::UnreadableItem;
pub use verified::Verified;
pub use written::{Acknowledged, Outcomes, each};

use crate::{Error, Request, Response, Result, VatNumbers};
use async_trait::async_trait;
use domain::ChannelId;

/// A connector.
#[async_trait]
pub trait Connector: Send + Sync {
    /// What the engine must not guess.
    fn descriptor(&self) -> &'static Descriptor;

    /// All that is wrong with an account as it is configured, each with its field and what is expected: found without a call, before any is made.
    fn check(&self, account: &Account) -> Vec<Error> {
        [account.restocks_untold().err(), account.refuses_short().err()].into_iter().flatten().collect()
    }

    /// Which of the system's limits a request counts against: each is held back alone. One name where there is one limit for all.
    fn bucket(&self, request: &Request) -> &'static str;

    /// What a request asks for, so that the same question is known to be the same when it is asked again: its method, its address without what
    /// signs it, and what it carries. Where the query says what is asked for, that belongs to it.
    fn question(&self, request: &Request) -> String {
        format!("{} {} {}", request.method(), request.uri().path(), String::from_utf8_lossy(request.body()))
    }

    /// Whether an answer, good or bad, asks to hold back further calls against the same limit (429, an emptied bucket), for how long, and
    /// whose: a limit that is used up to a half belongs to what must not wait.
    fn pause(&self, response: &Response) -> Option<Pause>;

    /// Whether the credentials work, whose account they are of, and which rights they lack.
    async fn verify(&self, call: &Call<'_>) -> Result<Verified>;

    /// Is called with a token that the credentials are exchanged for.
    fn tokens(&self) -> Option<&dyn Tokens> {
        None
    }

    /// Works on writes after it answered.
    fn jobs(&self) -> Option<&dyn Jobs> {
        None
    }

    /// Tells of orders.
    fn orders(&self) -> Option<&dyn Orders> {
        None
    }

    /// Waits for the merchant's word before an order may be sent.
    fn acceptance(&self) -> Option<&dyn Acceptance> {
        None
    }

    /// Tells who bought.
    fn billing(&self) -> Option<&dyn Billing> {
        None
    }

    /// Has offers of the merchant's products.
    fn listings(&self) -> Option<&dyn Listings> {
        None
    }

    /// Shows how many are to be had.
    fn stock(&self) -> Option<&dyn StockLevels> {
        None
    }

    /// Asks prices that can be set.
    fn prices(&self) -> Option<&dyn Prices> {
        None
    }

    /// Wants to hear what was done about an order.
    fn fulfilment(&self) -> Option<&dyn Fulfilment> {
        None
    }

    /// Takes invoices, and shows them to its customers.
    fn invoices(&self) -> Option<&dyn Invoices> {
        None
    }

    /// Keeps the merchant's books.
    fn accounting(&self) -> Option<&dyn Accounting> {
        None
    }

    /// Tells of returns that wait for a decision.
    fn returns(&self) -> Option<&dyn Returns> {
        None
    }

    /// Tells by itself when something changed.
    fn notifications(&self) -> Option<&dyn Notifications> {
        None
    }
}

/// All connectors of this build.
pub trait Connectors: Send + Sync {
    /// The connector of a sales channel or of another connected system.
    fn get(&self, channel: &ChannelId) -> Option<&dyn Connector>;

    /// All sales channels, in the order of registration.
    fn all(&self) -> Vec<&dyn Connector>;

    /// All connected systems that nothing is sold on, in the order of registration.
    fn back_office(&self) -> Vec<&dyn Connector> {
        Vec::new()
    }

    /// Who is asked for VAT numbers; `None`: nobody.
    fn vat_numbers(&self) -> Option<&dyn VatNumbers> {
        None
    }
}
