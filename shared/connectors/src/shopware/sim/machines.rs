//! The state machines as a new shop has them: ways, and where they lead.

/// Where a way leads. `None`: there is no such way.
pub(super) fn target(way: &str) -> Option<&'static str> {
    Some(match way {
        "process" => "in_progress",
        "complete" => "completed",
        "cancel" => "cancelled",
        "reopen" => "open",
        "ship" => "shipped",
        "ship_partially" => "shipped_partially",
        "retour" => "returned",
        "retour_partially" => "returned_partially",
        "paid" => "paid",
        "refund" => "refunded",
        _ => return None,
    })
}

/// The ways from a state.
pub(super) fn ways(entity: &str, state: &str) -> &'static [&'static str] {
    match (entity, state) {
        ("order", "open") => &["process", "cancel"],
        ("order", "in_progress") => &["complete", "cancel"],
        ("order_delivery", "open") => &["ship", "ship_partially", "cancel"],
        ("order_delivery", "shipped_partially") => &["ship", "retour", "retour_partially", "cancel"],
        ("order_delivery", "shipped") => &["retour", "retour_partially", "cancel"],
        ("order_delivery", "returned_partially") => &["retour"],
        ("order_transaction", "open") => &["paid", "cancel"],
        ("order_transaction", "paid") => &["refund"],
        ("order" | "order_delivery" | "order_transaction", "cancelled") | ("order", "completed") => &["reopen"],
        _ => &[],
    }
}

/// Whether somebody may take a way. Up to 6.6 everything could be cancelled from everywhere.
pub(super) fn allows(version: &str, entity: &str, state: &str, way: &str) -> bool {
    ways(entity, state).contains(&way) || (way == "cancel" && version.starts_with("6.6."))
}
