//! Updates as the queue hands them over, on a channel that answers as the test says.

use super::*;
use aws_lambda_events::event::sqs::SqsEvent;
use contracts::Message;
use domain::ChannelSync;
use ports::{Clock, QueueName, Status};
use std::sync::Arc;
use testkit::faults::Fault;
use testkit::run::finish;
use testkit::scripted::{Answer, Scripted};
use testkit::scripted_shop::{ScriptedShop, due};

/// A shop with an order 7 at each connection, sent as shipment `p`, and nobody was told.
fn shipped(connections: &[&str]) -> ScriptedShop {
    let shop = ScriptedShop::open(Scripted::default(), connections);
    for connection in connections {
        shop.order(connection, "7", 1);
        shop.ship(connection, "7", "p", 1);
    }
    shop
}

fn record(id: &str, body: &str) -> Record {
    Record { id: id.to_owned(), body: body.to_owned(), receives: 1 }
}

/// What waits to be told, each with the name of its connection as the record's id.
fn records(shop: &ScriptedShop) -> Vec<Record> {
    let waiting = shop.stage.queue.take(QueueName::OrderUpdates);
    let named = |body: &str| record(serde_json::from_str::<OrderUpdateDue>(body).unwrap().connection.as_str(), body);
    waiting.iter().map(|message| named(&message.body)).collect()
}

fn handle(shop: &ScriptedShop, records: Vec<Record>) -> Vec<String> {
    let deadline = shop.stage.clock.now().checked_add(jiff::SignedDuration::from_secs(30)).unwrap();
    finish(OrderUpdates::new(shop.world()).handle(Batch { records, deadline })).failed
}

fn is_told(shop: &ScriptedShop, connection: &str) -> bool {
    matches!(shop.told(connection, "7", "p"), ChannelSync::Synced { .. })
}

#[test]
fn channels_are_told_once_and_what_is_no_update_is_parked() {
    let shop = shipped(&["one", "two"]);
    let mut all = records(&shop);
    all.extend(all.clone());
    all.push(record("odd", r#"{"connection":"one"}"#));
    all.push(record("unknown", &due("one", "8", "p").to_json()));
    all.push(record("nobody", &due("three", "7", "p").to_json()));
    assert_eq!(handle(&shop, all), Vec::<String>::new());
    assert!(is_told(&shop, "one") && is_told(&shop, "two"));
    assert_eq!((shop.channel.told().len(), shop.outbox().len(), shop.parked().len()), (2, 0, 3));
    assert!(shop.stage.queue.waiting(QueueName::OrderUpdates).is_empty());
}

#[test]
fn a_later_message_is_left_to_functions_that_know_it() {
    let shop = shipped(&["one", "two"]);
    let is_later = |record: &Record| record.id == "two";
    let later = |body: &str| body.replace("\"schema_version\":1", "\"schema_version\":2");
    let all: Vec<_> = records(&shop)
        .into_iter()
        .map(|record| if is_later(&record) { Record { body: later(&record.body), ..record } } else { record })
        .collect();
    assert_ne!(all.iter().find(|record| is_later(record)).unwrap().body, due("two", "7", "p").to_json());
    assert_eq!(handle(&shop, all), ["two"], "it comes again");
    assert!(is_told(&shop, "one") && !is_told(&shop, "two"));
    assert_eq!((shop.parked().len(), shop.outbox().len()), (0, 1), "nothing of it is parked or forgotten");
}

#[test]
fn one_that_panics_comes_again_alone() {
    let shop = shipped(&["one", "two", "wrong"]);
    let all = records(&shop);
    shop.order("wrong", "8", 1);
    shop.ship("wrong", "8", "p", 1);
    let further = shop.stage.queue.take(QueueName::OrderUpdates);
    // Connections are told in the order of their names, up to where one has to wait: nobody does here.
    shop.channel.answers([Answer::Done, Answer::Done, Answer::Panic]);
    let all = all.into_iter().chain([record("after", &further[0].body)]).collect();
    assert_eq!(handle(&shop, all), ["wrong"]);
    assert!(is_told(&shop, "one") && is_told(&shop, "two") && !is_told(&shop, "wrong"));
    assert!(matches!(shop.told("wrong", "8", "p"), ChannelSync::Synced { .. }), "nor what is due there after it");
}

#[test]
fn one_channel_that_is_down_is_put_off_and_costs_the_others_nothing() {
    let shop = shipped(&["down", "up"]);
    shop.channel.answers([Answer::No(ErrorKind::Unavailable, Status::Temporary { retry_after: None })]);
    assert_eq!(handle(&shop, records(&shop)), Vec::<String>::new());
    assert!(is_told(&shop, "up") && !is_told(&shop, "down"));
    let [again] = shop.stage.queue.take(QueueName::OrderUpdates).try_into().unwrap();
    assert!(again.body.contains("down") && !again.delay.is_zero());
}

#[test]
fn an_error_brings_only_its_record_back() {
    let shop = shipped(&["one", "two"]);
    let all = records(&shop);
    // Of the first that is told: nobody can say how far it is.
    shop.stage.faults.plan_first("table.get", Fault::Down);
    assert_eq!(handle(&shop, all.clone()), ["one"]);
    assert!(is_told(&shop, "two") && !is_told(&shop, "one"));
    assert_eq!(handle(&shop, all), Vec::<String>::new());
    assert_eq!(shop.channel.told().len(), 2);
}

/// A clock on which all the time is over as soon as somebody waits, and calls never end.
struct Over(Arc<dyn Clock>);

#[async_trait]
impl Clock for Over {
    fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }

    async fn sleep(&self, _: std::time::Duration) {}
}

#[test]
fn what_is_not_done_in_time_comes_again_and_what_was_done_does_not() {
    let shop = shipped(&["fast", "slow"]);
    // The second call never ends, as if it were still under way when the time is over.
    let all = records(&shop);
    let world = Ports { clock: Arc::new(Over(shop.world().clock)), ..shop.world() };
    shop.stage.faults.plan([]);
    finish(tell_order(&shop.world(), &Cache::default(), &due("fast", "7", "p"))).unwrap();
    shop.stage.faults.plan_first("http.send", Fault::CrashBefore);
    let deadline = world.clock.now().checked_add(jiff::SignedDuration::from_secs(30)).unwrap();
    let outcome = finish(OrderUpdates::new(world).handle(Batch { records: all, deadline }));
    assert_eq!(outcome.failed, ["slow"]);
    assert!(matches!(shop.told("slow", "7", "p"), ChannelSync::Sending { .. }), "the channel is asked before it is told again");
}

#[test]
fn the_sample_event_of_this_function_is_understood() {
    let event: SqsEvent = serde_json::from_str(include_str!("../../../events/samples/lambda/sqs-order-updates.json")).unwrap();
    let shop = ScriptedShop::open(Scripted::default(), &["webshop-nl"]);
    shop.order("webshop-nl", "450789469", 1);
    let body = event.records[0].body.clone().unwrap();
    let due: OrderUpdateDue = serde_json::from_str(&body).unwrap();
    shop.ship("webshop-nl", "450789469", &due.id, 1);
    assert_eq!(handle(&shop, vec![record("1", &body)]), Vec::<String>::new());
    assert_eq!((shop.channel.known().len(), shop.parked().len()), (1, 0));
}
