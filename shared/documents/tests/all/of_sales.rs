//! What a merchant, a machine of the buyer's and an archive need of a document, for every kind of sale.

use crate::{archive, sales};
use documents::{Look, Ubl};
use domain::invoice::Document;
use en16931::InvoiceAmount;
use en16931_formats::report::Kind;
use rust_decimal::Decimal;

fn amount(value: Decimal) -> InvoiceAmount {
    InvoiceAmount::from_decimal_exact(value).unwrap()
}

#[test]
fn what_is_inside_says_the_same_as_the_document() {
    let look = sales::look();
    for sale in sales::all() {
        let (name, document) = (sale.name, &sale.document);
        let content = &document.content;
        assert_eq!(content.flaws(), [], "{name}");
        documents::check(content).unwrap_or_else(|error| panic!("{name}: {error}"));
        let pdf = documents::invoice(document, &look).unwrap();
        let read = en16931_formats::read(&pdf).unwrap();
        let bad: Vec<_> = read.entries.iter().filter(|entry| entry.kind != Kind::Derived).collect();
        assert!(bad.is_empty(), "{name}: {bad:?}");
        assert!(read.pdf.as_ref().is_some_and(|inside| inside.divergence.is_empty()), "{name}");
        assert_sums(name, document, &read.invoice);
    }
}

fn assert_sums(name: &str, document: &Document, inside: &en16931::Invoice) {
    let (content, totals) = (&document.content, &document.content.totals);
    assert_eq!(inside.number.as_deref(), Some(document.number.as_str()), "{name}");
    assert_eq!(inside.issue_date.unwrap().to_string(), document.issued_on.to_string(), "{name}");
    assert_eq!(inside.totals.gross_total, amount(totals.gross), "{name}");
    assert_eq!(inside.totals.taxable_total, amount(totals.net), "{name}");
    assert_eq!(inside.totals.vat_total, Some(amount(totals.vat)), "{name}");
    assert_eq!(inside.totals.due, amount(totals.payable), "{name}");
    let lines: Decimal = inside.lines.iter().map(|line| line.net_amount.into_decimal()).sum();
    let charges: Decimal = inside.charges.iter().map(|charge| charge.amount.into_decimal()).sum();
    assert_eq!(lines + charges, totals.net, "{name}");
    let vat: Decimal = inside.vat_breakdown.iter().map(|one| one.tax_amount.into_decimal()).sum();
    assert_eq!(vat, totals.vat, "{name}");
    for (line, written) in content.lines.iter().zip(&inside.lines) {
        assert_eq!(written.net_amount, amount(line.net), "{name}: {}", line.text);
    }
    assert_eq!(inside.preceding_invoices.len(), usize::from(content.credits.is_some()), "{name}");
    assert_eq!(inside.totals.vat_total_accounting.is_some(), content.vat_in_euro.is_some(), "{name}");
}

#[test]
fn a_name_that_no_font_has_is_exact_inside() {
    let document = sales::odd::names_no_font_has();
    let inside = en16931_formats::read(&documents::invoice(&document, &Look::default()).unwrap()).unwrap().invoice;
    assert_eq!(inside.buyer.name.as_deref(), Some("王小明 🎉 محمد"));
    assert_eq!(inside.lines[0].item.name.as_deref(), Some("T-shirt 王 “龙” \u{202e}rtl\u{202c} & <maat> ½ ﬁ"));
    assert_eq!(inside.lines[1].item.name.as_deref(), Some(document.content.lines[1].text.as_str()));
}

#[test]
fn the_same_document_is_the_same_bytes() {
    let (once, again) = (sales::look(), sales::look());
    for sale in sales::all() {
        let first = documents::invoice(&sale.document, &once).unwrap();
        assert!(first == documents::invoice(&sale.document.clone(), &again).unwrap(), "{}", sale.name);
    }
    let list = sales::parcels::picks(9);
    assert_eq!(documents::pick_list(&list, &once), documents::pick_list(&list.clone(), &again));
    let slip = sales::parcels::slip();
    assert_eq!(documents::packing_slip(&slip, &once), documents::packing_slip(&slip.clone(), &again));
}

#[test]
fn an_archive_takes_them_and_a_search_finds_them() {
    let look = sales::look();
    for sale in sales::all() {
        let pdf = documents::invoice(&sale.document, &look).unwrap();
        assert_eq!(archive::flaws(&pdf, true), Vec::<String>::new(), "{}", sale.name);
        let text = archive::text(&pdf);
        assert!(text.contains(&sale.document.number), "{}: {text}", sale.name);
        assert!(pdf.len() < 100_000, "{}: {} bytes", sale.name, pdf.len());
    }
    let slip = documents::packing_slip(&sales::parcels::slip(), &look).unwrap();
    assert_eq!(archive::flaws(&slip, false), Vec::<String>::new());
    assert!(archive::text(&slip).contains("LAMP-EIK-60"));
}

#[test]
fn the_archive_lint_sees_what_an_archive_forbids() {
    let pdf = documents::invoice(&sales::at_home::mixed_rates(), &sales::look()).unwrap();
    for (what, old, new) in [
        ("part", &b"<pdfaid:part>3<"[..], &b"<pdfaid:part>1<"[..]),
        ("intent", b"/OutputIntents", b"/OutputIntentz"),
        ("relationship", b"/Alternative", b"/Unspecified"),
        ("font", b"/FontFile3", b"/FontFileX"),
    ] {
        assert!(!archive::flaws(&archive::replaced(&pdf, old, new), true).is_empty(), "{what}");
    }
}

#[test]
fn a_business_gets_ubl_in_both_forms_and_a_consumer_in_the_plain_one() {
    for sale in sales::all() {
        for form in [Ubl::PeppolBis3, Ubl::Nlcius, Ubl::En16931] {
            match documents::ubl(&sale.document, &form, None, None) {
                Ok(xml) => {
                    let read = en16931_formats::read(xml.as_bytes()).unwrap();
                    assert_sums(sale.name, &sale.document, &read.invoice);
                    assert_eq!(read.invoice.buyer.electronic_address.is_some(), sale.is_business, "{}", sale.name);
                }
                Err(error) => {
                    assert_eq!(error.code(), "document_rules");
                    assert!(!sale.is_business && form != Ubl::En16931, "{}: {error}", sale.name);
                }
            }
        }
    }
}

#[test]
fn a_rule_that_is_broken_is_named_before_there_is_a_number() {
    let mut content = sales::abroad::intra_community().content;
    content.buyer.vat_number = None;
    let error = documents::check(&content).unwrap_err();
    assert_eq!(error.code(), "document_rules");
    assert!(error.to_string().contains("BR-IC-02"), "{error}");
    content.totals.gross += Decimal::ONE;
    assert!(documents::check(&content).unwrap_err().to_string().contains("BR-CO-15"));
    content.totals.gross += Decimal::new(1, 3);
    assert_eq!(documents::check(&content).unwrap_err().code(), "document_value");
}

#[test]
fn dutch_rules_hold_for_dutch_sellers() {
    let mut document = sales::at_home::business_unpaid();
    document.content.buyer.registration = None;
    let refused = |document: &Document, form: &Ubl| documents::ubl(document, form, None, None).unwrap_err().to_string();
    assert!(refused(&document, &Ubl::PeppolBis3).contains("NL-R-005"));
    assert!(refused(&document, &Ubl::Nlcius).contains("BR-NL-10"));
    document.content.seller.address.postcode = None;
    document.content.seller.registration = None;
    for rule in ["NL-R-002", "NL-R-003"] {
        assert!(refused(&document, &Ubl::PeppolBis3).contains(rule), "{rule}");
    }
    for rule in ["BR-NL-1:", "BR-NL-3"] {
        assert!(refused(&document, &Ubl::Nlcius).contains(rule), "{rule}");
    }
}

#[test]
fn a_buyer_that_gave_its_address_on_peppol_is_found_there() {
    let buyer = documents::PeppolId::new("0088:4012345000009").unwrap();
    let xml = documents::ubl(&sales::at_home::belgian_business(), &Ubl::PeppolBis3, None, Some(&buyer)).unwrap();
    assert!(xml.contains(r#"<cbc:EndpointID schemeID="0088">4012345000009</cbc:EndpointID>"#));
    assert!(xml.contains(r#"<cbc:EndpointID schemeID="0208">0123456749</cbc:EndpointID>"#));
    for wrong in ["", "0208", "0208:", "9958:991-01234-56", "0088:4012345000008", ":1"] {
        assert_eq!(documents::PeppolId::new(wrong).unwrap_err().code(), "document_value", "{wrong}");
    }
}
