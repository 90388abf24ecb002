//! `sluis health`: how each connection is doing.

use super::api::{Api, Where, understood};
use domain::{Duty, Wellbeing};
use engine::views::{ConnectionHealth, DutyView, Health, Publishes};
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
    crate::say::text(&in_words(&health));
    // A script hears it too.
    let fails = health.connections.iter().any(|one| one.state == Wellbeing::Failing);
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn in_words(health: &Health) -> String {
    let mut said = String::new();
    for one in &health.connections {
        let _ = writeln!(said, "{}: {}", one.connection, connection(one));
        for duty in &one.duties {
            let words = figures(one, duty).unwrap_or_else(|| state(duty));
            let _ = writeln!(said, "  {:<9}{words}", name(duty.duty));
        }
        for line in progress(one) {
            let _ = writeln!(said, "  {line}");
        }
    }
    for one in &health.unreadable {
        let _ = writeln!(said, "Cannot be read: {}: {}", one.key, one.problem);
    }
    if health.connections.is_empty() && health.unreadable.is_empty() {
        said.push_str("There are no connections yet.\n");
    }
    said
}

/// What is done by nobody is not said to be well, unknown or on its way.
fn figures(one: &ConnectionHealth, duty: &DutyView) -> Option<String> {
    match one.publishes {
        Publishes::Nothing if duty.duty == Duty::Stock => Some("not told, on purpose: only orders are taken in".to_owned()),
        Publishes::Nothing | Publishes::Pilot { .. } | Publishes::All => None,
    }
}

/// What goes on in the background for a connection, and how far it is.
pub(super) fn progress(one: &ConnectionHealth) -> Vec<String> {
    let mut lines = Vec::new();
    if let Publishes::Pilot { articles } = one.publishes {
        lines.push(format!("told of a pilot: {articles} products"));
    }
    if let Some(items) = one.items.as_ref().filter(|items| items.under_way) {
        lines.push(format!("items are being matched: {} looked at so far", items.looked_at));
    }
    if let Some(rollout) = &one.settings_under_way {
        let through = rollout.through.as_ref().map(|sku| format!(", up to {sku}")).unwrap_or_default();
        lines.push(format!(
            "settings changed {:.0}: figures of {} products are on their way so far{through}",
            rollout.changed_at, rollout.sent
        ));
    }
    lines
}

fn connection(one: &ConnectionHealth) -> String {
    match (one.state, one.failing_since) {
        (Wellbeing::Ok, _) => "works".to_owned(),
        (Wellbeing::Failing, Some(since)) => format!("fails since {since:.0}"),
        (Wellbeing::Failing, None) => "fails".to_owned(),
        (Wellbeing::Unknown, _) => "not known to work".to_owned(),
    }
}

fn name(duty: Duty) -> &'static str {
    match duty {
        Duty::Orders => "orders",
        Duty::Listings => "items",
        Duty::Stock => "figures",
        Duty::Subscription => "webhooks",
    }
}

fn state(duty: &DutyView) -> String {
    let last = match (duty.good_at, duty.good_age_s) {
        (Some(at), Some(age)) => format!("last well {at:.0}, {} min ago", age / 60),
        _ => "never done yet".to_owned(),
    };
    let waits = match (duty.held_back_since, &duty.held_back_because) {
        (Some(since), Some(words)) => format!(", held back since {since:.0}: {words}"),
        _ => String::new(),
    };
    match (duty.state, duty.failing_since, &duty.words) {
        (Wellbeing::Ok, ..) => format!("ok{waits} ({last})"),
        (Wellbeing::Failing, Some(since), Some(words)) => format!("fails since {since:.0}: {words} ({last})"),
        _ => format!("unknown{waits} ({last})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_fails_is_told_with_since_when_and_why_and_what_was_never_done_is_not_called_well() {
        let duty = |name: &str, state: &str| json!({ "duty": name, "state": state, "good_at": null, "good_age_s": null, "failing_since": null, "kind": null, "words": null });
        let mut orders = duty("orders", "failing");
        orders["good_at"] = json!("2026-11-21T11:00:00Z");
        orders["good_age_s"] = json!(3600);
        orders["failing_since"] = json!("2026-11-21T11:01:00Z");
        orders["words"] = json!("the channel refuses the keys");
        let mut items = duty("listings", "ok");
        items["held_back_since"] = json!("2026-11-21T11:59:00Z");
        items["held_back_because"] = json!("the channel asked for a pause");
        let one = json!({
            "connection": "webshop", "channel": "any", "channel_title": null, "state": "failing", "failing_since": "2026-11-21T11:01:00Z",
            "told_failing_at": null, "publishes": { "of": "nothing" },
            "duties": [orders, items, duty("stock", "unknown")],
            "items": { "under_way": true, "looked_at": 1200, "began_at": null, "ended_at": null },
            "settings_under_way": { "changed_at": "2026-11-21T12:00:00Z", "sent": 500, "through": "LAMP" }, "orders_read_until": null, "cursor_age_s": null,
            "list_under_way": false, "orders_settled_through": null, "gate": null, "subscription": null, "token": null,
        });
        let health: Health = serde_json::from_value(json!({ "connections": [one] })).unwrap();
        let said = in_words(&health);
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines[0], "webshop: fails since 2026-11-21T11:01:00Z");
        assert_eq!(
            lines[1],
            "  orders   fails since 2026-11-21T11:01:00Z: the channel refuses the keys (last well 2026-11-21T11:00:00Z, 60 min ago)"
        );
        assert_eq!(
            lines[2],
            "  items    ok, held back since 2026-11-21T11:59:00Z: the channel asked for a pause (never done yet)"
        );
        assert_eq!(lines[3], "  figures  not told, on purpose: only orders are taken in");
        assert_eq!(lines[4], "  items are being matched: 1200 looked at so far");
        assert_eq!(
            lines[5],
            "  settings changed 2026-11-21T12:00:00Z: figures of 500 products are on their way so far, up to LAMP"
        );
    }
}
