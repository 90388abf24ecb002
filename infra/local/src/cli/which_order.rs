//! Which order a person means: by the id that its channel has for it, or by the number that the channel's screens and our pages show.

use super::api::{Api, escaped};
use domain::{ConnectionId, OrderNumber};
use ports::{Error, ErrorKind, Result};
use serde_json::Value;

/// An order.
#[derive(Debug, clap::Args)]
pub(super) struct WhichOrder {
    /// The connection: its name in the configuration.
    pub(super) connection: ConnectionId,
    /// The order: the number that the page and the channel show (`#1001`), or the channel's own id of it.
    number: String,
}

impl WhichOrder {
    /// The id that its channel has for it. What is not found is left as it was given: whoever asks for it says so.
    pub(super) async fn number(&self, api: &Api) -> Result<OrderNumber> {
        let given = self.number.trim();
        let connection = escaped(self.connection.as_str());
        let found = api.get(&format!("orders?connection={connection}&q={}", escaped(given))).await?;
        OrderNumber::new(&meant(given, &found)?).map_err(Into::into)
    }
}

/// Of the orders that were found: the one that has this id; otherwise the one that is shown by this number.
fn meant(given: &str, found: &Value) -> Result<String> {
    let orders = found.get("orders").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is = |order: &Value, field: &str| order.get(field).and_then(Value::as_str).is_some_and(|known| is_same(known, given));
    let id = |order: &Value| order.get("number").and_then(Value::as_str).unwrap_or_default().to_owned();
    if orders.iter().any(|order| id(order) == given) {
        return Ok(given.to_owned());
    }
    let shown: Vec<String> = orders.iter().filter(|order| is(order, "display_number")).map(id).collect();
    match shown.as_slice() {
        [] => Ok(given.to_owned()),
        [one] => Ok(one.clone()),
        several => {
            let message = format!("several orders are shown as {given}; say which by its id: {}", several.join(", "));
            Err(Error::new(ErrorKind::BadInput, "number", message))
        }
    }
}

/// People leave out the sign that Shopify puts first.
fn is_same(known: &str, given: &str) -> bool {
    known.trim_start_matches('#').eq_ignore_ascii_case(given.trim_start_matches('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_order_is_meant_by_its_id_or_by_what_the_page_shows() {
        let found = json!({ "orders": [
            { "number": "820982911", "display_number": "#1001" },
            { "number": "1001", "display_number": "#77" },
            { "number": "820982912", "display_number": "#1002" },
        ] });
        for (given, id) in [("1001", "1001"), ("#1001", "820982911"), ("1002", "820982912"), ("#77", "1001"), ("9", "9")] {
            assert_eq!(meant(given, &found).unwrap(), id, "{given}");
        }
    }

    #[test]
    fn where_several_are_shown_so_nobody_guesses() {
        let found = json!({ "orders": [{ "number": "a", "display_number": "7" }, { "number": "b", "display_number": "7" }] });
        let error = meant("7", &found).unwrap_err();
        assert!(error.message.contains("a, b"), "{error}");
    }
}
