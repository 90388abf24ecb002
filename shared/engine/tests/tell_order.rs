//! A channel is told once, as far as anybody can know, and never without a look where that is unsure.

#![allow(clippy::unwrap_used, reason = "a test may fail on what is not there")]

use contracts::{Cause, InboundOrder, OrderUpdateDue};
use domain::{CancelReason, ChannelSync, LineUnits, OrderEventDetails, OrderUpdate, Publishing, Quantity};
use engine::{
    Cache, OrderCommand, Ports, close_parked, put_connection, remove_connection, retry_parked, set_publishing, sweep_outbox,
    tell_order,
};
use jiff::SignedDuration;
use ports::{ErrorKind, Key, Page, QueueName, Refused, Result, Row, Status, Table, Write};
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use testkit::exhaustive::every_fault;
use testkit::faults::Fault;
use testkit::run::{finish, run};
use testkit::scripted::{Answer, Scripted};
use testkit::scripted_shop::{ScriptedShop, due};

const AGAIN_LATER: Status = Status::Temporary { retry_after: None };

/// A shop whose order 7 was sent as shipment `p`, and nobody was told.
fn shipped(channel: Scripted) -> ScriptedShop {
    let shop = ScriptedShop::open(channel, &["web"]);
    shop.order("web", "7", 3);
    shop.ship("web", "7", "p", 3);
    shop
}

fn telling(shop: &ScriptedShop) -> ChannelSync {
    shop.told("web", "7", "p")
}

/// What waits to be told: which, and how long until then.
fn messages(shop: &ScriptedShop) -> Vec<(OrderUpdateDue, Duration)> {
    let taken = shop.stage.queue.take(QueueName::OrderUpdates);
    taken.into_iter().map(|message| (serde_json::from_str(&message.body).unwrap(), message.delay)).collect()
}

/// Works on the one message there is when its time has come. Answers how long that was.
fn work(shop: &ScriptedShop) -> Duration {
    let [(due, wait)] = messages(shop).try_into().unwrap();
    shop.stage.clock.pass(SignedDuration::try_from(wait).unwrap());
    finish(tell_order(&shop.world(), &Cache::default(), &due)).unwrap();
    wait
}

/// Works until nothing waits.
fn settle(shop: &ScriptedShop) {
    for _ in 0..200 {
        for (due, wait) in messages(shop) {
            shop.stage.clock.pass(SignedDuration::try_from(wait).unwrap());
            finish(tell_order(&shop.world(), &Cache::default(), &due)).unwrap();
        }
        if shop.stage.queue.waiting(QueueName::OrderUpdates).is_empty() {
            return;
        }
    }
    panic!("never told: {:?}", telling(shop));
}

fn reads_again(shop: &ScriptedShop) -> usize {
    let inbound = shop.stage.queue.waiting(QueueName::Inbound).into_iter();
    let orders = inbound.map(|message| serde_json::from_str::<InboundOrder>(&message.body).unwrap());
    orders.filter(|order| order.cause == Cause::ChannelSynced && order.snapshot.is_none() && order.number.as_str() == "7").count()
}

fn assert_told_once(shop: &ScriptedShop) {
    assert!(matches!(telling(shop), ChannelSync::Synced { .. }), "{:?}", telling(shop));
    assert_eq!((shop.channel.known().len(), shop.outbox().len(), shop.parked().len()), (1, 0, 0));
    assert!(reads_again(shop) >= 1, "its state on the channel is another now");
    let entries = shop.found("web", "7").history;
    assert_eq!(
        entries.iter().filter(|entry| matches!(entry.details, OrderEventDetails::ChannelSynced { .. })).count(),
        1,
        "{entries:?}"
    );
}

#[test]
fn it_is_told_once_and_the_order_is_read_again() {
    let shop = shipped(Scripted::default());
    assert_eq!(shop.outbox().len(), 1);
    assert_eq!(work(&shop), Duration::ZERO);
    assert_told_once(&shop);
    let told = shop.channel.told();
    let OrderUpdate::Shipment(parcel) = &told[0].update else { panic!("{told:?}") };
    assert_eq!((parcel.reference.as_str(), parcel.completes), ("p", true));
    // The same message again, or one that the sweep sent, finds it done.
    finish(tell_order(&shop.world(), &Cache::default(), &due("web", "7", "p"))).unwrap();
    assert_told_once(&shop);
    assert_eq!((shop.channel.told().len(), shop.channel.asked()), (1, 0));
}

#[test]
fn a_part_of_an_order_does_not_complete_it_and_a_cancelled_rest_does() {
    let shop = ScriptedShop::open(Scripted::default(), &["web"]);
    shop.order("web", "7", 3);
    shop.ship("web", "7", "one", 1);
    let cancel =
        OrderCommand::Cancel { id: Some("rest".into()), lines: Vec::new(), reason: CancelReason::OutOfStock, write_off: None };
    settle(&shop);
    shop.do_it("web", "7", &cancel);
    settle(&shop);
    let told: Vec<_> = shop.channel.told().into_iter().map(|said| said.update).collect();
    let [OrderUpdate::Shipment(parcel), OrderUpdate::Cancellation(cancelled)] = told.as_slice() else { panic!("{told:?}") };
    assert!(!parcel.completes && !cancelled.whole_order && !cancelled.restock);
    assert_eq!(cancelled.lines[0].units.units(), 2);
    assert!(shop.outbox().is_empty());
}

#[test]
fn what_is_not_there_is_written_off_once_the_channel_has_it_and_is_not_to_be_on_sale_again() {
    use CancelReason::{CustomerRequest, Damaged};
    for (reason, write_off, lost) in [
        (Damaged, None, true),
        (Damaged, Some(false), false),
        (CustomerRequest, None, false),
        (CustomerRequest, Some(true), true),
    ] {
        let shop = ScriptedShop::open(Scripted::default(), &["web"]);
        shop.order("web", "7", 3);
        let lines = vec![LineUnits { line: shop.found("web", "7").lines[0].id.clone(), units: Quantity::ONE }];
        shop.do_it("web", "7", &OrderCommand::Cancel { id: Some("one".into()), lines, reason, write_off });
        settle(&shop);
        // Then the rest, for another reason: the order has units that are not there all the same.
        let rest =
            OrderCommand::Cancel { id: Some("rest".into()), lines: Vec::new(), reason: CustomerRequest, write_off: Some(false) };
        shop.do_it("web", "7", &rest);
        settle(&shop);
        let told = shop.channel.told().into_iter().map(|said| said.update).map(|update| match update {
            OrderUpdate::Cancellation(one) => (one.whole_order, one.restock),
            other => panic!("{other:?}"),
        });
        assert_eq!(told.collect::<Vec<_>>(), [(false, !lost), (true, !lost)], "{reason:?} {write_off:?}");
        assert_eq!(shop.found("web", "7").cancellations[0].write_off, lost);
    }
}

#[test]
fn a_channel_puts_back_by_itself_what_it_never_hears_of_from_us() {
    // Of three, one is not there; or none is. Nothing of that shop's is told.
    for (not_there, restock) in [(1, true), (3, false)] {
        let shop = ScriptedShop::open(Scripted::default(), &["web"]);
        let web = domain::ConnectionId::new("web").unwrap();
        finish(set_publishing(&shop.world(), &web, Publishing::None)).unwrap();
        shop.order("web", "7", 3);
        let lines =
            |units: i64| vec![LineUnits { line: shop.found("web", "7").lines[0].id.clone(), units: Quantity::clamped(units) }];
        let cancel = |id: &str, units: i64, reason: CancelReason| {
            shop.do_it("web", "7", &OrderCommand::Cancel { id: Some(id.into()), lines: lines(units), reason, write_off: None });
            settle(&shop);
        };
        cancel("one", not_there, CancelReason::NotFound);
        if not_there < 3 {
            cancel("rest", 3 - not_there, CancelReason::TooLate);
        }
        let Some(OrderUpdate::Cancellation(last)) = shop.channel.told().pop().map(|said| said.update) else { panic!() };
        assert_eq!((last.whole_order, last.restock), (true, restock), "{not_there}");
    }
}

#[test]
fn where_the_answer_was_lost_the_channel_is_asked_first() {
    // Lost, or never arrived: nobody here can tell which.
    for fault in [Fault::LostAnswer, Fault::Vanished] {
        let shop = shipped(Scripted::default());
        shop.stage.faults.plan_first("http.send", fault);
        work(&shop);
        assert!(matches!(telling(&shop), ChannelSync::Sending { .. }), "{fault:?}");
        assert_eq!(shop.outbox().len(), 1);
        settle(&shop);
        assert_told_once(&shop);
        assert_eq!((shop.channel.told().len(), shop.channel.asked()), (1, 1), "{fault:?}");
    }
}

#[test]
fn nobody_is_asked_while_somebody_may_still_be_telling() {
    let shop = shipped(Scripted::default());
    shop.stage.faults.plan_first("http.send", Fault::CrashAfter);
    let [(due, _)] = messages(&shop).try_into().unwrap();
    assert!(run(tell_order(&shop.world(), &Cache::default(), &due)).is_none(), "it died");
    finish(tell_order(&shop.world(), &Cache::default(), &due)).unwrap();
    assert_eq!((shop.channel.told().len(), shop.channel.asked()), (1, 0));
    assert!(work(&shop) > Duration::from_mins(1));
    assert_eq!(shop.channel.asked(), 1);
    assert_told_once(&shop);
}

#[test]
fn a_channel_that_cannot_be_asked_is_a_matter_for_people() {
    let shop = shipped(Scripted::mute());
    shop.stage.faults.plan_first("http.send", Fault::LostAnswer);
    settle(&shop);
    let ChannelSync::Rejected { reason, outcome_unknown: true } = telling(&shop) else { panic!("{:?}", telling(&shop)) };
    assert!(reason.contains("look there"), "{reason}");
    assert_eq!((shop.channel.known().len(), shop.outbox().len(), shop.parked().len()), (1, 0, 1));
    assert!(reads_again(&shop) >= 1, "the order itself may show it");
}

#[test]
fn what_fails_for_a_passing_reason_waits_and_is_told_again() {
    let half_a_minute = Status::Temporary { retry_after: Some(Duration::from_secs(45)) };
    for (kind, status, wait) in [
        (ErrorKind::Conflict, AGAIN_LATER, 30),
        (ErrorKind::Unavailable, AGAIN_LATER, 30),
        (ErrorKind::RateLimited, half_a_minute, 45),
        // Somebody must mend the credentials first.
        (ErrorKind::Unauthorized, Status::Permanent, 300),
    ] {
        let shop = shipped(Scripted::default());
        shop.channel.answers([Answer::No(kind, status)]);
        work(&shop);
        assert_eq!((telling(&shop), shop.outbox().len()), (ChannelSync::Pending, 1), "{kind:?}: nothing was done");
        assert_eq!(work(&shop), Duration::from_secs(wait), "{kind:?}");
        assert_told_once(&shop);
        assert_eq!((shop.channel.told().len(), shop.channel.asked()), (2, 0), "{kind:?}");
    }
}

#[test]
fn what_the_channel_works_on_is_followed_to_its_end() {
    let shop = shipped(Scripted::default());
    shop.channel.answers([Answer::Taken("process 1")]);
    shop.channel.looks([Answer::Taken("process 1"), Answer::No(ErrorKind::Unavailable, AGAIN_LATER), Answer::Done]);
    work(&shop);
    assert_eq!(telling(&shop), ChannelSync::Processing { status: "process 1".into() });
    assert_eq!(reads_again(&shop), 0, "taken is not done");
    settle(&shop);
    assert_told_once(&shop);
    assert_eq!((shop.channel.told().len(), shop.channel.asked()), (1, 0));
}

#[test]
fn what_the_channel_worked_on_and_nobody_knows_the_end_of_is_asked_of_the_order() {
    for lost in [Answer::No(ErrorKind::Protocol, Status::Unknown), Answer::No(ErrorKind::Conflict, AGAIN_LATER)] {
        let shop = shipped(Scripted::default());
        shop.channel.answers([Answer::Taken("process 1")]);
        shop.channel.looks([lost]);
        settle(&shop);
        assert_told_once(&shop);
        assert_eq!((shop.channel.told().len(), shop.channel.asked()), (1, 1), "{lost:?}");
    }
}

#[test]
fn what_the_channel_does_not_want_is_parked_and_noted() {
    let declined = Answer::No(ErrorKind::Declined, Status::Permanent);
    for (answers, looks) in [(declined, None), (Answer::Taken("process 1"), Some(declined))] {
        let shop = shipped(Scripted::default());
        shop.channel.answers([answers]);
        shop.channel.looks(looks);
        settle(&shop);
        assert_eq!(telling(&shop), ChannelSync::Rejected { reason: "as the script says".into(), outcome_unknown: false });
        assert_eq!((shop.outbox().len(), shop.parked().len()), (0, 1));
        assert!(shop.parked()[0].subject.what().contains("order 7") && shop.parked()[0].connection.is_some());
        assert!(reads_again(&shop) >= 1);
        assert_eq!(shop.channel.told().len(), 1);
    }
}

#[test]
fn nothing_that_could_be_told_is_put_aside_once() {
    let shop = shipped(Scripted::default());
    for (nobody, word) in
        [(due("web", "8", "p"), "no order 8"), (due("web", "7", "q"), "no shipment, cancellation or inspection q")]
    {
        finish(tell_order(&shop.world(), &Cache::default(), &nobody)).unwrap();
        assert!(shop.parked().last().unwrap().reason.contains(word), "{:?}", shop.parked());
    }
    assert_eq!(shop.outbox().len(), 1, "what is due is still due");
    let web = due("web", "7", "p").connection;
    let row = shop.stage.table.rows().into_iter().find(|row| row.key == engine::rows::ConnectionRow::key(&web)).unwrap();
    finish(remove_connection(&shop.world(), &web)).unwrap();
    work(&shop);
    assert_eq!((shop.parked().len(), shop.outbox().len()), (3, 0), "no sweep finds it again");
    assert!(messages(&shop).is_empty() && shop.channel.told().is_empty());
    // It is noted with the order as untold; connected again, its message would find it.
    finish(put_connection(&shop.world(), &engine::rows::TypedRow::from_row(&row).unwrap())).unwrap();
    finish(tell_order(&shop.world(), &Cache::default(), &due("web", "7", "p"))).unwrap();
    assert_eq!(shop.channel.known().len(), 1);
}

#[test]
fn a_lost_message_is_sent_again_and_one_that_only_waits_is_not() {
    let shop = shipped(Scripted::default());
    let minutes = |n| shop.stage.clock.pass(SignedDuration::from_mins(n));
    let sweep = || finish(sweep_outbox(&shop.world())).unwrap();
    messages(&shop);
    minutes(19);
    assert_eq!(sweep(), 0, "it may only be slow");
    minutes(2);
    assert_eq!((sweep(), sweep()), (1, 0), "one at a time");
    // The channel is down for long: every attempt puts itself off, and none of them is lost.
    let down = Answer::No(ErrorKind::Unavailable, Status::Temporary { retry_after: Some(Duration::from_mins(10)) });
    shop.channel.answers([down; 6]);
    for _ in 0..6 {
        work(&shop);
        assert_eq!(sweep(), 0);
    }
    work(&shop);
    assert_told_once(&shop);
    minutes(30);
    assert_eq!(sweep(), 0);
}

#[test]
fn every_attempt_has_one_operation_id_and_no_other_update_has_it() {
    let shop = ScriptedShop::open(Scripted::default(), &["web", "web2"]);
    for (connection, number, mark) in [("web", "7", "p"), ("web", "7", "q"), ("web", "71", "p"), ("web2", "7", "p")] {
        if mark == "p" {
            shop.order(connection, number, 2);
        }
        shop.ship(connection, number, mark, 1);
        shop.channel.answers([Answer::No(ErrorKind::Unavailable, AGAIN_LATER)]);
        settle(&shop);
    }
    let operations: Vec<_> = shop.channel.told().into_iter().map(|said| said.operation).collect();
    assert_eq!(operations.len(), 8);
    assert!(operations.chunks(2).all(|pair| pair[0] == pair[1]), "{operations:?}");
    assert_eq!(operations.iter().collect::<BTreeSet<_>>().len(), 4);
    for id in operations {
        let lengths: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!((lengths, id.as_bytes()[14], id.len()), (vec![8, 4, 4, 4, 12], b'8', 36), "{id}");
        assert!("89ab".contains(&id[19..20]) && id.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()), "{id}");
    }
}

#[test]
fn numbers_may_hold_any_character() {
    let shop = ScriptedShop::open(Scripted::default(), &["web"]);
    shop.order("web", "7#1", 3);
    shop.ship("web", "7#1", "p:1", 1);
    messages(&shop);
    shop.stage.clock.pass(SignedDuration::from_mins(21));
    assert_eq!(finish(sweep_outbox(&shop.world())).unwrap(), 1);
    settle(&shop);
    assert_eq!((shop.channel.known().len(), shop.outbox().len(), shop.parked().len()), (1, 0, 0));
}

#[test]
fn whatever_goes_wrong_at_whatever_call_it_is_told_once() {
    let stories: [(&str, &[Answer]); 2] = [("at once", &[]), ("in its own time", &[Answer::Taken("process 1")])];
    for (story, answers) in stories {
        let tries = every_fault(|one| {
            let shop = shipped(Scripted::default());
            shop.channel.answers(answers.iter().copied());
            let [(due, _)] = messages(&shop).try_into().unwrap();
            shop.stage.faults.plan(one.map(|one| (one.call, one.fault)));
            let first = run(tell_order(&shop.world(), &Cache::default(), &due));
            let calls = shop.stage.faults.calls().len();
            shop.stage.faults.plan([]);
            if !matches!(first, Some(Ok(()))) {
                // It comes again.
                finish(tell_order(&shop.world(), &Cache::default(), &due)).unwrap();
            }
            settle(&shop);
            shop.stage.clock.pass(SignedDuration::from_mins(30));
            finish(sweep_outbox(&shop.world())).unwrap();
            settle(&shop);
            assert_told_once(&shop);
            calls
        });
        assert!(tries > 30, "{story}: only {tries}");
    }
}

#[test]
fn a_message_lost_at_the_merchants_own_deed_is_swept_too() {
    let tries = every_fault(|one| {
        let shop = ScriptedShop::open(Scripted::default(), &["web"]);
        shop.order("web", "7", 3);
        let target = due("web", "7", "p");
        let command: OrderCommand =
            serde_json::from_str(r#"{"type":"ship","id":"p","location":"main","lines":[{"line":"1","units":3}]}"#).unwrap();
        let world = shop.world();
        shop.stage.faults.plan(one.map(|one| (one.call, one.fault)));
        let lookup = Cache::default();
        let did = run(engine::handle_order(&world, &lookup, &target.connection, &target.number, &command, "a person"));
        let calls = shop.stage.faults.calls().len();
        shop.stage.faults.plan([]);
        if shop.found("web", "7").shipments.is_empty() {
            assert!(!matches!(did, Some(Ok(_))), "said to be done");
            assert_eq!((shop.outbox().len(), messages(&shop).len()), (0, 0));
            return calls;
        }
        messages(&shop);
        shop.stage.clock.pass(SignedDuration::from_mins(21));
        assert_eq!(finish(sweep_outbox(&shop.world())).unwrap(), 1);
        settle(&shop);
        assert_told_once(&shop);
        calls
    });
    assert!(tries > 10, "only {tries}");
}

/// A table every call of which takes a moment, so that others get their turn.
struct Slow(Arc<dyn Table>);

#[async_trait::async_trait]
impl Table for Slow {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        moment().await;
        self.0.get(key).await
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        moment().await;
        self.0.query(pk, prefix, from, limit, newest_first).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        moment().await;
        self.0.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        moment().await;
        self.0.transact(writes).await
    }

    fn most_writes(&self) -> usize {
        self.0.most_writes()
    }
}

async fn moment() {
    let mut waited = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// Lets one make so many steps, then the other as many as it likes, then the one again.
fn interleaved<T>(
    mut one: Pin<&mut impl Future<Output = T>>,
    mut other: Pin<&mut impl Future<Output = T>>,
    steps: usize,
) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..steps {
        if one.as_mut().poll(&mut context).is_ready() {
            while other.as_mut().poll(&mut context).is_pending() {}
            return false;
        }
    }
    while other.as_mut().poll(&mut context).is_pending() {}
    while one.as_mut().poll(&mut context).is_pending() {}
    true
}

#[test]
fn two_at_once_tell_once_wherever_one_overtakes_the_other() {
    let mut steps = 0;
    loop {
        let shop = shipped(Scripted::default());
        let world = Ports { table: Arc::new(Slow(shop.world().table)), ..shop.world() };
        let [(due, _)] = messages(&shop).try_into().unwrap();
        let (mine, theirs) = (Cache::default(), Cache::default());
        let one = pin!(tell_order(&world, &mine, &due));
        let other = pin!(tell_order(&world, &theirs, &due));
        let overtaken = interleaved(one, other, steps);
        settle(&shop);
        assert_told_once(&shop);
        assert_eq!(shop.channel.told().len(), 1, "after {steps} steps");
        if !overtaken {
            break;
        }
        steps += 1;
    }
    assert!(steps > 4, "only {steps}");
}

#[test]
fn whoever_speaks_late_takes_back_nothing() {
    // Two follow one process; one hears that it is done, the other of nothing.
    let shop = shipped(Scripted::default());
    shop.channel.answers([Answer::Taken("process 1")]);
    work(&shop);
    let [(due, _)] = messages(&shop).try_into().unwrap();
    shop.channel.looks([Answer::Done, Answer::No(ErrorKind::Timeout, Status::Unknown)]);
    let world = Ports { table: Arc::new(Slow(shop.world().table)), ..shop.world() };
    let (mine, theirs) = (Cache::default(), Cache::default());
    let mut one = pin!(tell_order(&world, &mine, &due));
    let mut context = Context::from_waker(Waker::noop());
    // The other has read the order, and is about to ask.
    let mut other = pin!(tell_order(&world, &theirs, &due));
    for _ in 0..2 {
        assert!(other.as_mut().poll(&mut context).is_pending());
    }
    while one.as_mut().poll(&mut context).is_pending() {}
    assert!(matches!(telling(&shop), ChannelSync::Synced { .. }));
    while other.as_mut().poll(&mut context).is_pending() {}
    settle(&shop);
    assert_told_once(&shop);
}

#[test]
fn what_was_refused_is_told_again_when_a_person_says_so_and_closes_by_itself() {
    let shop = shipped(Scripted::default());
    shop.channel.answers([Answer::No(ErrorKind::Declined, Status::Permanent)]);
    settle(&shop);
    let world = shop.world();
    let id = shop.parked()[0].id.clone();
    assert_eq!(finish(close_parked(&world)).unwrap(), 0, "it stays until it is right");
    finish(retry_parked(&world, &Cache::default(), &id, "Ada")).unwrap();
    assert_eq!((telling(&shop), shop.outbox().len(), shop.parked().len()), (ChannelSync::Pending, 1, 1));
    assert_eq!(finish(close_parked(&world)).unwrap(), 0, "it is not told yet");
    settle(&shop);
    assert!(matches!(telling(&shop), ChannelSync::Synced { .. }), "{:?}", telling(&shop));
    assert_eq!((shop.channel.told().len(), shop.channel.asked(), shop.outbox().len()), (2, 0, 0));
    assert_eq!((finish(close_parked(&world)).unwrap(), shop.parked().len()), (1, 0));
    assert!(finish(retry_parked(&world, &Cache::default(), &id, "Ada")).is_err(), "nothing waits");
}

#[test]
fn what_is_told_again_stays_on_the_list_whoever_found_it_closed_a_moment_before() {
    let mut steps = 0;
    loop {
        let shop = shipped(Scripted::default());
        shop.channel.answers([Answer::No(ErrorKind::Declined, Status::Permanent)]);
        settle(&shop);
        let id = shop.parked()[0].id.clone();
        let world = Ports { table: Arc::new(Slow(shop.world().table)), ..shop.world() };
        let (mine, theirs, due) = (Cache::default(), Cache::default(), due("web", "7", "p"));
        // Its message comes once more while a person has it told again; and the message of that is lost.
        let overtaken =
            interleaved(pin!(tell_order(&world, &mine, &due)), pin!(retry_parked(&world, &theirs, &id, "Ada")), steps);
        messages(&shop);
        shop.stage.clock.pass(SignedDuration::from_mins(21));
        finish(sweep_outbox(&shop.world())).unwrap();
        settle(&shop);
        assert!(matches!(telling(&shop), ChannelSync::Synced { .. }), "after {steps} steps: {:?}", telling(&shop));
        assert_eq!((shop.channel.told().len(), shop.outbox().len()), (2, 0), "after {steps} steps");
        if !overtaken {
            break;
        }
        steps += 1;
    }
    assert!(steps > 2, "only {steps}");
}

#[test]
fn the_steps_of_telling_are_in_no_journal() {
    let journal = |shop: &ScriptedShop| shop.stage.table.rows().iter().filter(|row| row.key.pk.starts_with("JOURNAL#")).count();
    let shop = shipped(Scripted::default());
    let before = journal(&shop);
    shop.channel.answers([Answer::Taken("process 1")]);
    shop.channel.looks([Answer::No(ErrorKind::Declined, Status::Permanent)]);
    settle(&shop);
    let id = shop.parked()[0].id.clone();
    finish(retry_parked(&shop.world(), &Cache::default(), &id, "Ada")).unwrap();
    settle(&shop);
    assert_eq!(journal(&shop), before);
    let told: Vec<_> = shop.found("web", "7").history.into_iter().map(|event| event.details).collect();
    let ends = told
        .iter()
        .filter(|what| matches!(what, OrderEventDetails::ChannelSynced { .. } | OrderEventDetails::SyncRetried { .. }));
    assert_eq!(ends.count(), 3, "refused, told once more, and there: {told:?}");
}

#[test]
fn what_may_have_arrived_is_asked_for_before_it_is_told_again() {
    let shop = shipped(Scripted::mute());
    shop.stage.faults.plan_first("http.send", Fault::LostAnswer);
    settle(&shop);
    let told = shop.channel.told().len();
    let id = shop.parked()[0].id.clone();
    finish(retry_parked(&shop.world(), &Cache::default(), &id, "Ada")).unwrap();
    assert!(matches!(telling(&shop), ChannelSync::Sending { .. }));
    settle(&shop);
    assert!(matches!(telling(&shop), ChannelSync::Rejected { outcome_unknown: true, .. }), "it cannot be asked this time either");
    assert_eq!(shop.channel.told().len(), told, "so it is not told twice");
}
