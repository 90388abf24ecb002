//! Changes of one attribute of a listing: sent, taken, and put in force minutes later or never.

use super::{errors, listings, requests, settings, wire};
use crate::lenient::{Field, Items};
use crate::wire_text;
use http::Method;
use ports::{Call, Error, ErrorKind, Result, Status};

/// Of an offer nothing but this need be said, whatever it is an offer of.
const ANY_PRODUCT: &str = "PRODUCT";

/// Sends one. `merge` keeps what else the attribute holds, such as the time to ship.
pub(super) async fn send<V: serde::Serialize>(
    call: &Call<'_>,
    operation: &'static str,
    code: &str,
    (path, value): (&'static str, V),
) -> Result<()> {
    let to = format!("{}/{}/{}", listings::PATH, listings::seller(call, operation)?, requests::segment(operation, code)?);
    let change = wire::Patch { product_type: ANY_PRODUCT, patches: [wire::Operation { op: "merge", path, value: [value] }] };
    let query = [("marketplaceIds", settings::marketplace(call.account)?.id)];
    let response = requests::write(call, operation, (Method::PATCH, &to), &query, &change).await?;
    let unknown = |error: Error| error.with_status(Status::Unknown);
    let told: wire::Submission = wire_text::json(operation, response.body()).map_err(unknown)?;
    match told.status.text() {
        "ACCEPTED" => Ok(()),
        "INVALID" => {
            let why = wrong_with(&told.issues, None).unwrap_or_else(|| "it gives no reason".to_owned());
            Err(Error::new(ErrorKind::Declined, operation, format!("Amazon refuses the change of `{code}`: {why}")))
        }
        _ => Err(unknown(Error::new(ErrorKind::Protocol, operation, "Amazon does not say whether it took the change"))),
    }
}

/// The errors among what is wrong with a listing, about one attribute of it or whatever they are about; `None`: there are none.
pub(super) fn wrong_with(issues: &Field<Items>, attribute: Option<&str>) -> Option<String> {
    let about = |issue: &wire::Issue| {
        let named = |names: &Items| names.0.iter().any(|name| Some(name.get().trim_matches('"')) == attribute);
        attribute.is_none() || issue.attribute_names.get().is_some_and(named)
    };
    let errors = issues.get()?.readable::<wire::Issue>().filter(|issue| issue.severity.text() == "ERROR").filter(about);
    let words: Vec<String> = errors.map(|issue| format!("{} ({})", issue.message.text(), issue.code.text())).collect();
    (!words.is_empty()).then(|| errors::shortened(&words.join("; ")))
}
