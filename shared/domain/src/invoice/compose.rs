//! From decisions, sums and parties to what a document says, before it has a number.

use super::sale::per_unit;
use super::{
    Buyer, Charge, ChargeKind, Content, Credited, Delivery, Discount, Document, DocumentKind, EuroVat, Line, OrderReference,
    Payment, PriceBasis, Refund, Sale, SaleCharge, SaleLine, Seller, Sold, SumsRefused, Taxed, Totals, VatTotal,
    ViesConsultation, credit, vat_in_euro,
};
use crate::invoice::CreditRefused;
use crate::vat::{Decision, Mention, VatCountry};
use crate::{Country, Currency, Ean, OrderLineId, Quantity, Sku};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// What is known of a shipment when it is invoiced. Amounts are in `currency`, with or without VAT as `prices` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentToInvoice {
    /// When the goods left, in Europe/Amsterdam.
    pub supplied_on: Date,
    /// The language for the buyer: two small letters of ISO 639-1.
    pub language: String,
    /// As sold.
    pub currency: Currency,
    /// Whether the prices hold the VAT.
    pub prices: PriceBasis,
    /// Who sells.
    pub seller: Seller,
    /// Who buys.
    pub buyer: Buyer,
    /// Where the goods went.
    pub delivery: Delivery,
    /// Where they left.
    pub ship_from: Country,
    /// The order and shipment.
    pub order: OrderReference,
    /// The goods, each with its own decision.
    pub goods: Vec<GoodsLine>,
    /// Discounts on more than a line.
    pub discounts: Vec<Discount>,
    /// What follows the goods: kind, name for the buyer, amount.
    pub charges: Vec<(ChargeKind, String, Decimal)>,
    /// What was paid for this shipment, without what was paid for gift cards in it.
    pub payments: Vec<Payment>,
    /// Units of the currency for one euro, and the day of that rate; where the currency is another.
    pub per_euro: Option<(Decimal, Date)>,
    /// What VIES said about the buyer.
    pub vies: Option<ViesConsultation>,
}

/// A line of goods with its decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodsLine {
    /// The channel's id of it.
    pub id: OrderLineId,
    /// The merchant's code.
    pub sku: Option<Sku>,
    /// The EAN.
    pub ean: Option<Ean>,
    /// Its name for the buyer.
    pub text: String,
    /// Goods, or something else. Gift cards are left out of the document.
    pub what: Sold,
    /// Units in this shipment.
    pub quantity: Quantity,
    /// Of all of them, before any discount.
    pub listed: Decimal,
    /// The line's own discount.
    pub own_discount: Decimal,
    /// The price of one unit of a net-priced shop.
    pub unit_net: Option<Decimal>,
    /// How it is taxed.
    pub decision: Decision,
}

impl ShipmentToInvoice {
    /// What its invoice says. Whatever cannot be is refused here, before there is a number.
    pub fn content(self) -> Result<Content, SumsRefused> {
        let sale = self.sale()?;
        let sums = sale.sums()?;
        let line = |sum: &super::LineSum| {
            let goods = self.goods.get(sum.at)?;
            Some(Line {
                id: goods.id.clone(),
                sku: goods.sku.clone(),
                ean: goods.ean.clone(),
                text: goods.text.clone(),
                quantity: goods.quantity,
                unit_net: sum.unit_net,
                listed: goods.listed,
                discount: goods.own_discount + sum.discount,
                net: sum.net,
                gross: sum.gross,
                taxed: Taxed::by(&goods.decision),
            })
        };
        let charge = |sum: &super::ChargeSum| {
            let (kind, text, _) = self.charges.get(sum.at)?;
            Some(Charge { kind: *kind, text: text.clone(), net: sum.net, gross: sum.gross, taxed: sum.taxed.clone() })
        };
        let total = |rate: &super::RateSum| {
            let decision = self.goods.iter().map(|goods| &goods.decision).find(|decision| Taxed::by(decision) == rate.taxed)?;
            Some(VatTotal {
                taxed: rate.taxed.clone(),
                net: rate.net,
                vat: rate.vat,
                vat_return: decision.vat_return,
                decision: decision.clone(),
            })
        };
        let lines: Vec<Line> = sums.lines.iter().filter_map(line).collect();
        let charges: Vec<Charge> = sums.charges.iter().filter_map(charge).collect();
        let vat: Vec<VatTotal> = sums.rates.iter().filter_map(total).collect();
        let in_euro = self.per_euro.map(|(per_euro, on)| vat_in_euro(sums.vat(), per_euro, on)).transpose()?;
        let structured = self.goods.iter().any(|goods| goods.decision.structured);
        Ok(Content {
            kind: DocumentKind::Invoice,
            supplied_on: self.supplied_on,
            totals: totals(&lines, &charges, &vat, &self.payments),
            mentions: mentions(&vat),
            vat,
            lines,
            charges,
            vat_in_euro: in_euro,
            language: self.language,
            currency: self.currency,
            prices: self.prices,
            seller: self.seller,
            buyer: self.buyer,
            delivery: self.delivery,
            ship_from: self.ship_from,
            order: self.order,
            credits: None,
            payments: self.payments,
            vies: self.vies,
            channel_vat: None,
            structured,
        })
    }

    fn sale(&self) -> Result<Sale, SumsRefused> {
        let mut lines = Vec::new();
        for goods in &self.goods {
            if goods.own_discount > goods.listed || goods.own_discount < Decimal::ZERO {
                return Err(SumsRefused::DiscountTooLarge { discount: goods.own_discount, left: goods.listed });
            }
            lines.push(SaleLine {
                what: goods.what,
                taxed: Taxed::by(&goods.decision),
                quantity: goods.quantity,
                amount: goods.listed - goods.own_discount,
                unit_net: goods.unit_net.filter(|_| goods.own_discount.is_zero()),
            });
        }
        let charges = self.charges.iter().map(|(kind, _, amount)| SaleCharge { kind: *kind, amount: *amount }).collect();
        Ok(Sale { prices: self.prices, lines, discounts: self.discounts.clone(), charges })
    }
}

/// What the credit note of a refund says, for an invoice of which `earlier` is credited already. Names, texts and rates are those of the invoice.
pub fn credit_note(
    invoice: &Document,
    earlier: &[Document],
    refund: &Refund,
    credited: Credited,
    payments: Vec<Payment>,
) -> Result<Content, CreditRefused> {
    let sums = credit(invoice, earlier, refund)?;
    let of = &invoice.content;
    let line = |sum: &super::CreditLine| {
        let line = of.lines.iter().find(|line| line.id == sum.id && line.taxed == sum.taxed)?;
        let listed = if of.prices == PriceBasis::Gross { sum.gross } else { sum.net };
        let unit_net = if sum.quantity.is_zero() { sum.net } else { per_unit(sum.net, sum.quantity) };
        Some(Line {
            quantity: sum.quantity,
            unit_net,
            listed,
            discount: Decimal::ZERO,
            net: sum.net,
            gross: sum.gross,
            ..line.clone()
        })
    };
    let charge = |sum: &super::CreditCharge| {
        let charge = of.charges.iter().find(|charge| charge.kind == sum.kind && charge.taxed == sum.taxed)?;
        Some(Charge { net: sum.net, gross: sum.gross, ..charge.clone() })
    };
    let total = |rate: &super::RateSum| {
        let total = of.vat.iter().find(|total| total.taxed == rate.taxed)?;
        Some(VatTotal { net: rate.net, vat: rate.vat, ..total.clone() })
    };
    let lines: Vec<Line> = sums.lines.iter().filter_map(line).collect();
    let charges: Vec<Charge> = sums.charges.iter().filter_map(charge).collect();
    let vat: Vec<VatTotal> = sums.rates.iter().filter_map(total).collect();
    let mut mentions = mentions(&vat);
    let has_belgian_vat = vat.iter().any(|total| total.taxed.country == VatCountry::Be && !total.vat.is_zero());
    let number = of.buyer.vat_number.as_ref().and_then(crate::vat::VatNumber::country);
    if has_belgian_vat && number == Some(VatCountry::Be) {
        mentions.push(Mention::RepayDeductedVatBe);
    }
    Ok(Content {
        kind: DocumentKind::CreditNote,
        totals: totals(&lines, &charges, &vat, &payments),
        vat_in_euro: euro_left(invoice, earlier, sums.vat())?,
        lines,
        charges,
        vat,
        mentions,
        payments,
        credits: Some(credited),
        // It was reckoned of all of the order: of a part of it the channel tells none.
        channel_vat: None,
        ..of.clone()
    })
}

/// The VAT in euro at the rate of the invoice; with the last of the VAT goes the last of the euro.
fn euro_left(invoice: &Document, earlier: &[Document], vat: Decimal) -> Result<Option<EuroVat>, CreditRefused> {
    let Some(of) = &invoice.content.vat_in_euro else {
        return Ok(None);
    };
    let spent = |note: &Document| note.content.vat_in_euro.as_ref().map_or(Decimal::ZERO, |euro| euro.vat);
    let euro_left = of.vat - earlier.iter().map(spent).sum::<Decimal>();
    let vat_left = invoice.content.totals.vat - earlier.iter().map(|note| note.content.totals.vat).sum::<Decimal>() - vat;
    let usual = vat_in_euro(vat, of.per_euro, of.on)?;
    let vat = if vat_left.is_zero() { euro_left } else { usual.vat.min(euro_left) };
    Ok(Some(EuroVat { vat, ..usual }))
}

fn totals(lines: &[Line], charges: &[Charge], vat: &[VatTotal], payments: &[Payment]) -> Totals {
    let lines_net: Decimal = lines.iter().map(|line| line.net).sum();
    let charges_net: Decimal = charges.iter().map(|charge| charge.net).sum();
    let net: Decimal = vat.iter().map(|total| total.net).sum();
    let vat: Decimal = vat.iter().map(|total| total.vat).sum();
    let prepaid: Decimal = payments.iter().map(|payment| payment.amount).fold(Decimal::ZERO, Decimal::saturating_add);
    let gross = net + vat;
    Totals { lines_net, charges_net, net, vat, gross, prepaid, payable: gross.saturating_sub(prepaid) }
}

fn mentions(vat: &[VatTotal]) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = vat.iter().filter_map(|total| total.decision.mention).collect();
    mentions.sort();
    mentions.dedup();
    mentions
}
