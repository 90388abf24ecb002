//! A document in the terms of EN 16931. Names of its terms stand beside each (BT, BG).

use super::parties;
use crate::DocumentError;
use crate::language::Language;
use crate::words::{Words, date, fill, mention};
use domain::invoice::{Content, DocumentKind, Line, Taxed, VatTotal};
use domain::vat::{Category, Mention};
use en16931::invoice::{
    Code, CreditTransfer, Delivery, DocumentAllowanceCharge, DocumentTotals, InvoiceNote, Item, LineVat, PaymentInstructions,
    PaymentMeans, PostalAddress, PrecedingInvoice, PriceDetails, VatBreakdown,
};
use en16931::{Date, DocumentReference, Identifier, Invoice, InvoiceAmount, InvoiceLine, Percentage, Quantity, UnitPriceAmount};
use jiff::civil::Date as Day;
use rust_decimal::Decimal;

/// GTIN in the list of identifiers (ISO 6523).
const GTIN: &str = "0160";
/// One, in the list of units (UN/ECE Rec. 20).
const PIECE: &str = "C62";

/// The document in the terms of the standard. Amounts are taken as they are: nothing is worked out anew, so what the buyer paid stays what the
/// document says.
pub(super) fn model(content: &Content, number: &str, issued_on: Day) -> Result<Invoice, DocumentError> {
    let language = Language::of_tag(&content.language).unwrap_or(Language::En);
    let mut invoice = Invoice::default();
    (invoice.kind, invoice.type_code) = match content.kind {
        DocumentKind::Invoice => (en16931::DocumentKind::Invoice, Some(Code::new("380"))),
        DocumentKind::CreditNote => (en16931::DocumentKind::CreditNote, Some(Code::new("381"))),
    };
    invoice.specification_id = Some("urn:cen.eu:en16931:2017".to_owned());
    invoice.number = Some(number.to_owned());
    invoice.issue_date = Some(day(issued_on)?);
    invoice.currency = Some(Code::new(content.currency.as_str()));
    references(&mut invoice, content)?;
    invoice.notes = note(content, language).into_iter().collect();
    invoice.seller = parties::seller(content);
    invoice.buyer = parties::buyer(content);
    invoice.delivery = Some(delivery(content)?);
    (invoice.payment, invoice.payment_terms) = payment(content, number, language);
    invoice.lines = lines(content, language)?;
    invoice.charges = if content.lines.is_empty() { Vec::new() } else { charges(content, language)? };
    invoice.vat_breakdown = breakdown(content, language)?;
    invoice.totals = totals(content)?;
    if let Some(euro) = &content.vat_in_euro {
        invoice.vat_accounting_currency = Some(Code::new("EUR"));
        invoice.totals.vat_total_accounting = Some(amount("BT-111 VAT in euro", euro.vat)?);
    }
    Ok(invoice)
}

/// BT-13, BT-14, BT-16, BG-3. The number of the order is the buyer's reference too, where the buyer gave none of its own.
fn references(invoice: &mut Invoice, content: &Content) -> Result<(), DocumentError> {
    let order = content.order.display_number.as_deref().unwrap_or_else(|| content.order.number.as_str());
    let own = content.buyer.order_reference.as_deref().filter(|reference| !reference.trim().is_empty());
    invoice.purchase_order_reference = Some(DocumentReference::new(own.unwrap_or(order)));
    invoice.sales_order_reference = Some(DocumentReference::new(order));
    invoice.despatch_advice_reference = content.order.shipment.as_deref().map(DocumentReference::new);
    if let Some(credited) = &content.credits {
        let reference = DocumentReference::new(&credited.number);
        invoice.preceding_invoices = vec![PrecedingInvoice { reference, issue_date: Some(day(credited.issued_on)?) }];
    }
    Ok(())
}

/// BG-1. One at most, as Peppol wants (R002): what the law wants to be said, and why there is a credit note.
fn note(content: &Content, language: Language) -> Option<InvoiceNote> {
    let mut parts: Vec<String> = content.mentions.iter().map(|said| mention(*said, language).to_owned()).collect();
    parts.extend(content.credits.as_ref().and_then(|credited| credited.because.clone()));
    if let Some(euro) = &content.vat_in_euro {
        let words = Words::of(language).euro_rate;
        parts.push(fill(words, &[&euro.per_euro.normalize().to_string(), content.currency.as_str(), &date(euro.on, language)]));
    }
    (!parts.is_empty()).then(|| InvoiceNote::new(parts.join(". ")))
}

/// BG-13, BG-15.
fn delivery(content: &Content) -> Result<Delivery, DocumentError> {
    let delivery = &content.delivery;
    let name =
        delivery.pickup_point.as_ref().map_or_else(|| delivery.name.clone(), |point| format!("{}, {point}", delivery.name));
    let address: PostalAddress = parties::address(&delivery.address);
    Ok(Delivery { party_name: Some(name), location: None, date: Some(day(content.supplied_on)?), address: Some(address) })
}

/// BG-16 and BT-20. Only where something is left to pay: what a marketplace took in is prepaid, and no account is named for it.
fn payment(content: &Content, number: &str, language: Language) -> (Option<PaymentInstructions>, Option<String>) {
    if content.kind == DocumentKind::CreditNote || content.totals.payable <= Decimal::ZERO {
        return (None, None);
    }
    let words = Words::of(language);
    let payable = crate::words::money(content.totals.payable, &content.currency, language);
    let mut instructions = PaymentInstructions { remittance_information: Some(number.to_owned()), ..Default::default() };
    let terms = if let Some(iban) = &content.seller.iban {
        let account: String = iban.chars().filter(|c| !c.is_whitespace()).collect();
        let is_sepa = content.currency.as_str() == "EUR";
        instructions.means_code = Some(Code::new(if is_sepa { "58" } else { "30" }));
        let transfer = CreditTransfer { account_identifier: Some(account.clone()), ..CreditTransfer::default() };
        instructions.means = Some(PaymentMeans::CreditTransfer(vec![transfer]));
        fill(words.please_pay, &[&payable, &account, number])
    } else {
        // As it is agreed between the two: the one code without an account that the Dutch rules allow (NL-R-008).
        instructions.means_code = Some(Code::new("57"));
        fill(words.please_pay_without_account, &[&payable, number])
    };
    (Some(instructions), Some(terms))
}

/// BG-25. The standard wants a line at least: what stands for an amount alone is one unit of it.
fn lines(content: &Content, language: Language) -> Result<Vec<InvoiceLine>, DocumentError> {
    if content.lines.is_empty() {
        let lines = content.charges.iter().enumerate().map(|(at, charge)| {
            let name = named(&charge.text, Words::of(language).charge(charge.kind));
            single(at, name, charge.net, &charge.taxed)
        });
        return lines.collect();
    }
    content.lines.iter().enumerate().map(|(at, line)| self::line(at, line, language)).collect()
}

fn line(at: usize, line: &Line, language: Language) -> Result<InvoiceLine, DocumentError> {
    let name = named(&line.text, Words::of(language).article);
    let mut written = single(at, name.clone(), line.net, &line.taxed)?;
    if !line.quantity.is_zero() {
        written.quantity = Quantity::new(Decimal::from(line.quantity.units()));
        written.price = PriceDetails { net_price: UnitPriceAmount::new(line.unit_net.normalize()), ..PriceDetails::default() };
    }
    written.item = Item {
        name: Some(name),
        seller_identifier: line.sku.as_ref().map(|sku| sku.as_str().to_owned()),
        standard_identifier: line.ean.as_ref().map(|ean| Identifier::schemed(ean.as_str(), GTIN)),
        ..Item::default()
    };
    Ok(written)
}

fn single(at: usize, name: String, net: Decimal, taxed: &Taxed) -> Result<InvoiceLine, DocumentError> {
    let vat = line_vat(taxed);
    let net = amount("BT-131 line net amount", net)?;
    Ok(InvoiceLine::new((at + 1).to_string(), name, Quantity::new(Decimal::ONE), PIECE, net, vat.category, vat.rate))
}

fn named(text: &str, otherwise: &str) -> String {
    let visible = text.trim();
    if visible.is_empty() { otherwise.to_owned() } else { visible.to_owned() }
}

/// BG-21.
fn charges(content: &Content, language: Language) -> Result<Vec<DocumentAllowanceCharge>, DocumentError> {
    let charge = |charge: &domain::invoice::Charge| {
        Ok(DocumentAllowanceCharge {
            amount: amount("BT-99 charge amount", charge.net)?,
            base_amount: None,
            percentage: None,
            vat: line_vat(&charge.taxed),
            reason: Some(named(&charge.text, Words::of(language).charge(charge.kind))),
            reason_code: None,
        })
    };
    content.charges.iter().map(charge).collect()
}

/// BG-23: one for each category and rate, as the standard gathers them.
fn breakdown(content: &Content, language: Language) -> Result<Vec<VatBreakdown>, DocumentError> {
    let mut gathered: Vec<VatBreakdown> = Vec::new();
    for total in &content.vat {
        let one = vat_of(total, language)?;
        match gathered.iter_mut().find(|known| known.group_key() == one.group_key()) {
            Some(known) => {
                let sum =
                    |a: InvoiceAmount, b: InvoiceAmount| amount("BT-116 taxable amount", a.into_decimal() + b.into_decimal());
                known.taxable_amount = sum(known.taxable_amount, one.taxable_amount)?;
                known.tax_amount = sum(known.tax_amount, one.tax_amount)?;
            }
            None => gathered.push(one),
        }
    }
    Ok(gathered)
}

fn vat_of(total: &VatTotal, language: Language) -> Result<VatBreakdown, DocumentError> {
    let vat = line_vat(&total.taxed);
    let is_taxed = matches!(total.taxed.category, Category::S | Category::Z);
    let said = total.decision.mention.unwrap_or(match total.taxed.category {
        Category::Ae => Mention::ReverseCharge,
        Category::K => Mention::IntraCommunity,
        Category::G => Mention::Export,
        _ => Mention::SmallBusinessEu,
    });
    Ok(VatBreakdown {
        taxable_amount: amount("BT-116 taxable amount", total.net)?,
        tax_amount: amount("BT-117 tax amount", total.vat)?,
        category: vat.category,
        rate: vat.rate,
        exemption_reason: (!is_taxed).then(|| mention(said, language).to_owned()),
        exemption_reason_code: total.taxed.exemption.filter(|_| !is_taxed).map(|exemption| Code::new(exemption.code())),
    })
}

/// What is not subject to VAT at all has no rate, not even of nothing (BR-O-05).
fn line_vat(taxed: &Taxed) -> LineVat {
    let rate = (taxed.category != Category::O).then(|| Percentage::new(taxed.rate.normalize()));
    LineVat { category: Code::new(taxed.category.code()), rate }
}

/// BG-22.
fn totals(content: &Content) -> Result<DocumentTotals, DocumentError> {
    let totals = &content.totals;
    let charges_are_lines = content.lines.is_empty();
    let lines = if charges_are_lines { totals.net } else { totals.lines_net };
    let charges = if charges_are_lines { Decimal::ZERO } else { totals.charges_net };
    Ok(DocumentTotals {
        line_total: amount("BT-106 sum of lines", lines)?,
        allowance_total: None,
        charge_total: if charges.is_zero() { None } else { Some(amount("BT-108 sum of charges", charges)?) },
        taxable_total: amount("BT-109 total without VAT", totals.net)?,
        vat_total: Some(amount("BT-110 total VAT", totals.vat)?),
        vat_total_accounting: None,
        gross_total: amount("BT-112 total with VAT", totals.gross)?,
        paid: if totals.prepaid.is_zero() { None } else { Some(amount("BT-113 paid amount", totals.prepaid)?) },
        rounding: None,
        due: amount("BT-115 amount due", totals.payable)?,
    })
}

fn amount(field: &'static str, value: Decimal) -> Result<InvoiceAmount, DocumentError> {
    InvoiceAmount::from_decimal_exact(value).map_err(|_| DocumentError::Value {
        field,
        given: value.to_string(),
        expected: "an amount with two decimals",
    })
}

fn day(day: Day) -> Result<Date, DocumentError> {
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    Date::new(i32::from(day.year()), part(day.month()), part(day.day())).map_err(|_| DocumentError::Value {
        field: "date",
        given: day.to_string(),
        expected: "a day of the calendar",
    })
}
