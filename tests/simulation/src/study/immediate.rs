//! Immediate mirroring: what a webhook tells is subtracted at once, and what is left is written to every channel at once, the one
//! that sold it included. It does not look at the channel before, and it does not wait with a raise.

use super::tasks::Tasks;
use super::tool::Tool;
use domain::{ConnectionId, Sku};
use ports::Delivery;
use std::sync::Arc;

/// A webhook arrives: its signature is checked, its order read if it must be. Answers the status.
pub(super) async fn hear(tool: &Arc<Tool>, tasks: &Tasks, connection: &ConnectionId, delivery: &Delivery) -> u16 {
    let driver = tool.driver(connection).await;
    let notifications = driver.notifications().unwrap();
    let Ok(keys) = notifications.call(|notifications, call| notifications.keys(call)).await else { return 503 };
    let Ok(notices) = notifications.receive(&keys, delivery) else { return 401 };
    let before = figures(tool);
    for notice in notices {
        if tool.take(&driver, notice).await.is_err() {
            return 503;
        }
    }
    let changed: Vec<Sku> =
        figures(tool).into_iter().zip(before).filter(|(now, before)| now != before).map(|(now, _)| now.0).collect();
    for sku in &changed {
        write_everywhere(tool, tasks, sku);
    }
    200
}

/// Goods came in.
pub(super) fn receive(tool: &Arc<Tool>, tasks: &Tasks, product: usize, units: i64) {
    let sku = tool.house.sku(product);
    tool.book.lock().unwrap().receive(&sku, units);
    write_everywhere(tool, tasks, &sku);
}

fn figures(tool: &Tool) -> Vec<(Sku, i64)> {
    let book = tool.book.lock().unwrap();
    book.products().into_iter().map(|sku| (sku.clone(), book.left(&sku))).collect()
}

fn write_everywhere(tool: &Arc<Tool>, tasks: &Tasks, sku: &Sku) {
    for connection in tool.house.shops.connections.clone() {
        let (tool, sku) = (Arc::clone(tool), sku.clone());
        tasks.start(async move { tool.write(&connection, &sku).await });
    }
}
