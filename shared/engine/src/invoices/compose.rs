//! What an invoice says: the content of a parcel, or that somebody else accounts for it.

use super::amounts::{amount, beside, cents, currency, of_line};
use super::compare::compare;
use super::gather::Facts;
use super::parties::{buyer, customer, delivery, language, seller};
use super::problem::{Done, refuse};
use super::taxed::{Supplied, ship_from, verdict};
use super::vies::Heard;
use super::wanted::Parcel;
use crate::rows::{InvoiceWhen, NegativeFees, SoldThere};
use documents::Language;
use domain::invoice::{
    ChargeKind, Content, DocumentKind, GoodsLine, OrderReference, Payment, PaymentKind, PriceBasis, ShipmentToInvoice, Sold,
    date_in_amsterdam,
};
use domain::vat::{Decision, ProductClass, Threshold, VatTreatment};
use domain::{Currency, OrderBuyer, OrderEventDetails, Quantity, Sku, SnapshotLine};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What a parcel's invoice comes to.
pub(crate) enum Composed {
    /// The seller issues it.
    Content(Box<Content>),
    /// A marketplace accounts for the VAT and invoices the buyer: the seller must issue nothing. What the buyer paid.
    ByMarketplace(Decimal),
}

/// When the goods of a parcel left, in Europe/Amsterdam; where it is invoiced before, when it was ordered or paid.
fn supplied_on(facts: &Facts<'_>, parcel: &Parcel, when: InvoiceWhen) -> Date {
    let (order, since) = (&facts.order, facts.due.since);
    let sent: Quantity = order.snapshot.lines.iter().map(|line| line.shipped).sum();
    let entered = |details: &OrderEventDetails| matches!(details, OrderEventDetails::Shipment { id } if *id == parcel.mark);
    let told = |details: &OrderEventDetails| matches!(details, OrderEventDetails::Channel { shipped, .. } if *shipped == sent && !sent.is_zero());
    let first =
        |is: &dyn Fn(&OrderEventDetails) -> bool| order.history.iter().find(|event| is(&event.details)).map(|event| event.at);
    let at: Option<Timestamp> = match when {
        InvoiceWhen::Shipped if parcel.is_entered => first(&entered),
        InvoiceWhen::Shipped => first(&told),
        InvoiceWhen::Paid => order.snapshot.terms.paid_at,
        InvoiceWhen::Ordered => Some(order.snapshot.placed_at),
    };
    date_in_amsterdam(at.unwrap_or(since).min(since))
}

/// What costs are called for the buyer.
fn charge_text(kind: ChargeKind, language: Language) -> &'static str {
    match (kind, language) {
        (ChargeKind::Shipping, Language::Nl) => "Verzendkosten",
        (ChargeKind::Shipping, Language::En) => "Shipping",
        (ChargeKind::Shipping, Language::De) => "Versandkosten",
        (ChargeKind::Shipping, Language::Fr) => "Frais de livraison",
        (_, Language::Nl) => "Overige kosten",
        (_, Language::En) => "Other costs",
        (_, Language::De) => "Weitere Kosten",
        (_, Language::Fr) => "Autres frais",
    }
}

/// The content of a parcel's invoice. Everything that can be wrong with it is found here. `earlier`: what the parcels before it come to that are invoiced
/// at the same look. `heard`: what VIES said of the buyer.
pub(crate) fn compose(
    facts: &Facts<'_>,
    parcel: &Parcel,
    told: &OrderBuyer,
    classes: &BTreeMap<Sku, ProductClass>,
    threshold: Option<Threshold>,
    earlier: Decimal,
    heard: &Heard,
) -> Done<Composed> {
    let (order, terms, entity) = (&facts.order, facts.terms()?, facts.entity()?);
    let unread = order.undecided().count();
    if unread > 0 {
        let message = "lines of the order cannot be read, so nobody knows what it comes to; decide about them first";
        return refuse("lines_unread", &[("lines", &unread.to_string())], message);
    }
    let currency = currency(order)?;
    if currency.as_str() != "EUR" {
        let message = format!("the order is in {}, and no rate of exchange is known here", currency.as_str());
        return refuse("no_exchange_rate", &[("currency", currency.as_str())], message);
    }
    let Some(includes) = order.snapshot.terms.prices_include_tax else {
        return refuse("price_basis_unknown", &[], "the channel does not tell whether its prices include VAT");
    };
    let prices = if includes { PriceBasis::Gross } else { PriceBasis::Net };
    let (buyer, delivery) = (buyer(told)?, delivery(told)?);
    let customer = customer(&buyer, heard);
    let on = supplied_on(facts, parcel, terms.when);
    let supplied = Supplied { parcel, delivery: &delivery, customer: &customer, on, classes, threshold };
    let lines = || order.snapshot.lines.iter().filter(|line| !parcel.units(&line.id).is_zero());
    let mut goods: Vec<GoodsLine> = Vec::new();
    let mut by_marketplace = 0;
    for line in lines() {
        match verdict(facts, &supplied, line)? {
            VatTreatment::Sale(decision) => goods.push(goods_line(facts, parcel, line, &currency, prices, *decision)?),
            VatTreatment::ToMarketplace(_) => by_marketplace += 1,
        }
    }
    if by_marketplace > 0 {
        if goods.is_empty() {
            return Ok(Composed::ByMarketplace(Decimal::ZERO));
        }
        return refuse(
            "marketplace_for_some",
            &[],
            "the marketplace accounts for the VAT of some lines of the shipment, and not of all",
        );
    }
    let Some(first) = goods.first() else {
        return refuse("no_goods", &[], "there are no goods in the shipment");
    };
    let language = language(told, &buyer, entity);
    let beside = beside(order, parcel, &currency, terms)?;
    let charges = beside.charges.into_iter();
    let charges =
        charges.map(|(kind, name, amount)| (kind, name.unwrap_or_else(|| charge_text(kind, language).to_owned()), amount));
    let from = lines().next().map(|line| ship_from(facts, parcel, line)).transpose()?;
    let shipment = ShipmentToInvoice {
        supplied_on: on,
        language: language.code().to_owned(),
        currency,
        prices,
        seller: seller(entity, terms, first.decision.seller_number.clone()),
        buyer,
        delivery,
        ship_from: from.map_or_else(|| entity.seller.address.country.clone(), |place| place.country),
        order: OrderReference {
            channel: facts.connection.channel.clone(),
            connection: order.connection.clone(),
            number: order.snapshot.number.clone(),
            display_number: order.snapshot.display_number.as_ref().map(|number| number.chars().take(LONGEST_NUMBER).collect()),
            placed_at: order.snapshot.placed_at,
            shipment: Some(parcel.mark.clone()),
            channel_shipment: None,
        },
        discounts: beside.discounts,
        charges: charges.collect(),
        payments: Vec::new(),
        per_euro: None,
        vies: heard.consultation.clone(),
        goods,
    };
    let unpaid = shipment.clone().content()?;
    let payments = payments(facts, &unpaid, earlier)?;
    let mut content = ShipmentToInvoice { payments, ..shipment }.content()?;
    content.channel_vat = compare(facts, parcel, &content, earlier)?;
    sound(&content)?;
    Ok(Composed::Content(Box::new(content)))
}

/// Holds a content against all rules that there are for it, before there is a number.
pub(crate) fn sound(content: &Content) -> Done<()> {
    let flaws = content.flaws();
    if !flaws.is_empty() {
        return Err(flaws.into());
    }
    Ok(documents::check(content)?)
}

/// Characters of a line's text and of the number that people see, at most: a document is for people, and a channel may tell anything.
const LONGEST_TEXT: usize = 500;
const LONGEST_NUMBER: usize = 100;

fn goods_line(
    facts: &Facts<'_>,
    parcel: &Parcel,
    line: &SnapshotLine,
    currency: &Currency,
    prices: PriceBasis,
    decision: Decision,
) -> Done<GoodsLine> {
    let amounts = of_line(line, parcel, currency)?;
    let sku = facts.order.line(&line.id).and_then(|line| line.sku.clone()).or_else(|| line.sku.clone());
    let text = if line.title.trim().is_empty() { sku.as_ref().map_or("-", Sku::as_str) } else { line.title.as_str() };
    Ok(GoodsLine {
        id: line.id.clone(),
        text: text.chars().filter(|c| !domain::breaks_a_line(*c)).take(LONGEST_TEXT).collect(),
        sku,
        ean: line.ean.clone(),
        what: Sold::Goods,
        quantity: parcel.units(&line.id),
        listed: amounts.listed,
        own_discount: amounts.discount,
        unit_net: (prices == PriceBasis::Net).then_some(amounts.unit),
        decision,
    })
}

/// Whether the buyer paid: a marketplace has the money before the merchant hears of the order.
fn is_paid(facts: &Facts<'_>, sold_on: SoldThere) -> bool {
    facts.order.snapshot.terms.paid.unwrap_or(sold_on == SoldThere::Marketplace)
}

/// How the invoice was paid: by gift card as far as one is left after the invoices before it, the rest where the order was paid.
fn payments(facts: &Facts<'_>, unpaid: &Content, earlier: Decimal) -> Done<Vec<Payment>> {
    let (terms, gross) = (facts.terms()?, unpaid.totals.gross);
    let card = gift_card(facts, &unpaid.currency)?;
    let left = (card - invoiced(facts) - earlier).max(Decimal::ZERO).min(gross);
    let card = Some(left).filter(|amount| !amount.is_zero());
    let card = card.map(|amount| Payment { kind: PaymentKind::GiftCard, amount, text: None });
    let rest = Some(gross - left).filter(|rest| is_paid(facts, terms.sold_on) && !rest.is_zero());
    Ok(card.into_iter().chain(rest.map(|rest| payment(terms.sold_on, rest))).collect())
}

/// What of the order was paid by fees below zero that are gift cards.
pub(super) fn gift_card(facts: &Facts<'_>, currency: &Currency) -> Done<Decimal> {
    match facts.terms()?.negative_fees {
        NegativeFees::GiftCard => Ok(cents(amount(facts.order.snapshot.terms.negative_fees.as_ref(), currency)?)),
        NegativeFees::Discount | NegativeFees::Ask => Ok(Decimal::ZERO),
    }
}

/// What the invoices of the order come to that are issued.
pub(super) fn invoiced(facts: &Facts<'_>) -> Decimal {
    let invoices = facts.documents.documents.iter().filter(|one| one.kind == DocumentKind::Invoice);
    invoices.map(|one| one.gross).sum()
}

/// What was paid, or paid back.
pub(crate) fn payment(sold_on: SoldThere, amount: Decimal) -> Payment {
    let kind = match sold_on {
        SoldThere::Marketplace => PaymentKind::Marketplace,
        SoldThere::OwnShop => PaymentKind::Online,
    };
    Payment { kind, amount, text: None }
}
