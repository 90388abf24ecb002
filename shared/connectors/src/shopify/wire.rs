//! Bodies of webhooks, in the REST shape. Only what is used is read; names and addresses never enter.

use super::snapshot::{LineFacts, OrderFacts, Refunded, WHOLE_UNITS};
use super::terms::{TermsFacts, Told};
use crate::lenient::{self, Field, Items, Parts};
use domain::{Currency, FieldError, OfferId, OrderLineId, PossibleProducts, Sku, UnreadableLine};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// An order, whole.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Order {
    id: Field<u64>,
    name: Field<String>,
    created_at: Field<String>,
    updated_at: Field<String>,
    cancelled_at: Field<String>,
    closed_at: Field<String>,
    shipping_address: Field<Parts<Destination>>,
    line_items: Field<Items>,
    fulfillments: Field<Items>,
    refunds: Field<Items>,
    taxes_included: Field<bool>,
    financial_status: Field<String>,
    total_price_set: Field<Parts<PriceSet>>,
    total_tax_set: Field<Parts<PriceSet>>,
    total_shipping_price_set: Field<Parts<PriceSet>>,
    shipping_lines: Field<Items>,
    /// Only whether there are any: what stands in them is documented nowhere.
    returns: Field<Items>,
}

/// The figure of an inventory item at one location.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Level {
    pub(super) inventory_item_id: Field<u64>,
    /// Absent: it is not counted.
    pub(super) available: Field<i64>,
}

/// Where it goes: the country and nothing else.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Destination {
    country_code: Field<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LineItem {
    id: Field<u64>,
    variant_id: Field<u64>,
    product_exists: Field<bool>,
    sku: Field<String>,
    name: Field<String>,
    requires_shipping: Field<bool>,
    gift_card: Field<bool>,
    quantity: Field<i64>,
    current_quantity: Field<i64>,
    price_set: Field<Parts<PriceSet>>,
    discount_allocations: Field<Items>,
}

/// How an order is sent, as far as something is taken off what that costs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ShippingLine {
    discount_allocations: Field<Items>,
}

/// What of a discount is off one line.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Allocation {
    amount_set: Field<Parts<PriceSet>>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct PriceSet {
    shop_money: Field<Parts<ShopMoney>>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct ShopMoney {
    amount: Field<Decimal>,
    currency_code: Field<Currency>,
}

/// An amount in the shop's currency.
fn money(set: &Field<Parts<PriceSet>>) -> Told {
    let shop = match set {
        Field::Missing => return Told::default(),
        Field::Odd(shown) => return Told::odd(shown),
        Field::Read(set) => &set.0.shop_money,
    };
    match shop {
        Field::Missing => Told::default(),
        Field::Odd(shown) => Told::odd(shown),
        Field::Read(money) => Told { amount: money.0.amount.clone(), currency: money.0.currency_code.clone() },
    }
}

/// What is off a line.
fn allocations(list: &Field<Items>) -> Vec<Told> {
    match list {
        Field::Missing => Vec::new(),
        Field::Odd(shown) => vec![Told::odd(shown)],
        Field::Read(items) => {
            let each = |json: &RawValue| match lenient::one::<Allocation>(json) {
                Some(allocation) => money(&allocation.amount_set),
                None => Told::odd(&lenient::shown(json.get())),
            };
            items.0.iter().map(|json| each(json)).collect()
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fulfillment {
    status: Field<String>,
    line_items: Field<Items>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FulfilledLine {
    id: Field<u64>,
    quantity: Field<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refund {
    refund_line_items: Field<Items>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RefundedLine {
    line_item_id: Field<u64>,
    quantity: Field<i64>,
    restock_type: Field<String>,
}

/// A body that is no more than the number of an order.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    /// Which order.
    pub(super) id: Field<u64>,
}

/// A body that names its order: refunds, fulfilments.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct AboutOrder {
    /// Which order.
    pub(super) order_id: Field<u64>,
}

/// The body of `orders/edited`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Edited {
    /// The edit.
    pub(super) order_edit: Field<Parts<AboutOrder>>,
}

impl Order {
    /// Which order it is, and the mark of its state, if that can be read.
    pub(super) fn head(&self) -> Result<(u64, Option<&str>), FieldError> {
        Ok((*self.id.needed("id", "a number")?, self.updated_at.get().map(String::as_str)))
    }

    /// What it tells of amounts and payment.
    fn terms(&self) -> TermsFacts {
        let shipping = self.shipping_lines.get().into_iter().flat_map(Items::readable::<ShippingLine>);
        let unreadable_shipping = if let Field::Odd(shown) = &self.shipping_lines { Some(Told::odd(shown)) } else { None };
        TermsFacts {
            taxes_included: self.taxes_included.clone(),
            paid: paid(self.financial_status.text()),
            total: money(&self.total_price_set),
            tax: money(&self.total_tax_set),
            shipping: money(&self.total_shipping_price_set),
            off_shipping: shipping.flat_map(|line| allocations(&line.discount_allocations)).chain(unreadable_shipping).collect(),
        }
    }

    /// The facts it tells; `None`: something of them cannot be told apart, so the order is read by itself.
    pub(super) fn facts(self) -> Option<OrderFacts> {
        let lines = self.line_items.get()?;
        let mut facts = OrderFacts {
            number: *self.id.get()?,
            name: self.name.text().to_owned(),
            created_at: self.created_at.get()?.clone(),
            updated_at: self.updated_at.get()?.clone(),
            cancelled: is_set(&self.cancelled_at)?,
            closed: is_set(&self.closed_at)?,
            ship_to: self.shipping_address.get().and_then(|to| to.0.country_code.get().cloned()),
            terms: self.terms(),
            // A delivery without a word of them may be of an order that has some.
            unreadable_returns: self.returns.get().is_none_or(|all| !all.0.is_empty()),
            ..OrderFacts::default()
        };
        for json in &lines.0 {
            let line = lenient::one::<LineItem>(json).ok_or_else(|| Box::new(no_line(lenient::shown(json.get()))));
            match line.and_then(LineItem::facts) {
                Ok(line) => facts.lines.push(line),
                Err(odd) => facts.unreadable_lines.push(*odd),
            }
        }
        for sent in each::<Fulfillment>(&self.fulfillments)? {
            if sent.status.get()? != "success" {
                continue;
            }
            for line in each::<FulfilledLine>(&sent.line_items)? {
                let (id, units) = (*line.id.get()?, *line.quantity.get()?);
                if let Some(line) = facts.line_mut(id) {
                    line.shipped = line.shipped.saturating_add(units);
                }
            }
        }
        for refund in each::<Refund>(&self.refunds)? {
            for line in each::<RefundedLine>(&refund.refund_line_items)? {
                let (id, units) = (*line.line_item_id.get()?, *line.quantity.get()?);
                let how = match line.restock_type.get()?.as_str() {
                    "cancel" => Refunded::BeforeSending,
                    "return" => Refunded::Returned,
                    "no_restock" => Refunded::NotRestocked,
                    _ => Refunded::Unclear,
                };
                if let Some(line) = facts.line_mut(id) {
                    line.refund(units, how);
                }
            }
        }
        Some(facts)
    }
}

/// Every item of a list; `None`: there is one that is none.
fn each<T: DeserializeOwned>(list: &Field<Items>) -> Option<Vec<T>> {
    match list {
        Field::Missing => Some(Vec::new()),
        Field::Read(items) => items.0.iter().map(|json| lenient::one(json)).collect(),
        Field::Odd(_) => None,
    }
}

/// Whether a date is given; `None`: it says something that is no date.
fn is_set(date: &Field<String>) -> Option<bool> {
    match date {
        Field::Missing => Some(false),
        Field::Read(date) => date.parse::<jiff::Timestamp>().ok().map(|_| true),
        Field::Odd(_) => None,
    }
}

/// Whether an order is paid, by Shopify's word in small letters.
fn paid(status: &str) -> Option<bool> {
    match status {
        "paid" | "partially_refunded" | "refunded" => Some(true),
        "authorized" | "expired" | "partially_paid" | "pending" | "voided" => Some(false),
        _ => None,
    }
}

fn no_line(value: String) -> UnreadableLine {
    UnreadableLine {
        id: None,
        offer: None,
        sku: None,
        ean: None,
        title: String::new(),
        field_error: lenient::unreadable("line_items", value, "a line of an order"),
        may_be: PossibleProducts::Anything,
    }
}

impl LineItem {
    fn facts(self) -> Result<LineFacts, Box<UnreadableLine>> {
        let sku = self.sku.get().cloned();
        let variant = self.variant_id.given("variant_id", "a number").map(Option::<&u64>::copied);
        let odd = |problem: FieldError| {
            let sku = sku.as_deref().and_then(|text| Sku::new(text.trim()).ok());
            let is_named = variant.is_ok() || sku.is_some();
            Box::new(UnreadableLine {
                id: self.id.get().and_then(|id| OrderLineId::new(id.to_string()).ok()),
                offer: variant.as_ref().ok().copied().flatten().and_then(|id| OfferId::new(id.to_string()).ok()),
                sku,
                title: self.name.text().to_owned(),
                field_error: problem,
                may_be: if is_named { PossibleProducts::Named } else { PossibleProducts::Anything },
                ..no_line(String::new())
            })
        };
        let quantity = *self.quantity.needed("quantity", WHOLE_UNITS).map_err(odd)?;
        let current = *self.current_quantity.needed("current_quantity", WHOLE_UNITS).map_err(odd)?;
        let id = *self.id.needed("id", "a number").map_err(odd)?;
        let exists = *self.product_exists.given("product_exists", "true or false").map_err(odd)?.unwrap_or(&true);
        let variant = variant.clone().map_err(odd)?;
        Ok(LineFacts {
            id,
            // GraphQL tells no variant once it is deleted; REST goes on to tell its number.
            variant: variant.filter(|_| exists),
            sku,
            title: self.name.text().to_owned(),
            // What does not say so is goods.
            unshipped: self.requires_shipping.get() == Some(&false),
            gift_card: self.gift_card.get() == Some(&true),
            quantity,
            current,
            unit_price: money(&self.price_set),
            discounts: allocations(&self.discount_allocations),
            ..LineFacts::default()
        })
    }
}
