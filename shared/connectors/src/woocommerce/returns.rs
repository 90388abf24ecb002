//! Tells the shop how returns were decided. Core has none: units that are paid back get a refund record that puts nothing on sale
//! again, and a refusal is noted for the shop's staff.

use crate::woocommerce::marks::{self, About};
use crate::woocommerce::orders::{self, Found};
use crate::woocommerce::refunds::{self, Record};
use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::wire::Note;
use crate::woocommerce::words;
use domain::{ReturnResolution, ReturnUpdate};
use http::Method;
use ports::{Acknowledged, Call, Error, ErrorKind, Result, Status};
use serde::de::IgnoredAny;
use serde_json::json;
use std::collections::BTreeMap;

const TELL: &str = "woocommerce.return";
const KNOWS: &str = "woocommerce.knows_return";

/// Tells a decision.
pub(super) async fn tell(call: &Call<'_>, id: u64, update: &ReturnUpdate) -> Result<Acknowledged> {
    let units = refunds::units(TELL, &update.lines)?;
    let reason = words::of(call.account)?.decided(update.resolution);
    if update.resolution == ReturnResolution::Rejected {
        let mark = refusal(id, &units);
        if !noted(call, TELL, id, &mark).await? {
            let text = format!("{reason} {mark}");
            let body = json!({ "note": text, "customer_note": false });
            requests::fetch::<IgnoredAny>(call, &Ask::write(TELL, Method::POST, format!("/orders/{id}/notes"), body)).await?;
        }
        return Ok(Acknowledged::Applied);
    }
    let found = orders::find(call, TELL, id).await?;
    if refunds::made(&found.refunds, About::Returned, call.operation_id, &units).ok_or_else(|| refunds::half(TELL))? {
        return Ok(Acknowledged::Applied);
    }
    check(&found, &units)?;
    // Whether they can be sold again is for Sluis to say, with a figure.
    refunds::make(call, TELL, id, &Record { about: About::Returned, reason, lines: &units, restock: false }).await?;
    Ok(Acknowledged::Applied)
}

/// Whether the shop knows it.
pub(super) async fn known(call: &Call<'_>, id: u64, update: &ReturnUpdate) -> Result<Option<bool>> {
    let units = refunds::units(KNOWS, &update.lines)?;
    if update.resolution == ReturnResolution::Rejected {
        return noted(call, KNOWS, id, &refusal(id, &units)).await.map(Some);
    }
    let found = orders::find(call, KNOWS, id).await?;
    Ok(match refunds::made(&found.refunds, About::Returned, call.operation_id, &units) {
        // Not under this id; but it could not be told any more, and what it says is there.
        Some(false) if check(&found, &units).is_err() => Some(refunds::alike(&found.refunds, About::Returned, &units)),
        made => made,
    })
}

/// The shop itself takes a refund record of any units, so what cannot be is refused here.
fn check(found: &Found, units: &BTreeMap<u64, u32>) -> Result<()> {
    for (id, units) in units {
        let line = found.snapshot.lines.iter().find(|l| l.id.as_str() == id.to_string());
        if line.is_none_or(|l| i64::from(*units) > l.shipped.less(l.returned).units()) {
            let message =
                "fewer units of this line were sent and not paid back yet than came back; look at the order in the shop";
            return Err(Error::new(ErrorKind::Conflict, TELL, message).with_status(Status::Permanent));
        }
    }
    Ok(())
}

/// The mark of a refusal, by what it says: the same refusal twice is one note.
fn refusal(id: u64, units: &BTreeMap<u64, u32>) -> String {
    marks::mark(About::Returned, &format!("{id} refused {units:?}"))
}

async fn noted(call: &Call<'_>, operation: &'static str, id: u64, mark: &str) -> Result<bool> {
    let ask = Ask::get(operation, format!("/orders/{id}/notes")).with([("type", "internal".to_owned())]);
    let notes: Vec<Note> = requests::fetch(call, &ask).await?;
    Ok(notes.iter().any(|n| n.note.text().ends_with(mark)))
}
