//! Bodies of webhooks, in the REST shape. Only what is used is read; names and addresses never enter.

use super::snapshot::{LineFacts, OrderFacts, Refunded};
use serde::Deserialize;

/// An order, whole.
#[derive(Debug, Deserialize)]
pub(super) struct Order {
    id: u64,
    name: String,
    created_at: String,
    updated_at: String,
    cancelled_at: Option<String>,
    closed_at: Option<String>,
    shipping_address: Option<Destination>,
    line_items: Vec<LineItem>,
    #[serde(default)]
    fulfillments: Vec<Fulfillment>,
    #[serde(default)]
    refunds: Vec<Refund>,
    /// Only whether there are any: what stands in them is documented nowhere.
    #[serde(default)]
    returns: Vec<serde::de::IgnoredAny>,
}

/// The figure of an inventory item at one location.
#[derive(Debug, Deserialize)]
pub(super) struct Level {
    pub(super) inventory_item_id: u64,
    /// `None`: it is not counted.
    pub(super) available: Option<i64>,
}

/// Where it goes: the country and nothing else.
#[derive(Debug, Deserialize)]
struct Destination {
    country_code: Option<String>,
}

#[derive(Debug, Deserialize)]
struct LineItem {
    id: u64,
    variant_id: Option<u64>,
    #[serde(default = "yes")]
    product_exists: bool,
    sku: Option<String>,
    name: String,
    #[serde(default = "yes")]
    requires_shipping: bool,
    #[serde(default)]
    gift_card: bool,
    quantity: i64,
    current_quantity: i64,
    price_set: Option<PriceSet>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
struct PriceSet {
    shop_money: ShopMoney,
}

#[derive(Debug, Deserialize)]
struct ShopMoney {
    amount: String,
    currency_code: String,
}

#[derive(Debug, Deserialize)]
struct Fulfillment {
    status: String,
    #[serde(default)]
    line_items: Vec<FulfilledLine>,
}

#[derive(Debug, Deserialize)]
struct FulfilledLine {
    id: u64,
    quantity: i64,
}

#[derive(Debug, Deserialize)]
struct Refund {
    #[serde(default)]
    refund_line_items: Vec<RefundedLine>,
}

#[derive(Debug, Deserialize)]
struct RefundedLine {
    line_item_id: u64,
    quantity: i64,
    restock_type: String,
}

/// A body that names its order: refunds, fulfilments.
#[derive(Debug, Deserialize)]
pub(super) struct AboutOrder {
    /// Which order.
    pub(super) order_id: u64,
}

/// The body of `orders/edited`.
#[derive(Debug, Deserialize)]
pub(super) struct Edited {
    /// The edit.
    pub(super) order_edit: AboutOrder,
}

impl Order {
    /// The facts it tells.
    pub(super) fn facts(self) -> OrderFacts {
        let mut facts = OrderFacts {
            number: self.id,
            name: self.name,
            created_at: self.created_at,
            updated_at: self.updated_at,
            cancelled: self.cancelled_at.is_some(),
            closed: self.closed_at.is_some(),
            ship_to: self.shipping_address.and_then(|to| to.country_code),
            unread_returns: !self.returns.is_empty(),
            lines: self.line_items.into_iter().map(LineItem::facts).collect(),
        };
        for sent in self.fulfillments.into_iter().filter(|f| f.status == "success").flat_map(|f| f.line_items) {
            if let Some(line) = facts.line_mut(sent.id) {
                line.shipped = line.shipped.saturating_add(sent.quantity);
            }
        }
        for refunded in self.refunds.into_iter().flat_map(|r| r.refund_line_items) {
            let how = match refunded.restock_type.as_str() {
                "cancel" => Refunded::BeforeSending,
                "return" => Refunded::Returned,
                _ => Refunded::Unclear,
            };
            if let Some(line) = facts.line_mut(refunded.line_item_id) {
                line.refund(refunded.quantity, how);
            }
        }
        facts
    }
}

impl LineItem {
    fn facts(self) -> LineFacts {
        LineFacts {
            id: self.id,
            // GraphQL tells no variant once it is deleted; REST goes on to tell its number.
            variant: self.variant_id.filter(|_| self.product_exists),
            sku: self.sku,
            title: self.name,
            unshipped: !self.requires_shipping,
            gift_card: self.gift_card,
            quantity: self.quantity,
            current: self.current_quantity,
            unit_price: self.price_set.map(|p| (p.shop_money.amount, p.shop_money.currency_code)),
            ..LineFacts::default()
        }
    }
}
