//! A fault at every call of every port on the way of documents, in turn: nothing is sent twice by itself, and nothing is forgotten without a word.

use super::deliveries::Sender;
use domain::ChannelSync;
use engine::rows::{ConnectionInvoices, InvoiceDestination, MailedDocuments, UploadedInvoices};
use futures::future::join;
use jiff::Timestamp;
use testkit::faults::Fault;
use testkit::memory::MemoryMailer;
use testkit::run::run;
use testkit::scripted::{Answer, Scripted};

fn opened(mailer: MemoryMailer) -> Sender {
    let terms = ConnectionInvoices { upload: UploadedInvoices::All, mail: MailedDocuments::All, ..super::shop::terms() };
    let sender = Sender::open(Scripted::taking_invoices(), terms, mailer);
    // Taken with a status first, as channels do that look into it later.
    sender.shop.inner.channel.answers([Answer::Taken("process-1")]);
    sender.sell("1");
    sender
}

/// The first run, and the one that asks how far the upload is.
fn first_runs(sender: &Sender, faults: &[(usize, Fault)]) {
    sender.shop.inner.stage.faults.plan(faults.iter().copied());
    sender.run();
    sender.shop.pass(2);
    sender.run();
}

#[test]
fn a_fault_at_any_call_sends_nothing_twice_and_forgets_nothing() {
    let counted = opened(MemoryMailer::default());
    first_runs(&counted, &[]);
    let calls = counted.shop.inner.stage.faults.calls().len();
    assert!(calls > 20, "{calls}");
    for can_be_asked in [false, true] {
        for call in 0..calls {
            for fault in Fault::ALL {
                let sender = opened(if can_be_asked { MemoryMailer::with_memory() } else { MemoryMailer::default() });
                first_runs(&sender, &[(call, fault)]);
                sender.shop.inner.stage.faults.plan([]);
                for _ in 0..12 {
                    sender.shop.pass(16);
                    sender.run().unwrap();
                }
                let what = format!("call {call}, {fault:?}, asked: {can_be_asked}");
                assert_eq!(sender.open_rows(), 0, "{what}: it came to an end");
                let uploads = sender.shop.inner.channel.invoices_taken().len();
                assert_eq!(uploads, 1, "{what}: uploaded once");
                assert!(matches!(sender.state(InvoiceDestination::Upload), ChannelSync::Synced { .. }), "{what}");
                let mails = sender.mailer.sent().len();
                match sender.state(InvoiceDestination::Mail) {
                    ChannelSync::Synced { .. } => assert_eq!(mails, 1, "{what}"),
                    // Nobody can tell, and a person is told so.
                    ChannelSync::Rejected { outcome_unknown: true, .. } => {
                        assert!(!can_be_asked && mails <= 1, "{what}");
                        assert!(sender.shop.inner.parked().iter().any(|row| row.reason.contains("nobody can tell")), "{what}");
                    }
                    other => panic!("{what}: {other:?}"),
                }
            }
        }
    }
}

#[test]
fn two_runs_at_once_send_everything_once() {
    for _ in 0..3 {
        let sender = opened(MemoryMailer::default());
        let world = sender.shop.world();
        let one = || async {
            engine::store_documents(&world, &sender.shop.lookup, &*sender.archive, Timestamp::MAX).await?;
            engine::deliver_documents(&world, &sender.shop.lookup, &*sender.archive, &*sender.mailer, Timestamp::MAX).await
        };
        let (first, second) = run(join(one(), one())).unwrap();
        first.unwrap();
        second.unwrap();
        for _ in 0..4 {
            sender.shop.pass(16);
            sender.run().unwrap();
        }
        assert_eq!((sender.shop.inner.channel.invoices_taken().len(), sender.mailer.sent().len()), (1, 1));
        assert_eq!((sender.open_rows(), sender.shop.inner.parked().len()), (0, 0));
    }
}
