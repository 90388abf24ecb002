//! Tells the shop how returns were decided. Core has none: units that are paid back get a refund record that puts nothing on sale
//! again, and a refusal is noted for the shop's staff.

use crate::woocommerce::marks::{self, About};
use crate::woocommerce::orders;
use crate::woocommerce::refunds::{self, Record};
use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::wire::Note;
use crate::woocommerce::words;
use domain::{ReturnUpdate, ReturnVerdict};
use http::Method;
use ports::{Acknowledged, Call, Error, ErrorKind, Result, Status};
use serde::de::IgnoredAny;
use serde_json::json;

const TELL: &str = "woocommerce.return";
const KNOWS: &str = "woocommerce.knows_return";

/// Tells a decision.
pub(super) async fn tell(call: &Call<'_>, id: u64, update: &ReturnUpdate) -> Result<Acknowledged> {
    let units = refunds::units(TELL, &update.lines)?;
    let reason = words::of(call.account)?.decided(update.verdict);
    if update.verdict == ReturnVerdict::Refused {
        if !noted(call, TELL, id).await? {
            let text = format!("{reason} {}", marks::mark(About::Returned, call.operation_id));
            let body = json!({ "note": text, "customer_note": false });
            requests::fetch::<IgnoredAny>(call, &Ask::write(TELL, Method::POST, format!("/orders/{id}/notes"), body)).await?;
        }
        return Ok(Acknowledged::Applied);
    }
    let found = orders::find(call, TELL, id).await?;
    if refunds::made(&found.refunds, About::Returned, call.operation_id, &units)?.ok_or_else(|| refunds::half(TELL))? {
        return Ok(Acknowledged::Applied);
    }
    // The shop itself takes a refund record of any units.
    for (id, units) in &units {
        let line = found.snapshot.lines.iter().find(|l| l.id.as_str() == id.to_string());
        if line.is_none_or(|l| i64::from(*units) > l.shipped.less(l.returned).units()) {
            let message = "fewer units of this line were sent and not paid back yet than came back; look at the order in the shop";
            return Err(Error::new(ErrorKind::Conflict, TELL, message).with_status(Status::Permanent));
        }
    }
    // Whether they can be sold again is for Sluis to say, with a figure.
    refunds::make(call, TELL, id, &Record { about: About::Returned, reason, lines: &units, restock: false }).await?;
    Ok(Acknowledged::Applied)
}

/// Whether the shop knows it.
pub(super) async fn known(call: &Call<'_>, id: u64, update: &ReturnUpdate) -> Result<Option<bool>> {
    let units = refunds::units(KNOWS, &update.lines)?;
    if update.verdict == ReturnVerdict::Refused {
        return noted(call, KNOWS, id).await.map(Some);
    }
    let found = orders::find(call, KNOWS, id).await?;
    refunds::made(&found.refunds, About::Returned, call.operation_id, &units)
}

async fn noted(call: &Call<'_>, operation: &'static str, id: u64) -> Result<bool> {
    let mark = marks::mark(About::Returned, call.operation_id);
    let ask = Ask::get(operation, format!("/orders/{id}/notes")).with([("type", "internal".to_owned())]);
    let notes: Vec<Note> = requests::fetch(call, &ask).await?;
    Ok(notes.iter().any(|n| n.note.ends_with(&mark)))
}
