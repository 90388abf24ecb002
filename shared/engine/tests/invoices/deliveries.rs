//! Issued documents arrive where they are wanted: once, as far as anybody can know, and a person sees what does not.

use super::shop::{Shop, buyer, entity, number, settings, sold, terms, units, web};
use bytes::Bytes;
use domain::{CarrierId, ChannelSync, LineUnits, LocationId, OrderBuyer};
use engine::rows::{
    ConnectionInvoices, InvoiceDeliveryRow, InvoiceDestination, InvoiceSettingsRow, MailSender, MailedDocuments, OpenDeliveryRow,
    Subject, ToStoreRow, TypedRow, UploadedInvoices,
};
use engine::{
    DeliveryReport, OrderCommand, close_parked, deliver_again, deliver_documents, erase_buyer, handle_order,
    put_invoice_settings, read_invoice_notices, retry_parked, store_documents, views,
};
use jiff::Timestamp;
use ports::{ErrorKind, Status};
use std::sync::Arc;
use testkit::faults::{FaultyDocuments, FaultyMailer};
use testkit::memory::{MemoryDocuments, MemoryMailer};
use testkit::run::{finish, run};
use testkit::scripted::{Answer, Scripted};

/// A shop whose channel is given invoices, and whose buyers are mailed.
pub(super) struct Sender {
    pub(super) shop: Shop,
    pub(super) archive: Arc<MemoryDocuments>,
    pub(super) mailer: Arc<MemoryMailer>,
}

pub(super) fn sender() -> MailSender {
    MailSender { from: "invoices@kade.example.test".to_owned(), reply_to: None }
}

fn both() -> ConnectionInvoices {
    ConnectionInvoices { upload: UploadedInvoices::All, mail: MailedDocuments::All, ..terms() }
}

pub(super) fn sanne() -> OrderBuyer {
    OrderBuyer { email: Some("sanne@example.test".to_owned()), ..buyer("NL", "3511 AW") }
}

impl Sender {
    pub(super) fn open(channel: Scripted, terms: ConnectionInvoices, mailer: MemoryMailer) -> Self {
        let shop = Shop::on(channel, terms, entity());
        let with_mail = InvoiceSettingsRow { mail: Some(sender()), ..settings(entity()) };
        finish(put_invoice_settings(&shop.world(), &with_mail)).unwrap();
        Self { shop, archive: Arc::default(), mailer: Arc::new(mailer) }
    }

    /// Both destinations, on a channel that does as it is told.
    pub(super) fn usual() -> Self {
        Self::open(Scripted::taking_invoices(), both(), MemoryMailer::default())
    }

    /// An order that was sent with a parcel, and invoiced.
    pub(super) fn sell(&self, name: &str) {
        let shop = &self.shop;
        shop.tell(super::shop::snapshot(name, vec![sold("1", 1, "12.10")], shop.now()), sanne());
        let lines = vec![LineUnits { line: super::shop::line("1"), units: units(1) }];
        let command = OrderCommand::Ship {
            id: Some("p".into()),
            location: LocationId::new("main").unwrap(),
            lines,
            carrier: Some(CarrierId::new("postnl").unwrap()),
            tracking: Some("3SKADE0001".into()),
        };
        finish(handle_order(&shop.world(), &shop.lookup, &web(), &number(name), &command, "Ada")).unwrap();
        assert_eq!(shop.issue().issued, 1);
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

    pub(super) fn rows(&self) -> Vec<InvoiceDeliveryRow> {
        let rows = self.shop.inner.stage.table.rows().into_iter();
        let its = rows.filter(|row| row.key.pk.starts_with("INVOICE_DELIVERIES#") && !row.key.pk.ends_with("#kept"));
        its.map(|row| InvoiceDeliveryRow::from_row(&row).unwrap()).collect()
    }

    pub(super) fn state(&self, destination: InvoiceDestination) -> ChannelSync {
        self.rows().into_iter().find(|row| row.destination == destination).unwrap().state
    }

    pub(super) fn open_rows(&self) -> usize {
        let partitions = [OpenDeliveryRow::PARTITION, ToStoreRow::PARTITION];
        self.shop.inner.stage.table.rows().iter().filter(|row| partitions.contains(&row.key.pk.as_str())).count()
    }

    fn again(&self, destination: InvoiceDestination) -> ports::Result<()> {
        finish(deliver_again(&self.shop.world(), "F2026-00001", destination))
    }
}

const UPLOAD: InvoiceDestination = InvoiceDestination::Upload;
const MAIL: InvoiceDestination = InvoiceDestination::Mail;

#[test]
fn an_invoice_is_uploaded_and_mailed_once_with_its_parcel_and_a_second_run_sends_nothing() {
    let sender = Sender::usual();
    sender.sell("1");
    assert_eq!(sender.run().unwrap(), DeliveryReport { delivered: 2, refused: 0, under_way: 0 });
    for _ in 0..3 {
        sender.shop.pass(60);
        assert_eq!(sender.run().unwrap(), DeliveryReport::default());
    }
    let taken = sender.shop.inner.channel.invoices_taken();
    let [upload] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!((upload.number.as_str(), upload.shipment.as_deref()), ("F2026-00001", Some("p")));
    assert!(upload.pdf.starts_with(b"%PDF-") && upload.lines.len() == 1);
    let mails = sender.mailer.sent();
    let [(name, mail)] = mails.as_slice() else { panic!("{}", mails.len()) };
    assert_eq!((name.as_str(), mail.to.as_str()), ("kade-bv/invoice/2026/000000000001-1", "sanne@example.test"));
    let text = String::from_utf8_lossy(&mail.message).into_owned();
    assert!(text.contains("3SKADE0001") && text.contains("F2026-00001.pdf") && text.contains("PostNL"), "{text}");
    assert_eq!(sender.open_rows(), 0);
}

#[test]
fn nothing_of_the_buyer_is_in_any_row_but_the_buyer_s_and_the_document_s() {
    let sender = Sender::usual();
    sender.sell("1");
    sender.run().unwrap();
    for row in sender.shop.inner.stage.table.rows() {
        let may = row.key.sk == "BUYER" || row.key.pk.starts_with("INVOICES#");
        assert!(may || !format!("{row:?}").to_lowercase().contains("sanne"), "{row:?}");
    }
}

#[test]
fn what_the_merchant_did_not_ask_for_is_sent_nowhere() {
    let cases = [
        (terms(), 0),
        (ConnectionInvoices { upload: UploadedInvoices::Required, ..terms() }, 0),
        (ConnectionInvoices { mail: MailedDocuments::CreditNotes, ..terms() }, 0),
        (ConnectionInvoices { upload: UploadedInvoices::All, mail: MailedDocuments::CreditNotes, ..terms() }, 1),
    ];
    for (terms, wanted) in cases {
        let sender = Sender::open(Scripted::taking_invoices(), terms, MemoryMailer::default());
        sender.sell("1");
        sender.run().unwrap();
        assert_eq!((sender.rows().len(), sender.mailer.sent().len()), (wanted, 0));
    }
    let takes_none = Sender::open(Scripted::default(), both(), MemoryMailer::default());
    takes_none.sell("1");
    takes_none.run().unwrap();
    assert_eq!(takes_none.rows().len(), 0, "such a channel takes none, and tells of no buyer");
}

#[test]
fn a_credit_note_is_mailed_and_not_uploaded_where_the_channel_takes_none() {
    let sender = Sender::usual();
    sender.sell("1");
    sender.run().unwrap();
    let mut told = super::shop::snapshot("1", vec![sold("1", 1, "12.10")], sender.shop.now());
    (told.lines[0].shipped, told.lines[0].returned) = (units(1), units(1));
    sender.shop.tell_again(told);
    assert_eq!(sender.shop.issue().issued, 1);
    sender.run().unwrap();
    let of_credit = sender.rows().into_iter().filter(|row| row.document.starts_with('C'));
    assert_eq!(of_credit.map(|row| row.destination).collect::<Vec<_>>(), [MAIL]);
    let (name, mail) = sender.mailer.sent().pop().unwrap();
    assert_eq!(name, "kade-bv/credit-note/2026/000000000001-1");
    assert!(!String::from_utf8_lossy(&mail.message).contains("3SKADE0001"), "a credit note is about no parcel");
}

#[test]
fn a_process_is_asked_for_until_it_ends_over_a_restart() {
    let sender = Sender::usual();
    sender.shop.inner.channel.answers([Answer::Taken("process-1")]);
    sender.shop.inner.channel.looks([Answer::Taken("process-1"), Answer::Done]);
    sender.sell("1");
    sender.run().unwrap();
    assert_eq!(sender.state(UPLOAD), ChannelSync::Processing { status: "process-1".into() });
    assert_eq!(sender.run().unwrap(), DeliveryReport::default(), "it is not asked for at once");
    // A new process knows nothing but the table.
    let restarted =
        Sender { shop: Shop { lookup: engine::Cache::default(), ..sender.shop }, archive: sender.archive, mailer: sender.mailer };
    for _ in 0..2 {
        restarted.shop.pass(2);
        restarted.run().unwrap();
    }
    assert!(matches!(restarted.state(UPLOAD), ChannelSync::Synced { .. }));
    assert_eq!((restarted.shop.inner.channel.invoices_taken().len(), restarted.open_rows()), (1, 0));
}

#[test]
fn what_the_channel_refuses_stands_there_for_a_person_who_has_it_tried_again() {
    let sender = Sender::usual();
    sender.shop.inner.channel.answers([Answer::No(ErrorKind::Declined, Status::Permanent)]);
    sender.sell("1");
    assert_eq!(sender.run().unwrap(), DeliveryReport { delivered: 1, refused: 1, under_way: 0 }, "the mail goes all the same");
    let parked = sender.shop.inner.parked().remove(0);
    let subject = Subject::InvoiceDelivery { number: number("1"), document: "F2026-00001".into(), destination: UPLOAD };
    assert_eq!(parked.subject, subject);
    let world = sender.shop.world();
    assert_eq!(finish(close_parked(&world)).unwrap(), 0);
    let view = finish(views::invoice(&world, "F2026-00001")).unwrap();
    let shown = &view.summary.deliveries[1];
    assert_eq!((shown.destination, shown.can_send_again, shown.next_try_at), (UPLOAD, true, None));
    assert!(matches!(&shown.state, ChannelSync::Rejected { reason, .. } if reason == "as the script says"));
    finish(retry_parked(&world, &sender.shop.lookup, &parked.id, "Ada")).unwrap();
    assert_eq!(finish(close_parked(&world)).unwrap(), 0, "it may be refused again");
    assert_eq!(sender.run().unwrap().delivered, 1);
    assert_eq!(finish(close_parked(&world)).unwrap(), 1);
    assert_eq!(sender.again(UPLOAD).unwrap_err().kind, ErrorKind::Declined, "what the channel has, it has");
    assert_eq!(sender.shop.inner.channel.invoices_taken().len(), 1);
    let list = finish(views::invoices(&world, None, &views::PageRequest::first(10))).unwrap();
    assert_eq!(list.invoices[0].deliveries.len(), 2);
}

#[test]
fn what_somebody_wrote_over_goes_to_nobody_and_what_is_lost_is_made_anew() {
    let sender = Sender::usual();
    sender.sell("1");
    assert_eq!(sender.run().unwrap().delivered, 2);
    let name = sender.archive.names().remove(0);
    sender.archive.spoil(&name, Some(Bytes::from_static(b"FORGED")));
    sender.again(MAIL).unwrap();
    assert_eq!(sender.run().unwrap(), DeliveryReport { delivered: 0, refused: 1, under_way: 0 });
    assert!(matches!(sender.state(MAIL), ChannelSync::Rejected { reason, .. } if reason.starts_with("document_differs: ")));
    assert_eq!((sender.mailer.sent().len(), sender.shop.inner.parked().len()), (1, 1), "nothing is sent, and a person sees why");
    sender.archive.spoil(&name, None);
    sender.again(MAIL).unwrap();
    assert_eq!(sender.run().unwrap().delivered, 1);
    assert_eq!(sender.mailer.sent().len(), 2);
}

#[test]
fn an_upload_whose_answer_is_lost_is_asked_for_before_it_is_sent_again() {
    let lost = [Answer::DoneAfterAll(ErrorKind::Timeout, Status::Unknown), Answer::No(ErrorKind::Timeout, Status::Unknown)];
    for answer in lost {
        let sender = Sender::usual();
        sender.shop.inner.channel.answers([answer]);
        sender.sell("1");
        sender.run().unwrap();
        assert!(matches!(sender.state(UPLOAD), ChannelSync::Sending { .. }));
        for _ in 0..3 {
            sender.shop.pass(2);
            sender.run().unwrap();
        }
        assert!(matches!(sender.state(UPLOAD), ChannelSync::Synced { .. }), "{answer:?}");
        assert_eq!(sender.shop.inner.channel.invoices_taken().len(), 1, "{answer:?}");
    }
    let mut mute = Scripted::taking_invoices();
    mute.can_be_asked = false;
    let sender = Sender::open(mute, both(), MemoryMailer::default());
    sender.shop.inner.channel.answers([Answer::DoneAfterAll(ErrorKind::Timeout, Status::Unknown)]);
    sender.sell("1");
    sender.run().unwrap();
    sender.shop.pass(2);
    sender.run().unwrap();
    assert!(matches!(sender.state(UPLOAD), ChannelSync::Rejected { outcome_unknown: true, .. }));
    assert_eq!(sender.shop.inner.channel.invoices_taken().len(), 1);
}

#[test]
fn a_mail_of_unknown_outcome_goes_out_again_by_a_person_s_word_alone() {
    use testkit::faults::Fault;
    for (mailer, automatic) in [(MemoryMailer::default(), 0), (MemoryMailer::with_memory(), 1)] {
        let sender =
            Sender::open(Scripted::taking_invoices(), ConnectionInvoices { mail: MailedDocuments::All, ..terms() }, mailer);
        sender.sell("1");
        sender.shop.inner.stage.faults.plan_first("mail.send", Fault::Vanished);
        sender.run().unwrap();
        sender.shop.inner.stage.faults.plan([]);
        for _ in 0..3 {
            sender.shop.pass(2);
            sender.run().unwrap();
        }
        assert_eq!(sender.mailer.sent().len(), automatic);
        if automatic == 1 {
            continue;
        }
        assert!(matches!(sender.state(MAIL), ChannelSync::Rejected { outcome_unknown: true, .. }));
        assert!(sender.shop.inner.parked()[0].reason.contains("nobody can tell"));
        sender.again(MAIL).unwrap();
        sender.run().unwrap();
        assert_eq!(sender.mailer.sent()[0].0, "kade-bv/invoice/2026/000000000001-2", "a mail of its own");
        assert!(matches!(sender.state(MAIL), ChannelSync::Synced { .. }));
        sender.again(MAIL).unwrap();
        sender.run().unwrap();
        assert_eq!(sender.mailer.sent().len(), 2, "a buyer who lost it gets it once more");
    }
}

#[test]
fn a_buyer_without_an_address_is_nobody_s_fault_and_one_that_was_erased_is_told() {
    let sender = Sender::usual();
    sender.shop.order("1", vec![sold("1", 1, "12.10")]);
    sender.shop.ship("1", "p", &[("1", 1)]);
    sender.shop.issue();
    sender.run().unwrap();
    assert_eq!((sender.state(MAIL), sender.shop.inner.parked().len()), (ChannelSync::NotNeeded, 0));
    assert!(sender.rows()[0].note.as_deref().unwrap().contains("no e-mail address"));
    let sender = Sender::usual();
    sender.sell("1");
    finish(erase_buyer(&sender.shop.world(), &web(), &number("1"), "Ada")).unwrap();
    sender.run().unwrap();
    let ChannelSync::Rejected { reason, outcome_unknown: false } = sender.state(MAIL) else { panic!() };
    assert!(reason.contains("were erased") && !reason.to_lowercase().contains("sanne"), "{reason}");
    assert_eq!(sender.mailer.sent().len(), 0);
}

#[test]
fn what_is_invoiced_before_it_is_sent_waits_for_that_and_what_fails_for_long_is_told() {
    let ordered = ConnectionInvoices { when: engine::rows::InvoiceWhen::Ordered, upload: UploadedInvoices::All, ..terms() };
    let sender = Sender::open(Scripted::taking_invoices(), ordered, MemoryMailer::default());
    sender.shop.order("1", vec![sold("1", 1, "12.10")]);
    assert_eq!(sender.shop.issue().issued, 1);
    for _ in 0..30 {
        sender.shop.pass(60);
        sender.run().unwrap();
    }
    assert_eq!((sender.state(UPLOAD), sender.shop.inner.channel.invoices_taken().len()), (ChannelSync::Pending, 0));
    sender.shop.inner.channel.answers(vec![Answer::No(ErrorKind::Unavailable, Status::Temporary { retry_after: None }); 200]);
    sender.shop.ship("1", "p", &[("1", 1)]);
    for _ in 0..11 {
        sender.shop.pass(60);
        sender.run().unwrap();
        assert_eq!(sender.state(UPLOAD), ChannelSync::Pending);
    }
    for _ in 0..3 {
        sender.shop.pass(60);
        sender.run().unwrap();
    }
    assert!(matches!(sender.state(UPLOAD), ChannelSync::Rejected { .. }));
    assert!(sender.shop.inner.parked()[0].reason.starts_with("it did not arrive for twelve hours"));
}

#[test]
fn what_a_customer_asks_for_is_uploaded_and_what_is_found_wrong_later_is_refused_after_all() {
    use ports::{InvoiceNotice, InvoiceSays};
    let required = ConnectionInvoices { upload: UploadedInvoices::Required, ..terms() };
    let sender = Sender::open(Scripted::taking_invoices(), required, MemoryMailer::default());
    sender.sell("1");
    sender.sell("2");
    sender.run().unwrap();
    assert_eq!(sender.rows().len(), 0, "to consumers at home");
    let (world, channel) = (sender.shop.world(), &sender.shop.inner.channel);
    let notices = || finish(read_invoice_notices(&world, &sender.shop.lookup)).unwrap();
    let unknown = InvoiceNotice { order: number("99"), says: InvoiceSays::Requested };
    channel.says_of_invoices([unknown, InvoiceNotice { order: number("1"), says: InvoiceSays::Requested }]);
    assert_eq!((notices().requested, notices().requested), (1, 0), "once");
    sender.run().unwrap();
    let taken: Vec<String> = channel.invoices_taken().into_iter().map(|one| one.number).collect();
    assert_eq!(taken, ["F2026-00001"]);
    channel.says_of_invoices(["1", "2"].map(|order| InvoiceNotice { order: number(order), says: InvoiceSays::Refused }));
    assert_eq!(notices().refused, 0, "not this one");
    channel.dislike_invoice("F2026-00001");
    assert_eq!((notices().refused, notices().refused), (1, 0));
    assert!(matches!(sender.state(UPLOAD), ChannelSync::Rejected { outcome_unknown: false, .. }));
    assert_eq!((sender.shop.inner.parked().len(), sender.open_rows()), (1, 0));
    let nobody = Sender::open(Scripted::taking_invoices(), terms(), MemoryMailer::default());
    finish(read_invoice_notices(&nobody.shop.world(), &nobody.shop.lookup)).unwrap();
    assert_eq!(nobody.shop.inner.stage.faults.calls().iter().filter(|call| **call == "http.send").count(), 0);
}

#[test]
fn where_nothing_is_taken_the_others_wait_untouched_and_the_mails_go_on() {
    let sender = Sender::usual();
    for name in ["1", "2", "3"] {
        sender.sell(name);
    }
    let wait = Status::Temporary { retry_after: Some(std::time::Duration::from_secs(30)) };
    sender.shop.inner.channel.answers([Answer::No(ErrorKind::RateLimited, wait)]);
    let report = sender.run().unwrap();
    assert_eq!((report.delivered, report.under_way), (3, 1), "three mails, and one upload that was tried");
    let tried = sender.rows().into_iter().filter(|row| row.destination == UPLOAD && row.version > 1).count();
    assert_eq!(tried, 1);
    sender.shop.pass(1);
    assert_eq!(sender.run().unwrap().delivered, 3);
    assert_eq!((sender.shop.inner.channel.invoices_taken().len(), sender.mailer.sent().len()), (3, 3));
}

#[test]
fn what_is_not_sent_there_cannot_be_sent_again() {
    let sender = Sender::open(
        Scripted::taking_invoices(),
        ConnectionInvoices { upload: UploadedInvoices::All, ..terms() },
        MemoryMailer::default(),
    );
    sender.sell("1");
    sender.run().unwrap();
    assert_eq!(sender.again(MAIL).unwrap_err().kind, ErrorKind::NotFound);
    let none = finish(deliver_again(&sender.shop.world(), "F2026-00009", UPLOAD));
    assert_eq!(none.unwrap_err().kind, ErrorKind::NotFound);
}
