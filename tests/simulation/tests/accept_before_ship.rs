//! Orders that wait for the merchant's word: taken in first, accepted after, in time or seen by a person.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use contracts::OrderUpdateDue;
use domain::{AcceptanceAnswer, AwaitsAcceptance, ChannelSync, ConnectionId};
use engine::rows::{ConnectionRow, OutboxRow, TypedRow};
use engine::{Cache, put_connection, sweep_outbox, tell_order};
use jiff::SignedDuration;
use ports::{Clock, ErrorKind, QueueName, Status};
use std::panic::{AssertUnwindSafe, catch_unwind};
use testkit::exhaustive::every_fault;
use testkit::planted::{Mistake, plant};
use testkit::run::{finish, run};
use testkit::scripted::{Answer, ONE_WORD, Scripted, WORD_BY_LINE};
use testkit::scripted_shop::{ScriptedShop, line};

const SHOP: &str = "web";

fn due(number: &str) -> OrderUpdateDue {
    testkit::scripted_shop::due(SHOP, number, AcceptanceAnswer::MARK)
}

fn open(channel: Scripted) -> ScriptedShop {
    ScriptedShop::open(channel, &[SHOP])
}

fn waits(shop: &ScriptedShop, hours: i64) -> AwaitsAcceptance {
    AwaitsAcceptance { until: Some(shop.stage.clock.now() + SignedDuration::from_hours(hours)) }
}

/// A poll's sweep, and the messages that are due by then.
fn sweep(shop: &ScriptedShop) -> usize {
    let late = finish(sweep_outbox(&shop.world())).unwrap();
    for message in shop.stage.queue.take(QueueName::OrderUpdates) {
        let due: OrderUpdateDue = serde_json::from_str(&message.body).unwrap();
        finish(tell_order(&shop.world(), &Cache::default(), &due)).unwrap();
    }
    late
}

fn told(shop: &ScriptedShop, number: &str) -> Option<ChannelSync> {
    shop.found(SHOP, number).acceptance.map(|answer| answer.channel_sync)
}

/// The scenario holds as things are, and breaks with the mistake.
fn caught(mistake: Mistake, scenario: impl Fn()) {
    scenario();
    plant(Some(mistake));
    let outcome = catch_unwind(AssertUnwindSafe(scenario));
    plant(None);
    assert!(outcome.is_err(), "{mistake:?} goes unnoticed");
}

#[test]
fn an_order_is_taken_in_first_and_accepted_within_a_minute_after() {
    caught(Mistake::OutboxForgotten, || {
        let shop = open(Scripted::waiting_for(&ONE_WORD));
        shop.order_waiting(SHOP, "7", 3, Some(waits(&shop, 24)));
        assert_eq!(shop.found(SHOP, "7").line(&line()).unwrap().committed().units(), 3, "its units are set aside");
        assert!(shop.channel.words().is_empty(), "and only then is the channel told");
        assert_eq!(sweep(&shop), 0, "no message was lost");
        let words = shop.channel.words();
        assert_eq!(words.len(), 1);
        assert_eq!((words[0].update.accepted.clone(), words[0].update.rejected.len()), (vec![line()], 0));
        assert!(matches!(told(&shop, "7"), Some(ChannelSync::Synced { .. })));
        // What the channel made of it is read.
        assert_eq!(shop.stage.queue.take(QueueName::Inbound).len(), 1);
        sweep(&shop);
        assert_eq!((shop.channel.words().len(), shop.outbox().len(), shop.parked().len()), (1, 0, 0));
    });
}

#[test]
fn an_order_that_waits_for_nothing_is_answered_nothing() {
    let shop = open(Scripted::waiting_for(&ONE_WORD));
    shop.order(SHOP, "7", 3);
    sweep(&shop);
    assert_eq!((shop.channel.words().len(), shop.outbox().len(), told(&shop, "7")), (0, 0, None));
}

#[test]
fn what_is_short_is_accepted_unless_the_setting_says_otherwise() {
    for (by_line, setting, refused) in
        [(&WORD_BY_LINE, None, 0), (&WORD_BY_LINE, Some("no"), 0), (&WORD_BY_LINE, Some("yes"), 1), (&ONE_WORD, Some("yes"), 1)]
    {
        let shop = open(Scripted::waiting_for(by_line));
        let id = ConnectionId::new(SHOP).unwrap();
        let row = shop.stage.table.row(&ConnectionRow::key(&id)).unwrap();
        let mut row = ConnectionRow::from_row(&row).unwrap();
        row.settings.extend(setting.map(|word| (ports::REFUSE_SHORT.to_owned(), word.to_owned())));
        finish(put_connection(&shop.world(), &row)).unwrap();
        // There are 100.
        shop.order_waiting(SHOP, "7", 101, Some(waits(&shop, 24)));
        sweep(&shop);
        let words = shop.channel.words();
        assert_eq!(words.len(), 1);
        assert_eq!((words[0].update.accepted.len(), words[0].update.rejected.len()), (1 - refused, refused), "{setting:?}");
        assert_eq!(shop.found(SHOP, "7").short().units(), 1, "its units are the channel's to give up");
    }
}

#[test]
fn a_word_whose_answer_was_lost_is_asked_for_and_not_given_twice() {
    for unheard in [Answer::DoneAfterAll(ErrorKind::Timeout, Status::Unknown), Answer::No(ErrorKind::Timeout, Status::Unknown)] {
        let shop = open(Scripted::waiting_for(&ONE_WORD));
        shop.channel.answers([unheard]);
        shop.order_waiting(SHOP, "7", 3, Some(waits(&shop, 24)));
        sweep(&shop);
        assert!(matches!(told(&shop, "7"), Some(ChannelSync::Sending { .. })));
        for _ in 0..4 {
            shop.stage.clock.pass(SignedDuration::from_mins(2));
            sweep(&shop);
            finish(tell_order(&shop.world(), &Cache::default(), &due("7"))).unwrap();
        }
        assert!(matches!(told(&shop, "7"), Some(ChannelSync::Synced { .. })));
        let heard = shop.channel.words().iter().filter(|word| word.heard).count();
        assert_eq!((heard, shop.outbox().len()), (1, 0), "{unheard:?}");
    }
}

#[test]
fn what_somebody_accepted_there_or_nobody_did_in_time_is_answered_no_more() {
    let shop = open(Scripted::waiting_for(&ONE_WORD));
    shop.order_waiting(SHOP, "7", 3, Some(waits(&shop, 24)));
    shop.stage.clock.pass(SignedDuration::from_secs(5));
    shop.order(SHOP, "7", 3);
    sweep(&shop);
    assert_eq!((shop.channel.words().len(), shop.outbox().len(), shop.parked().len()), (0, 0, 0));
}

#[test]
fn a_person_sees_it_when_little_is_left_of_the_time_and_no_more_once_it_is_told() {
    let shop = open(Scripted::waiting_for(&ONE_WORD));
    let down = Answer::No(ErrorKind::Unavailable, Status::Temporary { retry_after: None });
    shop.channel.answers([down; 2]);
    shop.order_waiting(SHOP, "7", 3, Some(waits(&shop, 3)));
    sweep(&shop);
    assert_eq!(shop.parked().len(), 0, "three hours are left");
    shop.stage.clock.pass(SignedDuration::from_mins(90));
    sweep(&shop);
    let parked = shop.parked();
    assert_eq!(parked.len(), 1);
    assert!(parked[0].reason.contains("gives it away"), "{}", parked[0].reason);
    shop.stage.clock.pass(SignedDuration::from_mins(5));
    finish(tell_order(&shop.world(), &Cache::default(), &due("7"))).unwrap();
    assert!(matches!(told(&shop, "7"), Some(ChannelSync::Synced { .. })));
    finish(engine::close_parked(&shop.world())).unwrap();
    assert_eq!(shop.parked().len(), 0);
}

#[test]
fn a_word_survives_every_fault_at_every_call() {
    let tries = every_fault(|one| {
        let shop = open(Scripted::waiting_for(&ONE_WORD));
        shop.order_waiting(SHOP, "7", 3, Some(waits(&shop, 24)));
        shop.stage.faults.plan(one.map(|t| (t.call, t.fault)));
        let _ = run(tell_order(&shop.world(), &Cache::default(), &due("7")));
        let calls = shop.stage.faults.calls().len();
        shop.stage.faults.plan([]);
        for _ in 0..6 {
            shop.stage.clock.pass(SignedDuration::from_mins(25));
            sweep(&shop);
        }
        assert!(matches!(told(&shop, "7"), Some(ChannelSync::Synced { .. })), "{one:?}: {:?}", told(&shop, "7"));
        assert_eq!(shop.channel.words().iter().filter(|word| word.heard).count(), 1, "{one:?}");
        assert_eq!(shop.outbox(), Vec::<OutboxRow>::new(), "{one:?}");
        calls
    });
    println!("{tries} tries of one fault at one call");
    assert!(tries >= 20);
}
