//! Trouble at the far side: now and then a simulated shop is slow, silent, or forgets its webhooks.

use super::Dice;
use crate::simulator::{TroubleKind, TroubleOrder};
use bytes::Bytes;
use ports::{Clock, Http, Request};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Between two troubles, in seconds.
const SOONEST_S: u32 = 5;
const LATEST_S: u32 = 30;
/// Longest trouble that ends by itself, in seconds: shops are well most of the time.
const LONGEST_S: u32 = 20;
/// Most times of one that happens a number of times.
const MOST_TIMES: u32 = 4;

/// Makes trouble until told to stop, at shops that have these addresses, over the door they have for it. None while chaos is at 0.
pub async fn make_trouble(
    shops: Vec<String>,
    dice: Arc<Dice>,
    http: Arc<dyn Http>,
    clock: Arc<dyn Clock>,
    mut stop: watch::Receiver<bool>,
) {
    let mut late = None;
    while !*stop.borrow() && !shops.is_empty() {
        let wait = Duration::from_secs(u64::from(SOONEST_S + dice.below(LATEST_S - SOONEST_S)));
        tokio::select! {
            () = clock.sleep(wait) => {}
            _ = stop.changed() => return,
        }
        // Late webhooks stay late until told otherwise: no trouble of this kind outlives the next one.
        if let Some(before) = late.take() {
            make(&http, before, &on_time()).await;
        }
        if dice.rate().per_thousand() == 0 {
            continue;
        }
        let at = usize::try_from(dice.below(u32::try_from(shops.len()).unwrap_or(1))).unwrap_or_default();
        let Some(address) = shops.get(at) else { continue };
        let order = drawn(&dice);
        if make(&http, address, &order).await {
            dice.note_trouble(&told(order.kind));
            late = (order.kind == TroubleKind::WebhooksLate).then_some(address.as_str());
        }
    }
}

/// Ends lateness.
pub fn on_time() -> TroubleOrder {
    TroubleOrder { kind: TroubleKind::WebhooksLate, seconds: Some(0), times: None }
}

/// All kinds but a subscription that is switched off: it is mended once in six hours, and until then no webhook would be tried.
fn drawn(dice: &Dice) -> TroubleOrder {
    let kinds = [
        TroubleKind::TooMany,
        TroubleKind::Silent,
        TroubleKind::FailAfterApply,
        TroubleKind::TokensRevoked,
        TroubleKind::WebhooksLost,
        TroubleKind::WebhooksDoubled,
        TroubleKind::WebhooksLate,
        TroubleKind::WebhooksReversed,
    ];
    let at = usize::try_from(dice.below(u32::try_from(kinds.len()).unwrap_or(1))).unwrap_or_default();
    let kind = kinds.get(at).copied().unwrap_or(TroubleKind::TooMany);
    let (seconds, times) = (1 + dice.below(LONGEST_S), 1 + dice.below(MOST_TIMES));
    TroubleOrder { kind, seconds: Some(i64::from(seconds)), times: Some(times) }
}

fn told(kind: TroubleKind) -> String {
    serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

async fn make(http: &Arc<dyn Http>, shop: &str, order: &TroubleOrder) -> bool {
    let mut request = Request::new(Bytes::from(serde_json::to_string(order).unwrap_or_default()));
    *request.method_mut() = http::Method::POST;
    let Ok(address) = format!("{shop}/_simulator/trouble").parse() else { return false };
    *request.uri_mut() = address;
    // A shop of another process may be gone; then it has trouble enough.
    http.send(request).await.is_ok_and(|answer| answer.status().is_success())
}
