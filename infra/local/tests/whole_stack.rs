//! The whole stack in this process: a sale on one channel lowers the figure on the others, and what was in flight when it died is
//! there when it starts again.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod support;

use connectors::simulated_channel::Trouble;
use domain::{ChannelSync, ConnectionId, Order, OrderNumber, Quantity, Sku};
use engine::rows::{AttentionSettingsRow, OrderRow};
use engine::{Cache, OrderCommand, Ports, handle_order, put_attention_settings};
use jiff::SignedDuration;
use lambda_kit::ScheduleHandler;
use ports::{Clock, OutgoingMessage, Queue, QueueName};
use sluis::queue::{Handing, Queues, Store};
use sluis::simulator::Shop;
use sluis::topology::Topology;
use sluis::web;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use support::{sluis, start};

const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// Waits until every shop shows a figure; what they show otherwise, when the time is over.
async fn all_show(shops: &[Arc<Shop>], sku: &Sku, wanted: i64) -> Result<(), Vec<Option<i64>>> {
    let clock = aws::SystemClock;
    let until = clock.now().checked_add(LONGEST).unwrap();
    loop {
        let shown: Vec<_> = shops.iter().map(|s| s.shown(sku)).collect();
        if shown.iter().all(|s| *s == Some(wanted)) {
            return Ok(());
        }
        if clock.now() > until {
            return Err(shown);
        }
        clock.sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_on_any_channel_lowers_the_figure_on_all() {
    let folder = tempfile::tempdir().unwrap();
    let stack = start(&folder).await;
    let sku = Sku::new("A-1").unwrap();
    let mut left = 12;
    for shop in &stack.shops {
        shop.buy(&sku, Quantity::new(2).unwrap()).unwrap();
        left -= 2;
        all_show(&stack.shops, &sku, left).await.unwrap();
    }
    let other = Sku::new("A-2").unwrap();
    all_show(&stack.shops, &other, 5).await.expect("nobody bought of this one");
    stack.tasks.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_orders_are_handled_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let stack = start(&folder).await;
    let address = stack.address;
    let shop = &stack.shops[0];
    let number = shop.buy(&Sku::new("A-1").unwrap(), Quantity::new(2).unwrap()).unwrap().to_string();
    let connection = shop.connection.as_str();
    let clock = aws::SystemClock;
    let until = clock.now().checked_add(LONGEST).unwrap();
    let told = loop {
        match sluis(address, &["order", connection, &number]).await {
            (true, told) => break told,
            (false, told) if clock.now() > until => panic!("{told}"),
            (false, told) => assert!(told.contains("sluis buy"), "{told}"),
        }
        clock.sleep(Duration::from_millis(100)).await;
    };
    assert!(told.contains("A-1: 2 ordered, 2 to ship") && told.contains("taken in"), "{told}");
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let receipts = file("stock.csv", "sku,location,add,reason\nA-2,main,3,receipt\nA-9,main,1,receipt\n".to_owned());
    let (content, said) = sluis(address, &["stock", &receipts, "--by", "Ada"]).await;
    assert!(
        !content && said.contains("stock.csv:3: not done: there is no product A-9") && said.contains("1 row done, 1 not done"),
        "{said}"
    );
    all_show(&stack.shops, &Sku::new("A-2").unwrap(), 8).await.unwrap();
    let parcels =
        file("parcels.csv", format!("connection,order,location,carrier,tracking\n{connection},{number},main,postnl,3STEST\n"));
    let (content, said) = sluis(address, &["ship", &parcels, "--by", "Ada"]).await;
    assert!(content && said.contains("1 row done"), "{said}");
    let (content, said) = sluis(address, &["ship", &parcels, "--by", "Ada"]).await;
    assert!(content && said.contains("0 rows done, 1 done before"), "{said}");
    let (_, told) = sluis(address, &["order", connection, &number]).await;
    assert!(told.contains("Ada") && told.contains("left main: 2 of line") && told.contains("3STEST"), "{told}");
    stack.tasks.end().await;
    let (content, said) = sluis(address, &["ship", &parcels, "--by", "Ada"]).await;
    assert!(!content && said.contains("is `sluis` running?"), "{said}");
}

/// Waits until an order is as it should be; how it is otherwise, when the time is over.
async fn becomes(
    world: &Ports,
    connection: &ConnectionId,
    number: &OrderNumber,
    wanted: fn(&Order) -> bool,
) -> Result<(), Option<Order>> {
    let until = world.clock.now().checked_add(LONGEST).unwrap();
    loop {
        let found = world.get::<OrderRow>(&OrderRow::key(connection, number)).await.unwrap().map(|row| row.0);
        if found.as_ref().is_some_and(wanted) {
            return Ok(());
        }
        if world.clock.now() > until {
            return Err(found);
        }
        world.clock.sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_channel_is_told_of_a_parcel() {
    let folder = tempfile::tempdir().unwrap();
    let stack = start(&folder).await;
    let (world, lookup, sku) = (&stack.world, Cache::default(), Sku::new("A-1").unwrap());
    for shop in &stack.shops {
        let number = shop.buy(&sku, Quantity::new(2).unwrap()).unwrap();
        becomes(world, &shop.connection, &number, |_| true).await.expect("it is taken in");
        let channel = lookup.connection(world, &shop.connection).await.unwrap().channel.clone();
        let carrier =
            world.connectors.get(&channel).unwrap().fulfilment().unwrap().descriptor().carriers.first().map(|(word, _)| *word);
        let command =
            serde_json::json!({ "type": "ship", "id": "p", "location": "main", "carrier": carrier, "tracking": "3SSLUIS1" });
        let command: OrderCommand = serde_json::from_value(command).unwrap();
        handle_order(world, &lookup, &shop.connection, &number, &command, "a person").await.unwrap();
        let told = |order: &Order| matches!(order.shipments[0].channel_sync, ChannelSync::Synced { .. });
        becomes(world, &shop.connection, &number, told).await.expect("the channel is told");
        let shipped = |order: &Order| order.snapshot.lines[0].shipped.units() == 2;
        becomes(world, &shop.connection, &number, shipped).await.expect("the channel says so itself");
    }
    stack.tasks.end().await;
}

#[tokio::test]
async fn what_was_handed_out_by_a_stack_that_died_is_handed_out_again_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("queues.db");
    let topology = Topology::of_this_build().unwrap();
    let queues = Queues::open(&file, &topology, Arc::new(aws::SystemClock)).unwrap();
    let message = |n: u32| OutgoingMessage { body: format!("{n}"), delay: Duration::ZERO };
    queues.send(QueueName::Inbound, (0..100).map(message).collect()).await.unwrap();
    let name = topology.known_as("SLUIS_INBOUND_QUEUE_URL").unwrap().to_owned();
    let handing = Handing { queue: name, most: 10, visibility_ms: 120_000, dead_letters: None };
    let now_ms = aws::SystemClock.now().as_millisecond();
    // A second reader of the same file takes ten, and dies with them: its end deletes nothing.
    let dead = Store::open(&file).unwrap();
    assert_eq!(dead.receive(handing.clone(), now_ms).await.unwrap().messages.len(), 10);
    let next = Store::open(&file).unwrap();
    let mut found = 0;
    loop {
        // What the dead one had can be had at once: nobody works on it any more.
        let batch = next.receive(handing.clone(), now_ms).await.unwrap();
        if batch.messages.is_empty() {
            break;
        }
        found += batch.messages.len();
        next.delete(batch.messages.iter().map(|m| (m.id, m.receives)).collect()).await.unwrap();
    }
    assert_eq!(found, 100);
}

#[tokio::test]
async fn other_machines_are_not_let_in_by_accident() {
    let everywhere = SocketAddr::from(([0, 0, 0, 0], 0));
    assert!(web::bind_chosen_pages(everywhere, false).await.is_err());
    let refusal = web::bind_pages(everywhere, false).await.unwrap_err();
    assert!(refusal.message.contains("--expose"), "{}", refusal.message);
    let first = web::bind_pages(SocketAddr::from(([127, 0, 0, 1], 0)), false).await.unwrap();
    let busy = first.local_addr().unwrap();
    let refusal = web::bind_chosen_pages(busy, false).await.unwrap_err();
    assert!(refusal.message.starts_with("`listen`: ") && refusal.message.contains("another port"), "{}", refusal.message);
    if busy.port() < u16::MAX - 30 {
        let second = web::bind_pages(busy, false).await.unwrap();
        assert_ne!(second.local_addr().unwrap().port(), busy.port(), "the next free one");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_fails_is_told_on_the_attention_topic_and_by_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let stack = start(&folder).await;
    let (world, clock) = (&stack.world, aws::SystemClock);
    // No quarter of an hour for a test.
    put_attention_settings(world, &AttentionSettingsRow { failing_after_s: 1 }).await.unwrap();
    // A shop that asked for a pause while the stack started does not fail.
    let (content, said) = sluis(stack.address, &["health"]).await;
    assert!(content, "{said}");
    let shop = &stack.shops[0];
    shop.trouble(Trouble::TooMany { until: clock.now() + LONGEST * 2 });
    let poll = channel_poll::ChannelPoll::new(world.clone(), None);
    let until = clock.now() + LONGEST;
    let told = loop {
        let deadline = clock.now() + SignedDuration::from_secs(50);
        poll.handle(r#"{"task":"poll"}"#, deadline).await.unwrap();
        let sent = stack.bus.sent();
        match sent.into_iter().find(|sent| sent.event == "ConnectionFailing.v1") {
            Some(sent) => break sent,
            None => assert!(clock.now() < until, "nobody was told"),
        }
        clock.sleep(Duration::from_millis(300)).await;
    };
    assert_eq!(told.target, "AttentionTopic");
    assert!(told.detail.contains(shop.connection.as_str()), "{}", told.detail);
    let (content, said) = sluis(stack.address, &["health"]).await;
    assert!(!content && said.contains(&format!("{}: failing since", shop.connection)), "{said}");
    stack.tasks.end().await;
}
