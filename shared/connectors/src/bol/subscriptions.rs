//! Keeps the webhook subscription in place (Retailer API v10).
//!
//! A change is answered with 202 and a process status, and may take bol up to 15 minutes. Only a status of `SUCCESS` counts as
//! done. Where it does not come within a few reads, the caller gets a temporary error, and the next upkeep looks again.

use super::errors::shortened;
use super::webhooks::ORDER;
use super::{requests, wire};
use crate::wire_text;
use http::Method;
use ports::{Call, Error, ErrorKind, Response, Result, Status, SubscriptionState, SubscriptionWant};
use std::time::Duration;

const OPERATION: &str = "bol.subscribe";
const PATH: &str = "/retailer/subscriptions";
const WEBHOOK: &str = "WEBHOOK";
/// Reads of a process status before giving up for now.
const STATUS_READS: u32 = 3;
/// How long bol may take over a change: looking earlier could make a second subscription.
const SETTLING: Duration = Duration::from_mins(15);

/// Looks, and makes or mends.
pub(super) async fn subscribe(call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState> {
    let response = requests::get(call, OPERATION, requests::V10, PATH).await?;
    let all: wire::Subscriptions = wire_text::json(OPERATION, response.body())?;
    let ours: Vec<_> = all.subscriptions.into_iter().filter(|s| is_ours(s, want)).collect();
    let mut state = SubscriptionState::default();
    if ours.iter().any(|s| is_fine(s, want)) {
        state.fine.push(ORDER.to_owned());
        return Ok(state);
    }
    let at_hand = ours.iter().find(|s| s.url == want.url).or(ours.first());
    let changed = if let Some(subscription) = at_hand {
        state.mended.push(ORDER.to_owned());
        mend(call, subscription, want).await?
    } else {
        state.made.push(ORDER.to_owned());
        let request = request(vec![ORDER], want);
        requests::write(call, OPERATION, Method::POST, requests::V10, PATH, &request).await?
    };
    settle(call, &changed).await?;
    Ok(state)
}

/// The same path at another host is ours too: the stack has moved. Other people's subscriptions are left alone.
fn is_ours(subscription: &wire::Subscription, want: &SubscriptionWant) -> bool {
    let path = |text: &str| url::Url::parse(text).ok().map(|u| u.path().to_owned());
    subscription.subscription_type == WEBHOOK
        && (subscription.url == want.url || path(&subscription.url).is_some_and(|p| Some(p) == path(&want.url)))
}

fn is_fine(subscription: &wire::Subscription, want: &SubscriptionWant) -> bool {
    subscription.url == want.url && subscription.enabled != Some(false) && subscription.resources.iter().any(|r| r == ORDER)
}

/// A PUT replaces everything, so the resources that somebody added stay. `TEST` is shown when read and refused when written.
async fn mend(call: &Call<'_>, subscription: &wire::Subscription, want: &SubscriptionWant) -> Result<Response> {
    let others = subscription.resources.iter().map(String::as_str).filter(|r| *r != "TEST" && *r != ORDER);
    let request = request(others.chain([ORDER]).collect(), want);
    let id = subscription.id.clone().into_string();
    let path = format!("{PATH}/{}", requests::segment(OPERATION, &id)?);
    requests::write(call, OPERATION, Method::PUT, requests::V10, &path, &request).await
}

fn request<'a>(resources: Vec<&'a str>, want: &'a SubscriptionWant) -> wire::SubscriptionRequest<'a> {
    wire::SubscriptionRequest { resources, url: &want.url, subscription_type: WEBHOOK, enabled: true }
}

/// Waits for the verdict, as far as a few reads go: the first answer is a status already.
async fn settle(call: &Call<'_>, changed: &Response) -> Result<()> {
    let mut process: wire::ProcessStatus = wire_text::json(OPERATION, changed.body())?;
    let Some(id) = process.process_status_id.take().map(wire::Text::into_string) else { return Err(not_yet()) };
    // Below /shared, not below /retailer.
    let path = format!("/shared/process-status/{}", requests::segment(OPERATION, &id)?);
    for _ in 0..STATUS_READS {
        if let Some(verdict) = verdict(&process) {
            return verdict;
        }
        let response = requests::get(call, OPERATION, requests::V10, &path).await?;
        process = wire_text::json(OPERATION, response.body())?;
    }
    verdict(&process).unwrap_or_else(|| Err(not_yet()))
}

fn verdict(process: &wire::ProcessStatus) -> Option<Result<()>> {
    match process.status.as_str() {
        "SUCCESS" => Some(Ok(())),
        "PENDING" => None,
        "TIMEOUT" => Some(Err(not_yet())),
        _ => {
            let why = process.error_message.as_deref().unwrap_or("it gave no reason");
            let message = format!(
                "bol did not take the subscription to orders: {}; orders still come by polling, only later",
                shortened(why)
            );
            Some(Err(Error::new(ErrorKind::Declined, OPERATION, message)))
        }
    }
}

fn not_yet() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        OPERATION,
        "bol has not yet said whether the subscription is in place; the next upkeep looks again",
    )
    .with_status(Status::Temporary { retry_after: Some(SETTLING) })
}

#[cfg(test)]
#[path = "subscriptions_tests.rs"]
mod tests;
