//! Invoices that a channel shows to its customers.

use crate::bench::{Bench, Subject, named, units};
use connectors::simulated_channel::Trouble;
use domain::OrderNumber;
use engine::ConnectorClient;
use ports::{Acknowledged, Disposition, Error, InvoiceNotice, InvoiceSays, InvoiceUpload, Result, Status};
use testkit::run::finish;

/// A bench where the channel takes invoices.
fn bench(subject: &Subject) -> Option<Bench> {
    if subject.channel.invoices().is_none() {
        subject.skip("it takes no invoices");
        return None;
    }
    Some(subject.bench())
}

/// An order of two units, of which each leaves in a shipment of its own.
fn sent(bench: &Bench) -> OrderNumber {
    let order = bench.buy_all(&[(0, 2)], "NL");
    for (reference, completes) in [("parcel-1", false), ("parcel-2", true)] {
        let parcel = bench.parcel(&order, reference, &[(0, 1)], Some(bench.carrier()), completes);
        bench.told(&order, &parcel).unwrap();
    }
    order
}

fn invoice(bench: &Bench, order: &OrderNumber, shipment: &str) -> InvoiceUpload {
    let read = bench.patiently(|| bench.order(order)).unwrap();
    InvoiceUpload {
        order: order.clone(),
        number: format!("F2026-{shipment}"),
        shipment: Some(shipment.to_owned()),
        other_shipments: Vec::new(),
        lines: read.lines.into_iter().map(|line| line.id).collect(),
        pdf: bytes::Bytes::from_static(b"%PDF-1.7 invented"),
    }
}

fn upload(bench: &Bench, invoice: &InvoiceUpload) -> Result<Acknowledged> {
    let world = bench.world();
    bench.patiently(|| {
        finish(async {
            let driver = ConnectorClient::open(&world, &bench.lookup, &named("one")).await?;
            driver.invoices()?.call(|invoices, call| invoices.upload(call, invoice)).await
        })
    })
}

fn knows(bench: &Bench, invoice: &InvoiceUpload) -> Result<Option<bool>> {
    let world = bench.world();
    bench.patiently(|| {
        finish(async {
            let driver = ConnectorClient::open(&world, &bench.lookup, &named("one")).await?;
            driver.invoices()?.call(|invoices, call| invoices.knows(call, invoice)).await
        })
    })
}

/// Waits for the verdict.
fn ended(bench: &Bench, mut taken: Acknowledged) -> Result<()> {
    let world = bench.world();
    for _ in 0..20 {
        let Acknowledged::Pending(status) = taken else { return Ok(()) };
        bench.pass(60);
        taken = bench.patiently(|| {
            finish(async {
                let driver = ConnectorClient::open(&world, &bench.lookup, &named("one")).await?;
                driver.jobs()?.call(|jobs, call| jobs.status(call, &status)).await
            })
        })?;
    }
    panic!("the invoice is pending for ever")
}

/// What the channel says by itself, to the end.
fn said(bench: &Bench) -> Vec<InvoiceNotice> {
    let (world, mut found, mut page) = (bench.world(), Vec::new(), None::<String>);
    for _ in 0..50 {
        let read = bench.patiently(|| {
            finish(async {
                let driver = ConnectorClient::open(&world, &bench.lookup, &named("one")).await?;
                driver.invoices()?.call(|invoices, call| invoices.notices(call, page.as_deref())).await
            })
        });
        let read = read.unwrap();
        found.extend(read.notices);
        page = read.next;
        if page.is_none() {
            return found;
        }
    }
    panic!("the list never ends")
}

fn taken(bench: &Bench, order: &OrderNumber) -> Vec<String> {
    bench.on("one", |side, _| side.far_invoices(order)).into_iter().map(|one| one.shipment).collect()
}

pub(super) fn an_invoice_is_with_its_shipment_and_is_known_then(subject: &Subject) {
    let Some(bench) = bench(subject) else { return };
    let unsent = bench.buy(0, 1);
    let early = upload(&bench, &invoice(&bench, &unsent, "parcel-9")).unwrap_err();
    assert!(matches!(early.status, Status::Temporary { .. }), "what is not sent yet is tried again: {early:?}");
    let order = sent(&bench);
    let (first, second) = (invoice(&bench, &order, "parcel-1"), invoice(&bench, &order, "parcel-2"));
    for (nth, one) in [&second, &first].into_iter().enumerate() {
        assert_ne!(knows(&bench, one).unwrap(), Some(true));
        let answer = upload(&bench, one).unwrap();
        ended(&bench, answer).unwrap();
        assert_ne!(knows(&bench, one).unwrap(), Some(false));
        assert_eq!(taken(&bench, &order).len(), nth + 1);
    }
    assert_eq!(taken(&bench, &order), ["parcel-2", "parcel-1"]);
    let far = bench.on("one", |side, _| side.far_invoices(&order));
    assert!(far.iter().all(|one| one.file == first.pdf), "byte by byte");
}

pub(super) fn an_invoice_of_unknown_outcome_is_looked_for(subject: &Subject) {
    let Some(bench) = bench(subject) else { return };
    let order = sent(&bench);
    let one = invoice(&bench, &order, "parcel-1");
    bench.trouble(Trouble::FailAfterApply { times: 1 });
    let error = upload(&bench, &one).unwrap_err();
    assert_eq!((error.status, error.disposition()), (Status::Unknown, Disposition::ReadBack), "{error:?}");
    let known = (0..20).find_map(|_| {
        bench.pass(60);
        match knows(&bench, &one) {
            Ok(known) => Some(known),
            Err(Error { status: Status::Temporary { .. }, .. }) => None,
            Err(error) => panic!("{error:?}"),
        }
    });
    assert_ne!(known.unwrap(), Some(false), "it is there");
    assert_eq!(taken(&bench, &order).len(), 1);
}

pub(super) fn an_invoice_that_the_channel_does_not_like_is_refused_with_a_reason(subject: &Subject) {
    let Some(bench) = bench(subject) else { return };
    let order = sent(&bench);
    if !bench.on("one", |side, _| side.dislike_next_invoice()) {
        return subject.skip("it says nothing of what it finds in one");
    }
    let one = invoice(&bench, &order, "parcel-1");
    let answer = upload(&bench, &one);
    let refusal = answer.and_then(|taken| ended(&bench, taken)).and_then(|()| knows(&bench, &one).map(drop)).unwrap_err();
    assert_eq!(refusal.disposition(), Disposition::Park, "{refusal:?}");
    let notices =
        |bench: &Bench| said(bench).into_iter().filter(|one| one.order == order).map(|one| one.says).collect::<Vec<_>>();
    assert_eq!(notices(&bench), [InvoiceSays::Refused]);
    assert!(bench.on("one", |side, now| side.ask_for_invoice(now, &order)));
    assert!(notices(&bench).contains(&InvoiceSays::Requested));
    let other = invoice(&bench, &order, "parcel-2");
    let answer = upload(&bench, &other).unwrap();
    ended(&bench, answer).unwrap();
    assert_eq!(knows(&bench, &other).unwrap(), Some(true), "one that the customer asked for");
    assert_eq!(units(2), bench.far_line(&order, 0).shipped, "nothing of it is about stock");
}
