//! Price lists: the rows of a product on a connection are its prices there, all of them or none.

use crate::tests::{ask, busy, get};
use serde_json::{Value, json};
use simulation::market::Market;

fn send(market: &Market, text: &str) -> Value {
    let (status, answer) = ask(market, "POST", "/api/v1/prices/imports", text);
    assert_eq!(status, 200, "{answer}");
    answer
}

/// The outcome and reason of a row.
fn row(answer: &Value, line: u64) -> (String, String) {
    let rows = answer["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["row"] == line).unwrap();
    (row["outcome"].as_str().unwrap().to_owned(), row["reason"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_list_with_promotions_is_read_back_as_it_holds() {
    let market = busy();
    let id = market.connections[0].clone();
    let answer = send(
        &market,
        &format!(
            "connection;sku;price;from;through\n{id};PLAIN;39,00;;\n{id};PLAIN;29,50;2026-11-27;2026-11-29\n{id};PLAIN;20;2027-03-28;2027-03-28\n"
        ),
    );
    assert_eq!((&answer["done"], &answer["not_done"]), (&json!(3), &json!(0)), "{answer}");
    let listed = get(&market, &format!("/api/v1/connections/{id}/prices"));
    let one = &listed["prices"][0];
    assert_eq!((&one["sku"], &one["prices"]["regular"]), (&json!("PLAIN"), &json!({ "amount": "39.00", "currency": "EUR" })));
    let promotion = |at: usize| {
        let promotion = &one["prices"]["promotions"][at];
        (promotion["from"].as_str().unwrap().to_owned(), promotion["until"].as_str().unwrap().to_owned())
    };
    // From the first moment of the first day in the Netherlands to the first after the last; the clocks change on 28 March.
    assert_eq!(promotion(0), ("2026-11-26T23:00:00Z".to_owned(), "2026-11-29T23:00:00Z".to_owned()));
    assert_eq!(promotion(1), ("2027-03-27T23:00:00Z".to_owned(), "2027-03-28T22:00:00Z".to_owned()));
    assert_eq!((&one["current"]["price"]["amount"], &one["published"]), (&json!("39.00"), &Value::Null));
}

#[test]
fn a_row_that_is_wrong_keeps_all_rows_of_its_product_and_no_other_back() {
    let market = busy();
    let id = market.connections[0].clone();
    let text = format!(
        "connection,sku,price,from,through,currency\n{id},PLAIN,10,,,\n{id},PLAIN,-3,2026-11-27,2026-11-28,\n{id},PLAIN,5.005,2026-11-27,2026-11-28,\n\
         {id},PLAIN,5,2026-11-28,2026-11-27,\n{id},PLAIN,5,2026-11-28,,\n{id},PLAIN,5,tomorrow,2026-11-29,\n{id},PLAIN,5,,,euro\n\
         {id},NONE,10,,,\nnobody,PLAIN,10,,,\n"
    );
    let answer = send(&market, &text);
    assert_eq!((&answer["done"], &answer["not_done"]), (&json!(0), &json!(9)), "{answer}");
    for (line, part) in [
        (2, "another row of the same product is wrong"),
        (3, "price: got \"-3\", expected an amount above 0"),
        (4, "price: got \"5.005\""),
        (5, "through: got \"2026-11-27\", expected the last day of the promotion, 2026-11-28 or later"),
        (6, "from, through: give both"),
        (7, "from: got \"tomorrow\", expected a date such as 2026-11-27"),
        (8, "three capital letters"),
        (9, "there is no product NONE"),
        (10, "there is no connection nobody"),
    ] {
        let (outcome, reason) = row(&answer, line);
        assert!(outcome == "rejected" && reason.contains(part), "{line}: {outcome} {reason}");
    }
    assert_eq!(get(&market, &format!("/api/v1/connections/{id}/prices"))["prices"], json!([]));
    let twice = send(&market, &format!("connection,sku,price\n{id},PLAIN,10\n{id},PLAIN,11\n"));
    assert!(row(&twice, 3).1.contains("give each product one row without dates"), "{twice}");
}
