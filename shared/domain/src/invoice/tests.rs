//! Sums, credits and numbers of invented merchants, to the cent.

mod credits;
mod documents;
mod every_credit;
mod every_sale;
mod net_prices;
mod numbers;
mod sales;

use super::*;
use crate::vat::{Buyer as Taken, Category, Decision, InvoiceObligation, Reason, VatCountry, VatNumber, VatReturn};
use crate::{ChannelId, ConnectionId, Country, Currency, OrderLineId, OrderNumber, Quantity};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Taxed in the Netherlands at a rate.
fn decision(rate: &str) -> Decision {
    Decision {
        category: if dec(rate).is_zero() { Category::Z } else { Category::S },
        rate: dec(rate),
        country: VatCountry::Nl,
        region: None,
        ship_from: VatCountry::Nl,
        reason: Reason::Domestic { country: VatCountry::Nl, from_stock_abroad: false },
        buyer: Taken::Consumer,
        exemption: None,
        mention: None,
        vat_return: VatReturn::Local { country: VatCountry::Nl },
        seller_number: VatNumber::new("NL999999990B01").ok(),
        invoice: InvoiceObligation::Optional,
        structured: false,
        counts_for_threshold: false,
    }
}

fn taxed(rate: &str) -> Taxed {
    Taxed::by(&decision(rate))
}

fn goods(rate: &str, quantity: i64, amount: &str) -> SaleLine {
    SaleLine {
        what: Sold::Goods,
        taxed: taxed(rate),
        quantity: Quantity::new(quantity).unwrap(),
        amount: dec(amount),
        unit_net: None,
    }
}

fn shipping(amount: &str) -> Vec<SaleCharge> {
    vec![SaleCharge { kind: ChargeKind::Shipping, amount: dec(amount) }]
}

fn voucher(amount: &str) -> Vec<Discount> {
    vec![Discount { amount: dec(amount), lines: None }]
}

/// Net and VAT by rate: `21: 74.20 + 15.58`.
fn rates(sums: &[RateSum]) -> Vec<String> {
    sums.iter().map(|sum| format!("{}: {} + {}", sum.taxed.rate, sum.net, sum.vat)).collect()
}

fn address(city: &str, country: &str) -> Address {
    Address {
        lines: vec!["Havenkade 12".to_owned()],
        postcode: Some("9999 ZZ".to_owned()),
        city: city.to_owned(),
        country: Country::new(country).unwrap(),
    }
}

/// A shipment of lines `(id, rate, units, amount)` with shipping that costs so much, gross prices, paid whole.
fn shipment(lines: &[(&str, &str, i64, &str)], shipping: &str) -> ShipmentToInvoice {
    let goods = |(id, rate, units, amount): &(&str, &str, i64, &str)| GoodsLine {
        id: OrderLineId::new(*id).unwrap(),
        sku: None,
        ean: None,
        text: format!("Goed {id}"),
        what: Sold::Goods,
        quantity: Quantity::new(*units).unwrap(),
        listed: dec(amount),
        own_discount: Decimal::ZERO,
        unit_net: None,
        decision: decision(rate),
    };
    let paid: Decimal = lines.iter().map(|line| dec(line.3)).chain([dec(shipping)]).sum();
    ShipmentToInvoice {
        supplied_on: date(2026, 12, 4),
        language: "nl".to_owned(),
        currency: Currency::new("EUR").unwrap(),
        prices: PriceBasis::Gross,
        seller: Seller {
            name: "Touw en Teer B.V.".to_owned(),
            trading_name: None,
            address: address("Delfzijl", "NL"),
            vat_number: VatNumber::new("NL999999990B01").ok(),
            registration: Some(SellerRegistration::Kvk { number: "99999999".to_owned() }),
            email: None,
            phone: None,
            iban: None,
        },
        buyer: Buyer {
            name: "Iemand Bedacht".to_owned(),
            attention: None,
            is_business: false,
            address: address("Termunten", "NL"),
            vat_number: None,
            registration: None,
            email: None,
            order_reference: None,
        },
        delivery: Delivery { name: "Iemand Bedacht".to_owned(), pickup_point: None, address: address("Termunten", "NL") },
        ship_from: Country::new("NL").unwrap(),
        order: OrderReference {
            channel: ChannelId::new("winkel").unwrap(),
            connection: ConnectionId::new("winkel-nl").unwrap(),
            number: OrderNumber::new("7001").unwrap(),
            display_number: None,
            placed_at: "2026-12-03T20:15:00Z".parse().unwrap(),
            shipment: Some("S-1".to_owned()),
            channel_shipment: None,
        },
        goods: lines.iter().map(goods).collect(),
        discounts: Vec::new(),
        charges: if dec(shipping).is_zero() {
            Vec::new()
        } else {
            vec![(ChargeKind::Shipping, "Verzending".to_owned(), dec(shipping))]
        },
        payments: vec![Payment { kind: PaymentKind::Online, amount: paid, text: None }],
        per_euro: None,
        vies: None,
    }
}

fn series(kind: DocumentKind, year: i16) -> Series {
    Series { entity: LegalEntityId::new("touw-en-teer").unwrap(), kind, year, connection: None }
}

fn issued(content: Content, number: &str, on: Date) -> Document {
    let series = series(content.kind, on.year());
    Document { number: number.to_owned(), series, sequence: 1, issued_on: on, content }
}

/// The invoice of a shipment, with the number `V2026-00012`.
fn invoice(shipment: ShipmentToInvoice) -> Document {
    let invoice = issued(shipment.content().unwrap(), "V2026-00012", date(2026, 12, 4));
    assert_eq!(invoice.flaws(), []);
    invoice
}

fn of_units(lines: &[(&str, i64)], charges: bool, amount: Option<&str>) -> Refund {
    Refund::Of {
        lines: lines.iter().map(|(id, units)| (OrderLineId::new(*id).unwrap(), Quantity::new(*units).unwrap())).collect(),
        charges: if charges { vec![ChargeKind::Shipping] } else { Vec::new() },
        amount: amount.map(dec),
    }
}

/// The credit note of a refund; what it pays back is what it comes to.
fn credited(invoice: &Document, earlier: &[Document], refund: &Refund) -> Result<Document, CreditRefused> {
    let by = Credited {
        number: invoice.number.clone(),
        issued_on: invoice.issued_on,
        refund: format!("R{}", earlier.len() + 1),
        because: None,
    };
    let mut content = credit_note(invoice, earlier, refund, by, Vec::new())?;
    content.payments = vec![Payment { kind: PaymentKind::Online, amount: content.totals.gross, text: None }];
    (content.totals.prepaid, content.totals.payable) = (content.totals.gross, Decimal::ZERO);
    let note = issued(content, &format!("C2026-{:05}", earlier.len() + 1), date(2026, 12, 20));
    assert_eq!(note.flaws(), []);
    Ok(note)
}

/// Net and VAT of a document by rate.
fn totals(document: &Document) -> Vec<String> {
    document.content.vat.iter().map(|total| format!("{}: {} + {}", total.taxed.rate, total.net, total.vat)).collect()
}
