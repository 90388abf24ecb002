//! A channel leaves its notifications in a queue of the merchant's account: the poll takes them out, and deletes them there.

use crate::seen::Seen;
use channel_poll::ChannelPoll;
use domain::OrderNumber;
use engine::rows::{ConnectionRow, TypedRow};
use jiff::SignedDuration;
use lambda_kit::ScheduleHandler;
use ports::{Notification, QueueName};
use std::sync::Arc;
use testkit::memory::MemoryNotifications;
use testkit::run::finish;
use testkit::scripted::{QUEUE_SETTING, Scripted};
use testkit::scripted_shop::ScriptedShop;

const ADDRESS: &str = "https://queue.example.test/1/notifications";

pub(super) fn tell(seen: &Arc<Seen>) {
    let shop = ScriptedShop::open(Scripted::leaving_notifications(), &["web"]);
    let row = shop.stage.table.row(&ConnectionRow::key(&"web".parse().unwrap())).unwrap();
    let mut row = ConnectionRow::from_row(&row).unwrap();
    row.settings.insert(QUEUE_SETTING.to_owned(), ADDRESS.to_owned());
    finish(engine::put_connection(&shop.world(), &row)).unwrap();
    let queue = Arc::new(MemoryNotifications::default());
    queue.leave(ADDRESS, r#"{"order":"1"}"#);
    shop.channel.tells([Notification::Changed { number: OrderNumber::new("1").unwrap(), stamp: None }]);
    let world = seen.watch("channel-poll", shop.world());
    let deadline = world.clock.now().checked_add(SignedDuration::from_secs(50)).unwrap();
    let poll = ChannelPoll::new(world, None).with_notifications(seen.watch_notifications("channel-poll", queue.clone()));
    finish(poll.handle(r#"{"task":"poll"}"#, deadline)).unwrap();
    assert_eq!((queue.left(), shop.stage.queue.take(QueueName::Inbound).len()), (0, 1));
}
