//! From what was sold to a document, with the engine's own sums.

use super::people::{address, consumer, country, kade, same_place};
use domain::invoice::{
    Charge, ChargeKind, Content, Discount, Document, DocumentKind, LegalEntityId, Line, OrderReference, Payment, PaymentKind,
    PriceBasis, RateSum, Sale, SaleCharge, SaleLine, Series, Sold, Taxed, Totals, VatTotal, net_line,
};
use domain::vat::{Buyer as VatBuyer, Category, Decision, InvoiceObligation, Reason, VatCountry, VatReturn};
use domain::{ChannelId, ConnectionId, Currency, Ean, OrderLineId, OrderNumber, Quantity, Sku};
use jiff::civil::Date;
use rust_decimal::Decimal;

pub(crate) fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// Something sold: SKU, name, units, price of one as the shop shows it, discount on the line, and how it is taxed.
pub(crate) struct Goods<'a> {
    pub(crate) sku: &'a str,
    pub(crate) name: &'a str,
    pub(crate) units: i64,
    pub(crate) price: &'a str,
    pub(crate) off: &'a str,
    pub(crate) decision: &'a Decision,
}

pub(crate) fn goods<'a>(sku: &'a str, name: &'a str, units: i64, price: &'a str, decision: &'a Decision) -> Goods<'a> {
    Goods { sku, name, units, price, off: "0", decision }
}

/// A decision of the plainest kind: domestic, at a rate.
pub(crate) fn domestic(state: VatCountry, rate: &str) -> Decision {
    Decision {
        category: Category::S,
        rate: decimal(rate),
        country: state,
        region: None,
        ship_from: state,
        reason: Reason::Domestic { country: state, from_stock_abroad: false },
        buyer: VatBuyer::Consumer,
        exemption: None,
        mention: None,
        vat_return: VatReturn::Local { country: state },
        seller_number: None,
        invoice: InvoiceObligation::Issue,
        structured: false,
        counts_for_threshold: false,
    }
}

/// A document with nothing in it yet.
pub(crate) fn blank(number: &str) -> Document {
    let buyer = consumer("Sanne de Wit", address("Lindelaan 8", "3512 JK", "Utrecht", "NL"));
    let nothing = Decimal::ZERO;
    let content = Content {
        kind: DocumentKind::Invoice,
        supplied_on: Date::constant(2026, 11, 27),
        language: "nl".to_owned(),
        currency: Currency::new("EUR").unwrap(),
        prices: PriceBasis::Gross,
        seller: kade(),
        delivery: same_place(&buyer),
        buyer,
        ship_from: country("NL"),
        order: OrderReference {
            channel: ChannelId::new("webshop").unwrap(),
            connection: ConnectionId::new("kade-webshop").unwrap(),
            number: OrderNumber::new("5531207").unwrap(),
            display_number: Some("#10482".to_owned()),
            placed_at: "2026-11-25T23:40:00Z".parse().unwrap(),
            shipment: Some("Z-20931".to_owned()),
            channel_shipment: None,
        },
        credits: None,
        lines: Vec::new(),
        charges: Vec::new(),
        vat: Vec::new(),
        totals: Totals {
            lines_net: nothing,
            charges_net: nothing,
            net: nothing,
            vat: nothing,
            gross: nothing,
            prepaid: nothing,
            payable: nothing,
        },
        vat_in_euro: None,
        payments: Vec::new(),
        mentions: Vec::new(),
        vies: None,
        channel_vat: None,
        structured: false,
    };
    Document {
        number: number.to_owned(),
        series: Series { entity: LegalEntityId::new("kade").unwrap(), kind: DocumentKind::Invoice, year: 2026, connection: None },
        sequence: 418,
        issued_on: Date::constant(2026, 11, 28),
        content,
    }
}

/// Puts goods and shipping into a document, and works out its sums.
pub(crate) fn fill(mut document: Document, sold: &[Goods<'_>], shipping: &str) -> Document {
    let content = &mut document.content;
    let is_net = content.prices == PriceBasis::Net;
    let line = |one: &Goods<'_>| {
        let (quantity, price) = (Quantity::new(one.units).unwrap(), decimal(one.price));
        SaleLine {
            what: Sold::Goods,
            taxed: Taxed::by(one.decision),
            quantity,
            amount: net_line(price, quantity),
            unit_net: is_net.then_some(price),
        }
    };
    let off = |(at, one): (usize, &Goods<'_>)| Discount { amount: decimal(one.off), lines: Some(vec![at]) };
    let post = decimal(shipping);
    let charge = SaleCharge { kind: ChargeKind::Shipping, amount: post };
    let sale = Sale {
        prices: content.prices,
        lines: sold.iter().map(line).collect(),
        discounts: sold.iter().enumerate().filter(|(_, one)| one.off != "0").map(off).collect(),
        charges: if post.is_zero() { Vec::new() } else { vec![charge] },
    };
    let sums = sale.sums().unwrap();
    for sum in &sums.lines {
        let one = &sold[sum.at];
        content.lines.push(Line {
            id: OrderLineId::new((sum.at + 1).to_string()).unwrap(),
            sku: Some(Sku::new(one.sku).unwrap()),
            ean: Ean::new("8712345678906").ok(),
            text: one.name.to_owned(),
            quantity: Quantity::new(one.units).unwrap(),
            unit_net: sum.unit_net,
            listed: sale.lines[sum.at].amount,
            discount: sum.discount,
            net: sum.net,
            gross: sum.gross,
            taxed: Taxed::by(one.decision),
        });
    }
    for sum in &sums.charges {
        let (kind, taxed) = (ChargeKind::Shipping, sum.taxed.clone());
        content.charges.push(Charge { kind, text: String::new(), net: sum.net, gross: sum.gross, taxed });
    }
    let decisions: Vec<&Decision> = sold.iter().map(|one| one.decision).collect();
    sum_up(document, &sums.rates, &decisions)
}

/// The totals of lines and charges that stand there already.
pub(crate) fn sum_up(mut document: Document, rates: &[RateSum], decisions: &[&Decision]) -> Document {
    let content = &mut document.content;
    for rate in rates {
        let decision = (*decisions.iter().find(|decision| Taxed::by(decision) == rate.taxed).unwrap()).clone();
        let (taxed, vat_return) = (rate.taxed.clone(), decision.vat_return);
        content.vat.push(VatTotal { taxed, net: rate.net, vat: rate.vat, vat_return, decision });
    }
    let totals = &mut content.totals;
    totals.lines_net = content.lines.iter().map(|line| line.net).sum();
    totals.charges_net = content.charges.iter().map(|charge| charge.net).sum();
    totals.net = totals.lines_net + totals.charges_net;
    totals.vat = content.vat.iter().map(|total| total.vat).sum();
    totals.gross = totals.net + totals.vat;
    totals.prepaid = Decimal::ZERO;
    totals.payable = totals.gross;
    content.mentions = content.vat.iter().filter_map(|total| total.decision.mention).collect();
    document
}

/// Paid in full.
pub(crate) fn paid(mut document: Document, kind: PaymentKind, text: Option<&str>) -> Document {
    let content = &mut document.content;
    let amount = content.totals.gross;
    content.totals.prepaid = amount;
    content.totals.payable = Decimal::ZERO;
    content.payments = vec![Payment { kind, amount, text: text.map(str::to_owned) }];
    document
}
