//! What must hold of every page, whatever stands on it.

#[path = "../tests/sales/mod.rs"]
mod sales;

use crate::invoice::pages;
use crate::paper::{Mark, Mil, Sheet};
use crate::parcel::{pick_list_sheets, slip_sheets};
use crate::{FontFile, Language, Look};
use domain::invoice::{Content, Document};

/// Letters with their box. The box is a little smaller than the letters may be, so that neighbours may touch.
fn letters(sheet: &Sheet) -> Vec<(&str, [Mil; 4])> {
    let boxed = |mark| match mark {
        &Mark::Letters { ref letters, x, baseline, size, .. } => {
            let place = [x, baseline - size * 7 / 10, x + letters.width, baseline + size / 10];
            Some((letters.text.as_str(), place))
        }
        _ => None,
    };
    sheet.marks.iter().filter_map(boxed).collect()
}

fn overlaps(sheet: &Sheet) -> Vec<String> {
    let all = letters(sheet);
    let mut found = Vec::new();
    for (at, (text, a)) in all.iter().enumerate() {
        for (other, b) in &all[at + 1..] {
            if !text.trim().is_empty() && !other.trim().is_empty() && a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3] {
                found.push(format!("{text:?} on {other:?}"));
            }
        }
    }
    found
}

fn texts(sheets: &[Sheet]) -> String {
    let mut all = String::new();
    for sheet in sheets {
        for (text, _) in letters(sheet) {
            all.push_str(text);
            all.push('\n');
        }
    }
    all
}

fn assert_sound(name: &str, sheets: &[Sheet]) {
    assert!(!sheets.is_empty(), "{name}");
    for (number, sheet) in sheets.iter().enumerate() {
        assert_eq!(sheet.outside(), Vec::<String>::new(), "{name}, page {}", number + 1);
        assert_eq!(overlaps(sheet), Vec::<String>::new(), "{name}, page {}", number + 1);
    }
}

fn laid_out(document: &Document, look: &Look) -> Vec<Sheet> {
    pages(&document.content, Some(&document.number), document.issued_on, look).0
}

#[test]
fn nothing_leaves_the_paper_and_nothing_stands_on_something_else() {
    let looks = [sales::look(), Look::default()];
    for sale in sales::all() {
        for language in Language::ALL {
            let mut document = sale.document.clone();
            document.content.language = language.code().to_owned();
            document.content.lines.truncate(30);
            assert_sound(sale.name, &laid_out(&document, &looks[0]));
        }
    }
    for look in &looks {
        for sale in sales::all() {
            assert_sound(sale.name, &laid_out(&sale.document, look));
            assert_sound(sale.name, &pages(&sale.document.content, None, sale.document.issued_on, look).0);
        }
        assert_sound("packing slip", &slip_sheets(&sales::parcels::slip(), look));
        assert_sound("pick list", &pick_list_sheets(&sales::parcels::picks(40), look));
    }
}

#[test]
fn long_words_in_every_place_stay_in_it() {
    let long = |text: &str| format!("{text} {} {}", "w".repeat(70), "and many more words of it ".repeat(6));
    let mut document = sales::at_home::business_unpaid();
    let content: &mut Content = &mut document.content;
    content.seller.trading_name = Some(long("trade"));
    content.seller.name = long("seller");
    content.seller.email = Some("m".repeat(90));
    content.buyer.name = long("buyer");
    content.buyer.attention = Some(long("person"));
    content.buyer.order_reference = Some("REF".repeat(40));
    content.buyer.address.city = long("city");
    content.delivery.name = long("receiver");
    content.delivery.pickup_point = Some(long("point"));
    content.order.display_number = Some("1234567890".repeat(9));
    content.charges[0].text = long("shipping");
    let mut look = sales::look();
    for text in look.texts.values_mut() {
        text.footer = long("footer").repeat(9);
        text.opening = long("opening");
        text.closing = long("closing").repeat(40);
    }
    let sheets = laid_out(&document, &look);
    assert!(sheets.len() > 1);
    assert_sound("long words", &sheets);
}

#[test]
fn every_line_and_every_sum_is_on_the_pages() {
    for sale in sales::all() {
        let found = texts(&laid_out(&sale.document, &sales::look()));
        let (content, language) = (&sale.document.content, Language::of_tag(&sale.document.content.language).unwrap());
        let shown = |value| crate::words::amount(value, language).replace('\u{a0}', " ");
        assert!(found.contains(&sale.document.number), "{}", sale.name);
        for value in [content.totals.gross, content.totals.net, content.totals.vat] {
            assert!(found.contains(&shown(value)) || content.vat.len() > 1, "{}: {value}\n{found}", sale.name);
        }
        for line in &content.lines {
            assert!(found.contains(&shown(line.net)), "{}: {}", sale.name, line.text);
        }
        for said in &content.mentions {
            assert!(found.contains(crate::words::mention(*said, language)), "{}: {said:?}", sale.name);
        }
    }
}

#[test]
fn what_is_carried_is_the_sum_of_the_lines_before() {
    let document = sales::odd::many_lines(130);
    let sheets = laid_out(&document, &sales::look());
    assert!(sheets.len() > 4);
    let mut net = rust_decimal::Decimal::ZERO;
    let mut lines = document.content.lines.iter();
    for (number, sheet) in sheets.iter().enumerate() {
        let words: Vec<&str> = letters(sheet).into_iter().map(|(text, _)| text).collect();
        let carried: Vec<usize> = words.iter().enumerate().filter(|(_, text)| **text == "Transport").map(|(at, _)| at).collect();
        if number > 0 && !carried.is_empty() {
            assert_eq!(words[carried[0] + 1], crate::words::amount(net, Language::Nl), "top of page {}", number + 1);
        }
        let here = words.iter().filter(|text| text.starts_with("Artikelnummer ")).count();
        net += lines.by_ref().take(here).map(|line| line.net).sum::<rust_decimal::Decimal>();
        if let Some(last) = carried.last().filter(|_| lines.len() > 0) {
            assert_eq!(words[last + 1], crate::words::amount(net, Language::Nl), "bottom of page {}", number + 1);
        }
    }
    assert_eq!((lines.len(), net), (0, document.content.totals.lines_net));
}

#[test]
fn every_page_tells_its_number_and_how_many_there_are() {
    let sheets = laid_out(&sales::odd::sixty_lines(), &sales::look());
    for (number, sheet) in sheets.iter().enumerate() {
        let wanted = format!("Pagina {} van {}", number + 1, sheets.len());
        assert!(letters(sheet).iter().any(|(text, _)| *text == wanted), "{wanted}");
    }
}

#[test]
fn an_account_is_named_only_where_the_document_has_one() {
    let without = texts(&laid_out(&sales::at_home::mixed_rates(), &sales::look()));
    assert!(!without.contains("IBAN") && without.contains("BETAALD"));
    let with = texts(&laid_out(&sales::at_home::business_unpaid(), &sales::look()));
    assert!(with.contains("NL91 ABNA 0417 1643 00") && !with.contains("BETAALD"));
}

#[test]
fn a_small_business_shows_no_vat() {
    let found = texts(&laid_out(&sales::at_home::small_business(), &Look::default()));
    assert!(found.contains("art. 25 Wet op de omzetbelasting 1968"));
    for word in ["Incl. btw", "Excl. btw", "0%", "Btw-nummer"] {
        assert!(!found.contains(word), "{word}\n{found}");
    }
}

#[test]
fn a_draft_has_no_number_no_stamp_and_says_what_it_is() {
    let document = sales::at_home::mixed_rates();
    let found = texts(&pages(&document.content, None, document.issued_on, &sales::look()).0);
    assert!(found.contains("Pro-formafactuur") && found.contains("Dit is geen factuur"));
    assert!(!found.contains(&document.number) && !found.contains("BETAALD") && !found.contains("Betaald"));
}

#[test]
fn a_packing_slip_names_no_price() {
    let found = texts(&slip_sheets(&sales::parcels::slip(), &sales::look()));
    assert!(found.contains("LAMP-EIK-60") && found.contains("Volgt later") && found.contains("Liefs, Sanne"));
    assert!(!found.contains('€'), "{found}");
}

#[test]
fn a_pick_list_takes_what_the_orders_want_from_each_location() {
    let list = sales::parcels::picks(40);
    let sheets = pick_list_sheets(&list, &sales::look());
    let found = texts(&sheets);
    for location in ["Magazijn Rotterdam", "winkel"] {
        let here = |pick: &&crate::Pick| (pick.location.as_str() == "winkel") == (location == "winkel");
        let units: i64 = list.orders.iter().flat_map(|order| &order.picks).filter(here).map(|pick| pick.quantity.units()).sum();
        let orders = list.orders.iter().filter(|order| order.picks.iter().any(|pick| here(&pick))).count();
        assert!(found.contains(&format!("Locatie: {location}  ·  {orders} bestellingen, {units} stuks")), "{location}");
    }
    for order in &list.orders {
        assert!(found.contains(&order.number), "{}", order.number);
    }
}

#[test]
fn an_article_that_more_orders_want_than_a_page_holds_goes_over_pages() {
    let mut list = sales::parcels::picks(1);
    let order = list.orders[0].clone();
    list.orders = (0..900).map(|number| crate::PickOrder { number: format!("ORDER-{number:05}"), ..order.clone() }).collect();
    let sheets = pick_list_sheets(&list, &sales::look());
    assert_sound("pick list", &sheets);
    assert!(texts(&sheets).contains("ORDER-00899 × 1"));
}

#[test]
fn letters_that_the_merchants_font_lacks_are_taken_from_ours() {
    let font = FontFile::new(include_bytes!("../tests/files/latin.otf").to_vec()).unwrap();
    let look = Look { font: Some(font), ..Look::default() };
    let mut document = sales::at_home::mixed_rates();
    document.content.buyer.name = "Иван Petrov".to_owned();
    let sheets = laid_out(&document, &look);
    let found = texts(&sheets);
    assert!(found.contains("Иван ") && found.contains("Petrov"), "{found}");
    assert_sound("own font", &sheets);
}

#[test]
fn a_font_that_the_writer_refuses_stops_no_invoice() {
    // Its maker forbids to embed it, which the writer notices and `FontFile::new` would have.
    let font = FontFile::unseen(include_bytes!("../tests/files/forbidden.otf"));
    let document = sales::at_home::mixed_rates();
    let with = Look { font: Some(font), ..sales::look() };
    let (sheets, about) = pages(&document.content, Some(&document.number), document.issued_on, &with);
    assert_eq!(crate::paper::write(&sheets, None, &about).unwrap_err().code(), "document_not_written");
    assert!(crate::invoice(&document, &with).unwrap() == crate::invoice(&document, &sales::look()).unwrap());
}
