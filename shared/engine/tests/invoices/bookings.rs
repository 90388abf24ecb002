//! Issued documents are booked: once, to the cent, with the document beside the entry and the credit note beside its invoice; and a person sees what is not.

use super::shop::{Shop, buyer, entity, number, settings, snapshot, sold, terms, units, web};
use domain::vat::{VatCountry, VatNumber};
use domain::{ChannelSync, LineUnits, LocationId, OrderBuyer};
use engine::rows::{
    AccountingSettings, CollectiveDebtor, Declared, InvoiceDeliveryRow, InvoiceDestination, InvoiceSettingsRow, MappedVatCode,
    OpenDeliveryRow, ToStoreRow, TypedRow,
};
use engine::{
    Cache, DeliveryReport, OrderCommand, check_accounting, deliver_again, deliver_documents, handle_order, put_invoice_settings,
    store_documents, views,
};
use jiff::{SignedDuration, Timestamp};
use ports::ErrorKind;
use std::sync::Arc;
use testkit::faults::{FaultyDocuments, FaultyMailer};
use testkit::memory::{MemoryDocuments, MemoryMailer};
use testkit::run::{finish, run};
use testkit::simulated_books::{self, Trouble, settings as accounting};

const ACCOUNTING: InvoiceDestination = InvoiceDestination::Accounting;

/// A merchant whose documents are booked.
pub(super) struct Bookkeeper {
    pub(super) shop: Shop,
    archive: Arc<MemoryDocuments>,
    mailer: Arc<MemoryMailer>,
}

fn code(country: VatCountry, rate: &str, declared: Declared, code: &str) -> MappedVatCode {
    MappedVatCode { country, rate: rate.parse().unwrap(), declared, code: code.to_owned(), ledger: None }
}

impl Bookkeeper {
    fn with(accounting: AccountingSettings) -> Self {
        let shop = Shop::with(terms(), entity());
        let booked = InvoiceSettingsRow { accounting: Some(accounting), ..settings(entity()) };
        finish(put_invoice_settings(&shop.world(), &booked)).unwrap();
        Self { shop, archive: Arc::default(), mailer: Arc::default() }
    }

    /// One that was let in.
    pub(super) fn open() -> Self {
        let books = Self::with(accounting());
        books.let_in();
        books
    }

    pub(super) fn let_in(&self) {
        simulated_books::let_in(&self.shop.world(), &self.shop.lookup);
    }

    fn sell_to(&self, name: &str, price: &str, who: OrderBuyer) {
        self.shop.tell(snapshot(name, vec![sold("1", 1, price)], self.shop.now()), who);
        self.shop.ship(name, "p", &[("1", 1)]);
        assert_eq!(self.shop.issue().issued, 1);
    }

    pub(super) fn sell(&self, name: &str) {
        self.sell_to(name, "12.10", buyer("NL", "3511 AW"));
    }

    /// All of it comes back.
    fn credit(&self, name: &str) {
        let mut told = snapshot(name, vec![sold("1", 1, "12.10")], self.shop.now());
        (told.lines[0].shipped, told.lines[0].returned) = (units(1), units(1));
        self.shop.tell_again(told);
        assert_eq!(self.shop.issue().issued, 1);
    }

    /// One run behind the issuing, which may die.
    pub(super) fn run(&self) -> Option<DeliveryReport> {
        let plan = || Arc::clone(&self.shop.inner.stage.faults);
        let archive = FaultyDocuments { inner: self.archive.clone(), plan: plan() };
        let mailer = FaultyMailer { inner: self.mailer.clone(), plan: plan() };
        let world = self.shop.world();
        run(async {
            store_documents(&world, &self.shop.lookup, &archive, Timestamp::MAX).await?;
            deliver_documents(&world, &self.shop.lookup, &archive, &mailer, Timestamp::MAX).await
        })
        .and_then(Result::ok)
    }

    pub(super) fn run_for(&self, times: usize) {
        for _ in 0..times {
            self.shop.pass(16);
            self.run().unwrap();
        }
    }

    pub(super) fn entries(&self) -> Vec<(String, String, String, String)> {
        let entries = self.shop.inner.books.with(|books| books.entries());
        entries.into_iter().map(|one| (one.journal, one.reference, one.total, one.vat)).collect()
    }

    pub(super) fn rows(&self) -> Vec<InvoiceDeliveryRow> {
        let rows = self.shop.inner.stage.table.rows().into_iter();
        let its = rows.filter(|row| row.key.pk.starts_with("INVOICE_DELIVERIES#") && !row.key.pk.ends_with("#kept"));
        its.map(|row| InvoiceDeliveryRow::from_row(&row).unwrap()).collect()
    }

    pub(super) fn open_rows(&self) -> usize {
        let partitions = [OpenDeliveryRow::PARTITION, ToStoreRow::PARTITION];
        self.shop.inner.stage.table.rows().iter().filter(|row| partitions.contains(&row.key.pk.as_str())).count()
    }

    fn reasons(&self) -> Vec<String> {
        self.shop.inner.parked().into_iter().map(|row| row.reason).collect()
    }
}

fn entry(journal: &str, reference: &str, total: &str, vat: &str) -> (String, String, String, String) {
    (journal.to_owned(), reference.to_owned(), total.to_owned(), vat.to_owned())
}

#[test]
fn an_invoice_is_booked_once_with_its_document_and_nothing_of_a_consumer_but_that() {
    let books = Bookkeeper::open();
    books.sell("1");
    assert_eq!(books.run().unwrap(), DeliveryReport { delivered: 1, refused: 0, under_way: 0 });
    books.run_for(3);
    assert_eq!(books.entries(), [entry("70", "F2026-00001", "12.1", "2.1")]);
    let (there, debtors) = books.shop.inner.books.with(|books| (books.entries().remove(0), books.debtors()));
    assert_eq!((there.debtor.as_str(), there.has_pdf), ("Consumenten", true));
    assert_eq!(there.file_name.as_deref(), Some("F2026-00001.pdf"));
    assert_eq!(debtors, ["Consumenten"], "nobody else is known there");
    let row = books.rows().remove(0);
    assert_eq!((row.note.as_deref(), books.open_rows()), (Some("entry 26700001"), 0));
    assert_eq!(books.shop.inner.books.with(|books| books.mistakes()), 0, "it refused nothing");
}

#[test]
fn a_credit_note_comes_off_and_names_its_invoice_and_the_entry_of_that() {
    let books = Bookkeeper::open();
    books.sell("1");
    books.credit("1");
    // Both are on their way: the invoice goes first.
    books.run_for(3);
    assert_eq!(books.entries(), [entry("70", "F2026-00001", "12.1", "2.1"), entry("71", "C2026-00001", "-12.1", "-2.1")]);
    let credit = books.shop.inner.books.with(|books| books.entries().remove(1));
    assert_eq!(credit.description, "C2026-00001 - F2026-00001 (26700001)");
    assert!(credit.has_pdf && books.open_rows() == 0);
}

#[test]
fn a_business_has_an_account_of_its_own_by_its_vat_number_once() {
    let books = Bookkeeper::open();
    for name in ["1", "2"] {
        let vat_number = Some(VatNumber::new("BE0123456749").unwrap());
        books.sell_to(name, "121.00", OrderBuyer { vat_number, ..buyer("BE", "9000") });
    }
    books.run_for(2);
    let entries = [entry("70", "F2026-00001", "121", "0"), entry("70", "F2026-00002", "121", "0")];
    assert_eq!(books.entries(), entries, "{:?}", books.reasons());
    assert_eq!(books.shop.inner.books.with(|books| books.debtors().len()), 2);
    // A process that knows nothing finds it there.
    let later = Bookkeeper { shop: Shop { lookup: Cache::default(), ..books.shop }, ..books };
    let vat_number = Some(VatNumber::new("BE0123456749").unwrap());
    later.sell_to("3", "121.00", OrderBuyer { vat_number, ..buyer("BE", "9000") });
    later.run_for(2);
    assert_eq!((later.entries().len(), later.shop.inner.books.with(|books| books.debtors().len())), (3, 2));
}

#[test]
fn consumers_are_on_the_debtor_of_their_connection_or_country() {
    let other = CollectiveDebtor { connection: Some(web()), country: Some(super::shop::country("NL")), code: "99".to_owned() };
    let books = Bookkeeper::with(AccountingSettings { debtors: vec![other], ..accounting() });
    books.let_in();
    books.sell("1");
    books.run().unwrap();
    let reasons = books.reasons().join(" ");
    assert!(reasons.contains("no customer `99`"), "{reasons}");
}

#[test]
fn what_is_refused_stands_there_in_its_own_words_and_holds_up_no_other_and_is_booked_once_somebody_mended_it() {
    let books = Bookkeeper::open();
    books.shop.inner.books.with(|books| books.close_period(true));
    books.sell("1");
    assert_eq!(books.run().unwrap(), DeliveryReport { delivered: 0, refused: 1, under_way: 0 });
    let reasons = books.reasons().join(" ");
    assert!(reasons.contains("Periode 12 van 2026 is afgesloten") && reasons.contains("booked again"), "{reasons}");
    books.shop.inner.books.with(|books| books.close_period(false));
    books.sell("2");
    books.run_for(2);
    assert_eq!(books.entries(), [entry("70", "F2026-00002", "12.1", "2.1")], "the other is booked");
    finish(deliver_again(&books.shop.world(), "F2026-00001", ACCOUNTING)).unwrap();
    books.run_for(2);
    assert_eq!(books.entries().len(), 2);
    let refused_again = finish(deliver_again(&books.shop.world(), "F2026-00001", ACCOUNTING)).unwrap_err();
    assert_eq!(refused_again.kind, ErrorKind::Declined, "what is booked stays as it is");
    assert_eq!(finish(engine::close_parked(&books.shop.world())).unwrap(), 1);
}

#[test]
fn a_sale_without_a_code_and_a_code_of_another_rate_are_told_before_anything_is_written() {
    for (codes, words) in [
        (vec![], "no VAT code is set for 21 % of NL, declared as `local`"),
        (vec![code(VatCountry::Nl, "21", Declared::Local, "1")], "the VAT code `1` of Exact Online is 9 %"),
        (vec![code(VatCountry::Nl, "21", Declared::Local, "7")], "no VAT code `7`"),
    ] {
        let books = Bookkeeper::with(AccountingSettings { vat_codes: codes, ..accounting() });
        books.let_in();
        books.sell("1");
        assert_eq!(books.run().unwrap().refused, 1, "{words}");
        let reasons = books.reasons().join(" ");
        assert!(reasons.contains(words), "{reasons}");
        assert!(books.entries().is_empty());
    }
}

#[test]
fn a_code_that_includes_the_vat_comes_to_the_same() {
    let inclusive = vec![code(VatCountry::Nl, "21", Declared::Local, "2I")];
    let books = Bookkeeper::with(AccountingSettings { vat_codes: inclusive, ..accounting() });
    books.let_in();
    books.sell("1");
    books.run().unwrap();
    assert_eq!(books.entries(), [entry("70", "F2026-00001", "12.1", "2.1")]);
}

#[test]
fn a_document_from_before_is_booked_at_a_persons_word() {
    let books = Bookkeeper::open();
    finish(put_invoice_settings(&books.shop.world(), &settings(entity()))).unwrap();
    books.sell("1");
    books.run_for(1);
    assert!(books.rows().is_empty());
    let booked = InvoiceSettingsRow { accounting: Some(accounting()), ..settings(entity()) };
    finish(put_invoice_settings(&books.shop.world(), &booked)).unwrap();
    finish(deliver_again(&books.shop.world(), "F2026-00001", ACCOUNTING)).unwrap();
    books.run_for(1);
    assert_eq!(books.entries().len(), 1);
}

#[test]
fn nobody_who_was_not_let_in_asks_and_a_person_is_told_how() {
    let books = Bookkeeper::with(accounting());
    books.sell("1");
    books.sell("2");
    for _ in 0..60 {
        books.run_for(1);
    }
    let reasons = books.reasons().join(" ");
    assert!(reasons.contains("sluis authorize"), "{reasons}");
    assert_eq!(books.shop.inner.books.with(|books| books.mistakes()), 0, "nothing was sent");
    assert!(books.rows().iter().all(|row| row.state == ChannelSync::Pending), "sixteen hours later both still wait");
    books.let_in();
    books.run_for(2);
    assert_eq!((books.entries().len(), books.open_rows()), (2, 0));
}

#[test]
fn a_consent_that_ended_is_asked_with_once_and_a_new_one_goes_on() {
    let books = Bookkeeper::open();
    books.shop.inner.books.with(|books| books.trouble(Trouble::TokensRevoked));
    books.sell("1");
    books.run_for(12);
    assert!(books.reasons().join(" ").contains("Old refresh token used"), "{:?}", books.reasons());
    let mistakes = books.shop.inner.books.with(|books| books.mistakes());
    assert!(mistakes <= 3, "{mistakes}: it is not asked again");
    books.let_in();
    books.run_for(2);
    assert_eq!(books.entries().len(), 1);
}

#[test]
fn settings_that_do_not_fit_are_named_and_no_more_once_they_do() {
    let mut wrong = accounting();
    wrong.credit_journal = "72".to_owned();
    wrong.ledger = "1234".to_owned();
    wrong.vat_codes.push(code(VatCountry::Nl, "9", Declared::Local, "2"));
    let books = Bookkeeper::with(wrong);
    books.let_in();
    let world = books.shop.world();
    let found = finish(check_accounting(&world, &books.shop.lookup)).unwrap().unwrap();
    let wanted = [
        "there is no sales journal `72`; there are 70, 71",
        "the VAT code `2` is 21 %, and is set for 9 % of NL, declared as `local`",
        "there is no ledger account `1234`",
    ];
    assert_eq!(found.problems, wanted);
    assert_eq!(found.company.as_deref(), Some("De Buitenkast B.V. (verzonnen)"));
    assert_eq!(books.reasons().len(), 1);
    assert!(finish(check_accounting(&world, &books.shop.lookup)).unwrap().is_none(), "once a day is enough");
    let right = InvoiceSettingsRow { accounting: Some(accounting()), ..settings(entity()) };
    finish(put_invoice_settings(&world, &right)).unwrap();
    let found = finish(check_accounting(&world, &books.shop.lookup)).unwrap().unwrap();
    assert_eq!((found.problems.len(), found.error, books.reasons().len()), (0, None, 0));
    let shown = finish(views::accounting(&world)).unwrap();
    assert!(shown.accounting.is_some() && shown.check.is_some_and(|check| check.problems.is_empty()));
}

#[test]
fn a_full_minute_puts_off_and_nothing_is_lost() {
    let books = Bookkeeper::open();
    let until = books.shop.now() + SignedDuration::from_mins(30);
    books.shop.inner.books.with(|books| books.trouble(Trouble::TooMany { until }));
    books.sell("1");
    books.run_for(5);
    assert_eq!((books.entries().len(), books.open_rows()), (1, 0));
    assert!(books.reasons().is_empty(), "{:?}", books.reasons());
}
#[test]
fn an_order_of_goods_and_shipping_is_booked_on_two_ledger_accounts_that_come_to_the_document() {
    let books = Bookkeeper::open();
    let mut told = snapshot("1", vec![sold("1", 3, "3.33")], books.shop.now());
    told.terms.shipping_price = Some(super::shop::euro("4.95"));
    books.shop.tell(told, buyer("NL", "3511 AW"));
    let lines = vec![LineUnits { line: super::shop::line("1"), units: units(3) }];
    let location = LocationId::new("main").unwrap();
    let command = OrderCommand::Ship { id: Some("p".into()), location, lines, carrier: None, tracking: None };
    finish(handle_order(&books.shop.world(), &books.shop.lookup, &web(), &number("1"), &command, "Ada")).unwrap();
    assert_eq!(books.shop.issue().issued, 1);
    books.run_for(1);
    let document = super::books::documents(&books.shop).remove(0);
    let totals = document.content.totals;
    let wanted = entry("70", "F2026-00001", &totals.gross.normalize().to_string(), &totals.vat.normalize().to_string());
    assert_eq!(books.entries(), [wanted]);
}
