//! What a configuration is told about invoices.

use crate::{Config, Given, Mistakes};
use domain::LocationId;
use domain::invoice::{DocumentKind, LegalEntityId, SellerRegistration};
use domain::vat::VatCountry;
use engine::rows::{InvoicePer, InvoiceWhen, Language, MailedDocuments, SoldThere, UploadedInvoices};
use std::path::PathBuf;

const RIGHT: &str = "[merchant]
name = 'Invented'
catalogue = 'c.csv'

[[location]]
id = 'main'
address = { country = 'NL', postcode = '3011 AB' }

[invoices]
accent = '#0b6e63'

[invoices.texts.nl]
closing = 'Dank u wel'

[invoices.show]
sku = false

[invoices.mail]
from = 'invoices@kade.example'
reply_to = 'hello@kade.example'

[[invoices.entity]]
id = 'kade-bv'
name = 'Kade Wonen B.V.'
address = { lines = ['Havenkade 12'], postcode = '3011 AB', city = 'Rotterdam', country = 'NL' }
kvk = '12345678'
iban = 'NL91 ABNA 0417 1643 00'
language = 'de'
vat_numbers = { NL = 'NL812345678B01', BE = 'BE 0123.456.749' }
oss = { number = 'NL812345678B01', from = '2025-01-01' }
shifts_vat = { DE = false }
sales_abroad = { 2025 = '1234.50' }
invoice_numbers = 'F{year}-{n:05}'
credit_note_numbers = 'C{year}-{n:05}'

[[invoices.entity.start]]
kind = 'invoice'
year = 2026
first = 419

[[invoices.vat_rate]]
vat_class = 'book'
country = 'NL'
from = '2020-01-01'
rate = '9'

[[connection]]
id = 'market'
channel = 'CHANNEL'
simulated = true

[connection.invoices]
entity = 'kade-bv'
since = '2026-12-01T00:00:00Z'
per = 'order'
sold_on = 'marketplace'
marketplace_stock = { country = 'NL', postcode = '5145 AA' }
numbers = { invoices = 'M{year}-{n}', credit_notes = 'MC{year}-{n}' }
charges_follow_goods = true
upload = 'required'
mail = 'credit_notes'
";
const CSV: &str = "sku,title,main,vat_class\nA-1,Lamp,5,\nA-2,Atlas,3,book\n";

fn read(text: &str, csv: &str) -> Result<Config, Mistakes> {
    let text = text.replace("CHANNEL", channel(true));
    let open = |_: &str| Ok(csv.to_owned());
    Config::of(&Given { file: "sluis.toml", text: &text, open: &open, folder: PathBuf::new() })
}

/// Some channel of this build that takes invoices, or takes none: no test here is about a particular one.
fn channel(takes_invoices: bool) -> &'static str {
    let all = ports::Connectors::all(&connectors::Registry);
    all.into_iter().find(|one| one.invoices().is_some() == takes_invoices).unwrap().descriptor().id
}

fn told(text: &str) -> Vec<String> {
    read(text, CSV).unwrap_err().0.into_iter().map(|m| format!("{}: {}", m.place, m.what)).collect()
}

#[test]
fn a_right_section_is_read_whole() {
    let config = read(RIGHT, CSV).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let settings = config.invoices.unwrap();
    let id = LegalEntityId::new("kade-bv").unwrap();
    let entity = &settings.entities[&id];
    assert_eq!(entity.seller.registration, Some(SellerRegistration::Kvk { number: "12345678".to_owned() }));
    assert_eq!(entity.seller.iban.as_deref(), Some("NL91ABNA0417164300"));
    assert_eq!((entity.seller.vat_number.as_ref(), entity.language), (None, Language::De));
    assert_eq!(entity.vat.established_in.as_str(), "NL", "where it has its address");
    assert_eq!(entity.vat.numbers[&VatCountry::Be].as_str(), "BE0123456749");
    assert_eq!(entity.vat.oss.as_ref().unwrap().until, None);
    assert!(!entity.vat.shifts_vat[&VatCountry::De]);
    assert_eq!(entity.sales_abroad[&2025].to_string(), "1234.50");
    assert_eq!((entity.starts[0].kind, entity.starts[0].first), (DocumentKind::Invoice, 419));
    assert_eq!(settings.places[&LocationId::new("main").unwrap()].postcode.as_deref(), Some("3011 AB"));
    assert_eq!((settings.classes.len(), settings.look.texts[&Language::Nl].closing.as_str()), (1, "Dank u wel"));
    assert!(!settings.look.shows.sku && settings.look.shows.contact, "what is not named is shown");
    let terms = config.connections[0].invoices.as_ref().unwrap();
    assert_eq!((terms.when, terms.per, terms.sold_on), (InvoiceWhen::Shipped, InvoicePer::Order, SoldThere::Marketplace));
    assert_eq!((terms.upload, terms.mail), (UploadedInvoices::Required, MailedDocuments::CreditNotes));
    let mail = settings.mail.unwrap();
    assert_eq!((mail.from.as_str(), mail.reply_to.as_deref()), ("invoices@kade.example", Some("hello@kade.example")));
    assert!(terms.charges_follow_goods && terms.numbers.is_some() && terms.marketplace_stock.is_some());
    let classes: Vec<_> = config.catalogue.iter().map(|entry| entry.vat_class.as_ref().unwrap().as_str()).collect();
    assert_eq!(classes, ["standard", "book"]);
}

#[test]
fn without_a_section_nothing_is_invoiced() {
    let text = "[merchant]\nname = 'Invented'\nlocations = ['main']\ncatalogue = 'c.csv'\n";
    let config = read(text, "sku,title,main\nA-1,Lamp,5\n").unwrap();
    assert!(config.invoices.is_none() && config.catalogue[0].vat_class.is_none());
}

#[test]
fn every_mistake_is_told_with_its_field_and_what_was_expected() {
    let wrong = |from: &str, to: &str| told(&RIGHT.replace(from, to));
    let cases = [
        ("name = 'Kade Wonen B.V.'", "nam = 'Kade'", "entity kade-bv: `name` is missing; for example name = \"Kade Wonen B.V.\""),
        ("kvk = '12345678'", "kvk = '1234567'", "entity kade-bv: `kvk` is wrong: got \"1234567\", expected 8 digits"),
        ("0417 1643 00", "0417 1643 01", "entity kade-bv: `iban` is wrong: got \"NL91 ABNA 0417 1643 01\", which is no IBAN"),
        ("language = 'de'", "language = 'pl'", "entity kade-bv: `language` is wrong: got \"pl\", expected one of nl, en, de, fr"),
        ("BE = 'BE 0123", "BE = 'DE 0123", "`vat_numbers` is wrong for BE: DE0123456749 was given by another state than BE"),
        (
            "{ NL = 'NL8",
            "{ US = 'NL8",
            "`vat_numbers` is wrong for US: VAT country: got \"US\", expected a member state of the EU",
        ),
        ("'F{year}-{n:05}'", "'F-{n}'", "`invoice_numbers` is wrong: number format: got \"F-{n}\", expected text without digits"),
        ("2025 = '1234.50'", "2025 = '1.234,50'", "`2025` must be a year with euro without VAT in quotes"),
        ("first = 419", "first = 0", "start: `first` must be a whole number from 1 to"),
        ("kind = 'invoice'", "kind = 'bill'", "start: `kind` is wrong: got \"bill\", expected one of invoice, credit_note"),
        ("rate = '9'", "rate = '9%'", "vat_rate: `rate` is wrong: expected percent in quotes"),
        ("city = 'Rotterdam', ", "", "entity kade-bv, address: `city` is missing"),
        (
            "sku = false",
            "skus = false",
            "invoices, show: `skus` is no setting here; known are: barcode, contact, sku, why_this_vat",
        ),
        ("accent =", "accents =", "invoices: `accents` is no setting here"),
        ("'#0b6e63'", "'green'", "invoices: look.accent: "),
        ("entity = 'kade-bv'", "entity = 'other'", "`entity` names `other`, which is no [[invoices.entity]]; known are kade-bv"),
        ("since = '2026-12-01T00:00:00Z'", "", "connection market, invoices: `since` is missing; for example since ="),
        ("sold_on = 'marketplace'", "", "connection market, invoices: `sold_on` is missing; \"own_shop\" or \"marketplace\""),
        ("per = 'order'", "per = 'line'", "`per` is wrong: got \"line\", expected one of shipment, order"),
        ("per = 'order'", "por = 'order'", "connection market, invoices: `por` is no setting here"),
        ("address = { country = 'NL', postcode = '3011 AB' }", "", "`invoices` needs to know where location `main` is"),
        ("'M{year}-{n}'", "'F{year}-{n}'", "would have the same numbers"),
        (
            "upload = 'required'",
            "upload = 'some'",
            "invoices: `upload` is wrong: got \"some\", expected one of all, required, none",
        ),
        (
            "mail = 'credit",
            "mail = 'debit",
            "invoices: `mail` is wrong: got \"debit_notes\", expected one of all, credit_notes, none",
        ),
        (
            "from = 'invoices@kade.example'",
            "from = 'Kade <a@b.c>'",
            "invoices, mail: `from` is wrong: got \"Kade <a@b.c>\", expected an",
        ),
        ("from = 'invoices@kade.example'", "", "invoices, mail: `from` is missing; for example from ="),
    ];
    for (from, to, expected) in cases {
        let told = wrong(from, to);
        assert!(told.iter().any(|one| one.contains(expected)), "{to}: {told:#?}");
    }
    let none = told(&RIGHT.replace("[[invoices.entity]]\nid = 'kade-bv'", "[[invoices.entity]]\nid = 'Kade BV'"));
    assert!(none.len() == 1 && none[0].contains("`id` is wrong: legal entity: got \"Kade BV\""), "no other follows: {none:?}");
}

#[test]
fn what_a_channel_does_not_take_and_a_mail_without_a_sender_are_told() {
    let none = told(&RIGHT.replace("CHANNEL", channel(false)));
    assert!(none.len() == 1 && none[0].contains("`upload` cannot be: ") && none[0].contains("takes no invoices"), "{none:?}");
    let start = RIGHT.find("[invoices.mail]").unwrap();
    let end = RIGHT.find("[[invoices.entity]]").unwrap();
    let told = told(&[&RIGHT[..start], &RIGHT[end..]].concat());
    assert!(told.len() == 1 && told[0].contains("`mail` needs a sender: add [invoices.mail] with from ="), "{told:?}");
}

#[test]
fn a_connection_that_is_to_be_invoiced_needs_somebody_who_issues() {
    let start = RIGHT.find("[invoices]").unwrap();
    let end = RIGHT.find("[[connection]]").unwrap();
    let told = told(&[&RIGHT[..start], &RIGHT[end..]].concat());
    assert!(told.len() == 1 && told[0].contains("`invoices` needs a legal entity that issues"), "{told:?}");
}

#[test]
fn a_class_in_the_catalogue_that_is_no_word_is_told_with_its_line() {
    let mistakes = read(RIGHT, &CSV.replace(",book", ",Book!")).unwrap_err();
    assert!(mistakes.0.len() == 1 && mistakes.0[0].place == "c.csv:3", "{mistakes}");
    assert!(mistakes.0[0].what.starts_with("vat_class: product class: got \"Book!\""), "{mistakes}");
}

#[test]
fn the_example_of_the_guide_is_right() {
    let guide = include_str!("../../../../docs/guides/invoices.md");
    let example = guide.split("```toml").nth(1).unwrap().split("```").next().unwrap();
    // Which channel it is, and where its credentials are, is no matter of invoices.
    let text = example.replace("channel = \"bol\"\nbase_url = \"https://api.bol.com\"", "channel = 'CHANNEL'\nsimulated = true");
    let config = read(&text, "sku,title,main\nA-1,Lamp,5\n").unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert!(config.invoices.is_some() && config.connections[0].invoices.is_some());
}

#[test]
fn vies_is_asked_in_public_and_held_for_unless_the_merchant_says_otherwise() {
    use engine::rows::Unanswered;
    let with = |lines: &str| RIGHT.replace("[invoices.mail]", &format!("[invoices.vies]\n{lines}\n\n[invoices.mail]"));
    let vies = |lines: &str| read(&with(lines), CSV).unwrap().invoices.unwrap().vies;
    assert_eq!(read(RIGHT, CSV).unwrap().invoices.unwrap().vies, vies(""));
    assert_eq!((vies("").base_url, vies("").unanswered), (None, Unanswered::Hold));
    let set = vies("unanswered = 'charge_vat'\nbase_url = 'https://vies.example.test/rest-api/'");
    assert_eq!((set.base_url.as_deref(), set.unanswered), (Some("https://vies.example.test/rest-api"), Unanswered::ChargeVat));
    let wrong = [
        ("base_url = 'http://127.0.0.1:9001'", "`base_url`"),
        ("base_url = 'http://vies.example.test'", "`base_url` must start with https://"),
        ("base_url = 'https://vies.example.test/?a'", "`base_url` must end before"),
        ("unanswered = 'guess'", "expected one of hold, charge_vat"),
        ("unknown = 'hold'", "`unknown` is no setting here"),
    ];
    for (lines, expected) in wrong {
        let told = read(&with(lines), CSV).unwrap_err().to_string();
        assert!(told.contains(expected), "{lines}: {told}");
    }
}

#[test]
fn a_mistyped_number_of_the_merchants_own_is_named_or_doubted() {
    let mistyped = told(&RIGHT.replace("0123.456.749", "0123.456.794"));
    assert!(
        mistyped.len() == 1 && mistyped[0].contains("`vat_numbers` is wrong for BE: BE0123456794 is no Belgian VAT number"),
        "{mistyped:?}"
    );
    let register = told(&RIGHT.replace("kvk = '12345678'", "kbo = '0123.456.794'"));
    assert!(register.len() == 1 && register[0].contains("`kbo`"), "{register:?}");
    read(&RIGHT.replace("kvk = '12345678'", "kbo = '0123.456.749'"), CSV).unwrap();
    assert_eq!(read(RIGHT, CSV).unwrap().warnings(), Vec::<String>::new());
    let doubted = read(&RIGHT.replace("NL = 'NL812345678B01'", "NL = 'NL812345687B01'"), CSV).unwrap().warnings();
    assert!(doubted.len() == 1 && doubted[0].contains("NL812345687B01 in `vat_numbers`"), "{doubted:?}");
}

#[test]
fn sums_that_would_decide_and_that_nobody_filled_in_are_told_once() {
    let oss = "oss = { number = 'NL812345678B01', from = '2025-01-01' }\n";
    let sums = "sales_abroad = { 2025 = '1234.50' }\n";
    let warned = |text: &str| read(text, CSV).unwrap().warnings();
    let neither = RIGHT.replace(oss, "").replace(sums, "");
    let told = warned(&neither);
    assert!(told.len() == 1 && told[0].contains("entity kade-bv") && told[0].contains("`sales_abroad`"), "{told:?}");
    for with in
        [RIGHT.replace(oss, ""), RIGHT.replace(sums, ""), neither.replace("kvk =", "fixed_establishments = ['DE']\nkvk =")]
    {
        assert_eq!(warned(&with), Vec::<String>::new());
    }
    let opted = neither.replace("kvk =", "destination_from = '2026-01-01'\nkvk =");
    assert_eq!(warned(&opted), Vec::<String>::new());
}

#[test]
fn a_class_without_a_rate_and_an_address_that_is_none_are_told() {
    let warnings = read(RIGHT, &CSV.replace("book", "boek")).unwrap().warnings();
    assert!(warnings.len() == 1 && warnings[0].contains("`boek`") && warnings[0].contains("vat_rate"), "{warnings:?}");
    assert_eq!(read(RIGHT, CSV).unwrap().warnings(), Vec::<String>::new());
    let told = told(&RIGHT.replace("iban =", "email = 'nope'\niban ="));
    assert!(told.len() == 1 && told[0].contains("`email`") && told[0].contains("e-mail address"), "{told:?}");
}

const BOOKS: &str = "
[invoices.accounting]
id = 'books'
system = 'SYSTEM'
base_url = 'https://books.example'
settings = { division = '123456', redirect_uri = 'https://kade.example/done' }
credentials = { client_id = { env = 'PATH' }, client_secret = { env = 'PATH' } }
sales_journal = '70'
ledger = '8000'
debtor = '1'

[[invoices.accounting.collective_debtor]]
country = 'BE'
code = '2'

[[invoices.accounting.vat_code]]
country = 'NL'
rate = '21.0'
code = '4'
";

/// The right settings of books, or these in the place of them. As credentials serves what every process has.
fn with_books(change: (&str, &str)) -> Result<Config, Mistakes> {
    let system = ports::Connectors::back_office(&connectors::Registry)[0].descriptor().id;
    let books = BOOKS.replace(change.0, change.1).replace("SYSTEM", system);
    let (without_connections, _) = RIGHT.split_once("[[connection]]").unwrap();
    read(&format!("{without_connections}{books}"), CSV)
}

#[test]
fn books_are_read_with_their_codes_and_their_credentials_stay_out_of_the_table() {
    let config = with_books(("", "")).unwrap();
    let accounting = config.invoices.unwrap().accounting.unwrap();
    assert_eq!(
        (accounting.credit_journal.as_str(), accounting.debtors.len()),
        ("70", 1),
        "that of the invoices, if nothing else is said"
    );
    let code = &accounting.vat_codes[0];
    assert_eq!((code.rate.to_string().as_str(), code.declared.name(), code.code.as_str()), ("21", "local", "4"));
    let books = config.books.unwrap();
    assert_eq!((books.credentials.len(), books.simulated), (2, false));
}

#[test]
fn what_is_wrong_with_books_is_named() {
    for (change, words) in [
        (("system = 'SYSTEM'", "system = 'ledgerdemain'"), "this build knows no `ledgerdemain`"),
        (("client_secret = {", "secret = {"), "lacks `client_secret`"),
        (("division = '123456', ", ""), "lacks `division`"),
        (("division = '123456'", "division = 'Kade'"), "division: got `Kade`"),
        (("'https://kade.example/done'", "'http://localhost/done'"), "redirect_uri"),
        (("https://books.example", "http://127.0.0.1:9"), "`base_url`"),
        (("sales_journal = '70'", ""), "`sales_journal` is missing"),
        (("rate = '21.0'", "rate = 'high'"), "expected percent"),
        (("code = '4'", "code = '4'\ndeclared = 'nowhere'"), "expected one of local, oss"),
        (
            ("base_url = 'https://books.example'", "simulated = true\nbase_url = 'https://books.example'"),
            "`base_url` is no setting",
        ),
    ] {
        let mistakes = with_books(change).map(|_| ()).unwrap_err().to_string();
        assert!(mistakes.contains(words), "{change:?}: {mistakes}");
    }
}
