//! What a document refers to.

use crate::vat::VatNumber;
use crate::{ChannelId, ConnectionId, OrderNumber};
use jiff::{Timestamp, civil::Date};

/// The order, and the shipment of it, that the document is about.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderReference {
    /// The kind of channel.
    pub channel: ChannelId,
    /// The merchant's account there.
    pub connection: ConnectionId,
    /// The channel's id of the order.
    pub number: OrderNumber,
    /// The number that a person sees on the channel, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_number: Option<String>,
    /// When the customer ordered, UTC.
    pub placed_at: Timestamp,
    /// Our mark of the shipment. One invoice per shipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment: Option<String>,
    /// The channel's id of the shipment, where it takes invoices by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_shipment: Option<String>,
}

/// The invoice that a credit note corrects (Directive 2006/112/EC, art. 219: a specific and unambiguous reference).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credited {
    /// Its number.
    pub number: String,
    /// Its date of issue.
    pub issued_on: Date,
    /// Our mark of the refund or return behind it: the same one is credited once.
    pub refund: String,
    /// Why, for the buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// What VIES said about the buyer's number: evidence, kept as long as the document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViesConsultation {
    /// The number that was asked for.
    pub number: VatNumber,
    /// The seller's number that asked. Without it VIES gives no consultation number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<VatNumber>,
    /// When, UTC.
    pub at: Timestamp,
    /// Whether it is valid.
    pub is_valid: bool,
    /// The consultation number, which proves that it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consultation: Option<String>,
}
