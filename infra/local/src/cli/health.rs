//! `sluis health`: how each connection is doing.

use super::api::{Api, Where, understood};
use domain::{HealthStatus, Task, so_many};
use engine::views::{ConnectionHealth, Health, PublishingScope, TaskHealth};
use ports::Result;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// What `health` takes.
#[derive(Debug, clap::Args)]
pub(super) struct HealthArguments {
    #[command(flatten)]
    place: Where,
}

pub(super) async fn health(arguments: &HealthArguments, state: &Path) -> Result<ExitCode> {
    let health: Health = understood(Api::find(&arguments.place, state)?.get("health").await?)?;
    crate::say::lines(&in_words(&health));
    // A script hears it too.
    let fails = health.connections.iter().any(|one| one.status == HealthStatus::Failing);
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn in_words(health: &Health) -> String {
    let mut said = String::new();
    for one in &health.connections {
        let _ = writeln!(said, "{}: {}", one.connection, connection(one));
        if let Some(circuit) = &one.circuit {
            let _ = writeln!(said, "  not called until {:.0}: {}", circuit.open_until, circuit.reason);
        }
        for task in &one.tasks {
            let words = figures(one, task).unwrap_or_else(|| state(task));
            let _ = writeln!(said, "  {:<13}{words}", name(task.task));
        }
        for line in progress(one) {
            let _ = writeln!(said, "  {line}");
        }
    }
    for one in &health.unreadable {
        let _ = writeln!(said, "Cannot be read: {}: {}", one.key, one.error);
    }
    if health.connections.is_empty() && health.unreadable.is_empty() {
        said.push_str("There are no connections yet.\n");
    }
    said
}

/// What is done by nobody is not said to be well, unknown or on its way.
fn figures(one: &ConnectionHealth, duty: &TaskHealth) -> Option<String> {
    match one.publishing {
        PublishingScope::None if duty.task == Task::Stock => {
            Some("not published, on purpose: only orders are taken in".to_owned())
        }
        PublishingScope::None | PublishingScope::Selected { .. } | PublishingScope::All => None,
    }
}

/// What goes on in the background for a connection, and how far it is.
pub(super) fn progress(one: &ConnectionHealth) -> Vec<String> {
    let mut lines = Vec::new();
    if let PublishingScope::Selected { products } = one.publishing {
        lines.push(format!("told of selected products only: {}", so_many(products, "product")));
    }
    // What it lacks is told with the task.
    if let Some(account) = one.check.as_ref().and_then(|check| check.account.as_ref()) {
        lines.push(format!("the credentials are of {account}"));
    }
    if let Some(items) = one.listings.as_ref().filter(|items| items.running) {
        lines.push(format!("listings are being matched: {} looked at so far", items.checked));
    }
    if let Some(rollout) = &one.rollout {
        let through = rollout.up_to_sku.as_ref().map(|sku| format!(", up to {sku}")).unwrap_or_default();
        lines.push(format!(
            "settings changed {:.0}: figures of {} on their way so far{through}",
            rollout.changed_at,
            so_many(rollout.products_sent, "product")
        ));
    }
    lines
}

fn connection(one: &ConnectionHealth) -> String {
    match (one.status, one.failing_since) {
        (HealthStatus::Ok, _) => "ok".to_owned(),
        (HealthStatus::Failing, Some(since)) => format!("failing since {since:.0}"),
        (HealthStatus::Failing, None) => "failing".to_owned(),
        (HealthStatus::Unknown, _) => "unknown".to_owned(),
    }
}

fn name(duty: Task) -> &'static str {
    match duty {
        Task::Orders => "orders",
        Task::Listings => "listings",
        Task::Stock => "stock",
        Task::Subscription => "subscription",
        Task::Credentials => "credentials",
    }
}

fn state(duty: &TaskHealth) -> String {
    let last = match (duty.succeeded_at, duty.succeeded_age_s) {
        (Some(at), Some(age)) => format!("succeeded {at:.0}, {} min ago", age / 60),
        _ => "never succeeded yet".to_owned(),
    };
    // A pause is what the channel asks for. Where it does not answer, nothing is tried for a while, and that is not well.
    let held = duty.paused_since.zip(duty.paused_reason.as_ref());
    let held = held.map(|(since, words)| {
        let what = if words.contains("asked for a pause") { "paused" } else { "not tried" };
        format!("{what} since {since:.0}: {words}")
    });
    let waits = held.as_ref().map(|held| format!(", {held}")).unwrap_or_default();
    match (duty.status, duty.failing_since, &duty.message) {
        (HealthStatus::Ok, ..) => format!("{} ({last})", held.unwrap_or_else(|| "ok".to_owned())),
        (HealthStatus::Failing, Some(since), Some(words)) => format!("failing since {since:.0}: {words} ({last})"),
        _ => format!("unknown{waits} ({last})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_fails_is_told_with_since_when_and_why_and_what_was_never_done_is_not_called_well() {
        let task = |name: &str, state: &str| json!({ "task": name, "status": state, "succeeded_at": null, "succeeded_age_s": null, "failing_since": null, "error": null, "message": null });
        let mut orders = task("orders", "failing");
        orders["succeeded_at"] = json!("2026-11-21T11:00:00Z");
        orders["succeeded_age_s"] = json!(3600);
        orders["failing_since"] = json!("2026-11-21T11:01:00Z");
        orders["message"] = json!("the channel refuses the keys");
        let mut items = task("listings", "ok");
        items["paused_since"] = json!("2026-11-21T11:59:00Z");
        items["paused_reason"] = json!("the channel asked for a pause");
        let one = json!({
            "connection": "webshop", "channel": "any", "channel_title": null, "status": "failing", "failing_since": "2026-11-21T11:01:00Z",
            "alerted_at": null, "publishing": { "type": "none" },
            "tasks": [orders, items, task("stock", "unknown")],
            "listings": { "running": true, "checked": 1200, "started_at": null, "ended_at": null },
            "rollout": { "changed_at": "2026-11-21T12:00:00Z", "products_sent": 500, "up_to_sku": "LAMP" }, "orders_read_until": null, "cursor_age_s": null,
            "order_list_running": false, "orders_settled_through": null,
            "circuit": { "open_until": "2026-11-21T12:01:00Z", "failures": 0, "reason": "the channel asked for a pause" }, "subscription": null, "token": null,
        });
        let health: Health = serde_json::from_value(json!({ "connections": [one] })).unwrap();
        let said = in_words(&health);
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines[0], "webshop: failing since 2026-11-21T11:01:00Z");
        assert_eq!(lines[1], "  not called until 2026-11-21T12:01:00Z: the channel asked for a pause");
        assert_eq!(
            lines[2],
            "  orders       failing since 2026-11-21T11:01:00Z: the channel refuses the keys (succeeded 2026-11-21T11:00:00Z, 60 min ago)"
        );
        assert_eq!(
            lines[3],
            "  listings     paused since 2026-11-21T11:59:00Z: the channel asked for a pause (never succeeded yet)"
        );
        let mut silent: TaskHealth = serde_json::from_value(task("orders", "ok")).unwrap();
        (silent.paused_since, silent.paused_reason) =
            ("2026-11-21T11:59:00Z".parse().ok(), Some("the channel does not answer".to_owned()));
        assert_eq!(state(&silent), "not tried since 2026-11-21T11:59:00Z: the channel does not answer (never succeeded yet)");
        assert_eq!(lines[4], "  stock        not published, on purpose: only orders are taken in");
        assert_eq!(lines[5], "  listings are being matched: 1200 looked at so far");
        assert_eq!(lines[6], "  settings changed 2026-11-21T12:00:00Z: figures of 500 products on their way so far, up to LAMP");
    }
}
