//! What Sluis needs of the world, as traits; and the one error that all of them answer with.
//!
//! `aws` implements these for the cloud, `infra/local` for one machine, `testkit` in memory with faults. The engine and the
//! channels know only what stands here, so the same code runs in all three.

mod channel;
mod clock;
mod error;
mod http_port;
mod messaging;
mod places;
mod public_address;
mod reach;
mod secret;
mod table;

pub use channel::{
    Account, Acknowledged, Acknowledgement, Call, Cancels, Channel, Channels, DeletesOrders, Delivery, Descriptor, Lane,
    ListingPage, Notice, OrderPage, OrderUpdates, OrdersFrom, Paging, Pause, PriceWrite, RESTOCK_UNTOLD, ReadBack,
    RestocksOnCancel, ReturnPage, StockSemantics, StockWrite, SubscriptionState, SubscriptionWant, Token, TokenKind, UnreadItem,
    WebhookBody, WebhookKeys,
};
pub use clock::{Clock, Ids};
pub use error::{Disposition, Error, ErrorKind, Result, Status};
pub use http_port::{Http, Request, Response};
pub use messaging::{Bus, MOST_MESSAGE_BYTES, OutgoingEvent, OutgoingMessage, Queue, QueueName};
pub use places::{Observed, PLACE_SETTING, PlaceWrite, Shown, places};
pub use reach::Reach;
pub use secret::{Secret, Secrets};
pub use table::{
    Condition, Key, MOST_ROW_BYTES, MOST_TRANSACTION_BYTES, MOST_WRITES, Page, Reason, Refused, Row, Table, Value, Write,
    too_large,
};
