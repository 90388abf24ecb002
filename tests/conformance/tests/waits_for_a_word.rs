//! Orders that wait for the merchant's word, taken in, answered and read again by the engine, on every channel that waits for one.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use conformance::bench::{Bench, Plan, Subject, every_channel, named, sku, units};
use domain::{LocationId, OrderNumber};
use engine::rows::{ConnectionRow, StockRow};
use engine::{Correction, StockChange, correct_stock, put_connection};
use testkit::run::finish;

const LAMP: usize = 0;
const RUG: usize = 1;
const CHAIR: usize = 2;

fn set(bench: &Bench, product: usize, figure: i64) {
    let location = LocationId::new("main").unwrap();
    let change = StockChange::Set(units(figure));
    finish(correct_stock(
        &bench.world(),
        &Correction { sku: sku(product), location, change, reason: "count".into(), by: "Sam".into() },
    ))
    .unwrap();
}

fn setting(bench: &Bench, name: &str, value: &str) {
    let mut row: ConnectionRow = finish(bench.world().get(&ConnectionRow::key(&named("one")))).unwrap().unwrap();
    row.settings.insert(name.to_owned(), value.to_owned());
    finish(put_connection(&bench.world(), &row)).unwrap();
    // Until every function knows.
    bench.pass(61);
}

/// Available and reserved.
fn level(bench: &Bench, product: usize) -> (i64, i64) {
    let key = StockRow::key(&sku(product), &LocationId::new("main").unwrap());
    let level = finish(bench.world().get::<StockRow>(&key)).unwrap().unwrap().level;
    (level.available.units(), level.reserved.units())
}

/// Reads the list and works until nothing is left to do.
fn live(bench: &mut Bench) {
    bench.pass(61);
    bench.poll("one");
    bench.work_off();
    // What was taken in just now is answered with the next sweep.
    bench.pass(61);
    bench.work_off();
}

/// Two lamps of five, one rug of none, three chairs of nine; the channel did not know yet that there is no rug.
fn ordered(subject: &Subject, refuse_short: &str) -> (Bench, OrderNumber) {
    let mut bench = subject.bench_with(Plan { products: 3, units: 9, ..Plan::default() });
    setting(&bench, ports::REFUSE_SHORT, refuse_short);
    live(&mut bench);
    set(&bench, LAMP, 5);
    set(&bench, RUG, 0);
    let order = bench.buy_all(&[(LAMP, 2), (RUG, 1), (CHAIR, 3)], "NL");
    live(&mut bench);
    (bench, order)
}

fn waiting() -> Vec<Subject> {
    every_channel().into_iter().filter(|channel| channel.acceptance().is_some()).map(Subject::new).collect()
}

#[test]
fn what_is_short_is_refused_what_was_cancelled_is_free_again_and_the_rest_is_to_be_sent() {
    let subjects = waiting();
    assert!(!subjects.is_empty());
    for subject in subjects {
        let (mut bench, order) = ordered(&subject, "yes");
        // Set aside first, and only then answered: every line is in it.
        let told = bench.stored("one").remove(&order).unwrap();
        let answer = told.acceptance.as_ref().expect("the word was given");
        let ids: Vec<_> = told.snapshot.lines.iter().map(|line| line.id.clone()).collect();
        assert_eq!(
            (&answer.update.accepted[..], &answer.update.rejected[..]),
            (&[ids[0].clone(), ids[2].clone()][..], &ids[1..2])
        );
        assert_eq!((level(&bench, LAMP), level(&bench, CHAIR)), ((3, 2), (6, 3)));
        let accepts = subject.log.all().into_iter().filter(|one| one.request.uri().path().ends_with("/accept"));
        let bodies: Vec<String> = accepts.map(|one| String::from_utf8(one.request.body().to_vec()).unwrap()).collect();
        let [body] = bodies.as_slice() else { panic!("told once: {bodies:?}") };
        assert!(ids.iter().all(|id| body.contains(id.as_str())) && body.matches("true").count() == 2, "{body}");

        live(&mut bench);
        assert!(bench.on("one", |side, now| side.cancel_units(now, &order, &sku(CHAIR), units(3))));
        live(&mut bench);
        let read = bench.stored("one").remove(&order).unwrap();
        let open = |at: usize| {
            let line = &read.snapshot.lines[at];
            line.ordered.less(line.cancelled).units()
        };
        assert_eq!([open(0), open(1), open(2)], [2, 0, 0], "only the lamps are to be sent");
        assert_eq!([level(&bench, LAMP), level(&bench, RUG), level(&bench, CHAIR)], [(3, 2), (0, 0), (9, 0)]);
        assert!(read.short().is_zero() && read.snapshot.awaits_acceptance.is_none());
        let lamps = read.snapshot.lines[0].amount().unwrap();
        assert_eq!(lamps.amount.to_string(), "39.90");
    }
}

#[test]
fn what_is_short_is_accepted_like_the_rest_unless_that_is_set_otherwise() {
    for subject in waiting() {
        let (mut bench, order) = ordered(&subject, "no");
        live(&mut bench);
        let read = bench.stored("one").remove(&order).unwrap();
        assert_eq!(read.acceptance.as_ref().map(|answer| answer.update.rejected.len()), Some(0));
        assert_eq!((read.short().units(), read.snapshot.awaits_acceptance), (1, None));
        assert!(read.snapshot.lines.iter().all(|line| line.cancelled.is_zero()));
    }
}
