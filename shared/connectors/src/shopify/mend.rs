//! Amounts that cannot be read: the documents' own types refuse an order for one of them, and no order may fail by an amount. So each is put
//! in a form that is read, and found to be none (`terms::Told`), before anything else of an answer is judged.

use super::sift::{field_before, offset};
use super::terms::ODD;
use crate::{lenient, objects};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Amounts of one answer that are put right.
const MOST: usize = 256;

/// The answer with every amount in it in a form that is read.
pub(super) fn amounts<D: DeserializeOwned>(body: &[u8]) -> String {
    let mut answer = String::from_utf8_lossy(body).into_owned();
    for _ in 0..MOST {
        let Err(error) = objects::from_str::<D>(&answer) else { break };
        let at = offset(&answer, &error);
        let told = error.to_string();
        let missing = told.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let mended = match missing {
            Some(name) => stand_in(name, "missing").and_then(|put| inserted(&answer, at, name, &put)),
            None => field_before(&answer, at).and_then(|(name, from, value)| {
                // A number says the same as its text.
                let is_number = name == "amount" && value.starts_with(|c: char| c.is_ascii_digit() || c == '-');
                let put = if is_number { json!(value) } else { stand_in(&name, &lenient::shown(&value))? }.to_string();
                let (before, after) = (answer.get(..from)?, answer.get(from + value.len()..)?);
                (put != value).then(|| format!("{before}{put}{after}"))
            }),
        };
        let Some(mended) = mended else { break };
        answer = mended;
    }
    answer
}

/// What stands for a field of amounts that looks like this; `None`: it is no such field.
fn stand_in(name: &str, shown: &str) -> Option<Value> {
    let odd = || json!(format!("{ODD}{shown}"));
    let money = || json!({ "amount": odd(), "currencyCode": odd() });
    let set = || json!({ "shopMoney": money() });
    let discounts = || json!([{ "allocatedAmountSet": set() }]);
    Some(match name {
        "amount" | "currencyCode" => odd(),
        "shopMoney" => money(),
        "originalUnitPriceSet"
        | "allocatedAmountSet"
        | "totalPriceSet"
        | "totalTaxSet"
        | "totalShippingPriceSet"
        | "totalDiscountsSet" => set(),
        "discountAllocations" => discounts(),
        "shippingLines" => json!({ "nodes": [{ "discountAllocations": discounts() }] }),
        // Whether it is paid is not known then.
        "displayFinancialStatus" => Value::Null,
        _ => return None,
    })
}

/// With a field put at the end of the object that ends before a place.
fn inserted(answer: &str, at: usize, name: &str, put: &Value) -> Option<String> {
    let end = answer.get(..answer.floor_char_boundary(at))?.rfind('}')?;
    let (before, after) = answer.split_at(end);
    let comma = if before.trim_end().ends_with('{') { "" } else { "," };
    Some(format!("{before}{comma}\"{name}\":{put}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "only whether it is read is asked")]
    struct Order {
        id: String,
        original_unit_price_set: Set,
        discount_allocations: Vec<Allocation>,
    }
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "likewise")]
    struct Allocation {
        allocated_amount_set: Set,
    }
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Set {
        shop_money: Money,
    }
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "likewise")]
    struct Money {
        amount: String,
        currency_code: String,
    }

    #[test]
    fn every_amount_is_brought_into_a_form_that_is_read() {
        let good = r#"{"shopMoney":{"amount":"1.0","currencyCode":"EUR"}}"#;
        for (price, shown) in [
            (r#"{"shopMoney":{"amount":{"x":1},"currencyCode":"EUR"}}"#, "? an object"),
            (r#"{"shopMoney":{"amount":12.5,"currencyCode":"EUR"}}"#, "12.5"),
            (r#"{"shopMoney":{"currencyCode":"EUR"}}"#, "? missing"),
            (r#"{"shopMoney":{}}"#, "? missing"),
            (r#"{"shopMoney":null}"#, "? null"),
            ("{}", "? missing"),
            ("[[1]]", "? a list"),
            ("7", "? 7"),
        ] {
            let body =
                format!(r#"{{"id":"a","originalUnitPriceSet":{price},"discountAllocations":[{{"allocatedAmountSet":{good}}}]}}"#);
            let read: Order = serde_json::from_str(&amounts::<Order>(body.as_bytes())).unwrap_or_else(|e| panic!("{body}: {e}"));
            assert_eq!(read.original_unit_price_set.shop_money.amount, shown, "{body}");
        }
        for discounts in ["null", "{}", "[7]", r#"[{"allocatedAmountSet":null}]"#, "[null]"] {
            let body = format!(r#"{{"id":"a","originalUnitPriceSet":{good},"discountAllocations":{discounts}}}"#);
            assert!(serde_json::from_str::<Order>(&amounts::<Order>(body.as_bytes())).is_ok(), "{body}");
        }
    }

    #[test]
    fn nothing_else_is_made_up() {
        for body in [r#"{"id":7}"#, r#"{"originalUnitPriceSet":7}"#, "torn", ""] {
            assert!(serde_json::from_str::<Order>(&amounts::<Order>(body.as_bytes())).is_err(), "{body}");
        }
    }
}
