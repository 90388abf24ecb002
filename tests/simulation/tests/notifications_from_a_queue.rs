//! Notifications that a channel leaves in a queue of the merchant's account: durable here before they are deleted there.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use contracts::InboundOrder;
use domain::{ConnectionId, OrderNumber};
use engine::rows::{ConnectionRow, TypedRow};
use engine::{Cache, Taken, put_connection, take_notifications};
use ports::{Notification, QueueName};
use std::panic::{AssertUnwindSafe, catch_unwind};
use testkit::faults::Fault;
use testkit::memory::MemoryNotifications;
use testkit::planted::{Mistake, plant};
use testkit::run::{finish, run};
use testkit::scripted::{QUEUE_SETTING, Scripted};
use testkit::scripted_shop::ScriptedShop;

const ADDRESS: &str = "https://queue.example.test/1/notifications";

fn id() -> ConnectionId {
    ConnectionId::new("web").unwrap()
}

fn shop() -> ScriptedShop {
    let shop = ScriptedShop::open(Scripted::leaving_notifications(), &["web"]);
    let row = shop.stage.table.row(&ConnectionRow::key(&id())).unwrap();
    let mut row = ConnectionRow::from_row(&row).unwrap();
    row.settings.insert(QUEUE_SETTING.to_owned(), ADDRESS.to_owned());
    finish(put_connection(&shop.world(), &row)).unwrap();
    shop
}

/// So many notifications are left, each of an order of its own.
fn left(shop: &ScriptedShop, orders: std::ops::Range<u32>) -> MemoryNotifications {
    let queue = MemoryNotifications::default();
    for number in orders {
        let number = OrderNumber::new(number.to_string()).unwrap();
        queue.leave(ADDRESS, &format!("{{\"order\":\"{number}\"}}"));
        shop.channel.tells([Notification::Changed { number, stamp: None }]);
    }
    queue
}

fn take(shop: &ScriptedShop, queue: &MemoryNotifications) -> Option<ports::Result<Taken>> {
    run(take_notifications(&shop.world(), &Cache::default(), &id(), queue))
}

fn inbound(shop: &ScriptedShop) -> Vec<String> {
    let messages = shop.stage.queue.take(QueueName::Inbound).into_iter();
    messages.map(|m| serde_json::from_str::<InboundOrder>(&m.body).unwrap().number.to_string()).collect()
}

#[test]
fn all_that_waits_is_put_on_the_queue_and_deleted() {
    let shop = shop();
    let queue = left(&shop, 0..25);
    let taken = take(&shop, &queue).unwrap().unwrap();
    assert_eq!((taken.notifications, taken.orders, queue.left()), (25, 25, 0));
    assert_eq!(inbound(&shop).len(), 25);
    assert_eq!(take(&shop, &queue).unwrap().unwrap(), Taken::default());
}

#[test]
fn what_cannot_be_stored_is_not_deleted_and_comes_again() {
    let scenario = || {
        let shop = shop();
        let queue = left(&shop, 0..3);
        shop.stage.faults.plan_first("queue.send", Fault::Down);
        assert!(take(&shop, &queue).unwrap().is_err());
        shop.stage.faults.plan([]);
        assert_eq!((queue.left(), inbound(&shop).len()), (1, 2), "the others are not held up by it");
        queue.comes_again();
        shop.channel.tells([Notification::Changed { number: OrderNumber::new("0").unwrap(), stamp: None }]);
        take(&shop, &queue).unwrap().unwrap();
        assert_eq!((queue.left(), inbound(&shop)), (0, vec!["0".to_owned()]));
    };
    scenario();
    plant(Some(Mistake::AnsweredBeforeStored));
    let outcome = catch_unwind(AssertUnwindSafe(scenario));
    plant(None);
    assert!(outcome.is_err(), "deleted before it was stored, and nobody noticed");
}

#[test]
fn whoever_dies_before_deleting_takes_them_again() {
    let shop = shop();
    let queue = left(&shop, 0..2);
    shop.stage.faults.plan_first("queue.send", Fault::CrashAfter);
    assert!(take(&shop, &queue).is_none());
    shop.stage.faults.plan([]);
    assert_eq!(queue.left(), 2);
    queue.comes_again();
    shop.channel.tells([Notification::Changed { number: OrderNumber::new("0").unwrap(), stamp: None }]);
    take(&shop, &queue).unwrap().unwrap();
    assert_eq!(queue.left(), 0);
    let orders = inbound(&shop);
    assert!(orders.contains(&"0".to_owned()) && orders.contains(&"1".to_owned()), "{orders:?}");
}

#[test]
fn a_queue_that_does_not_answer_is_an_error_and_nothing_is_lost() {
    let shop = shop();
    let queue = left(&shop, 0..1);
    queue.is_down(1);
    assert!(take(&shop, &queue).unwrap().is_err());
    take(&shop, &queue).unwrap().unwrap();
    assert_eq!((queue.left(), inbound(&shop).len()), (0, 1));
}

#[test]
fn of_a_channel_that_delivers_nothing_is_taken_from_anywhere() {
    let shop = ScriptedShop::open(Scripted::default(), &["web"]);
    let queue = left(&shop, 0..1);
    assert_eq!(take(&shop, &queue).unwrap().unwrap(), Taken::default());
    assert_eq!(queue.left(), 1);
}
