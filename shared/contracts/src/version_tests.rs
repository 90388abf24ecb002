//! Messages of other versions.

use super::*;

fn hint() -> StockHint {
    StockHint { sku: domain::Sku::new("MUG").unwrap(), connection: None }
}

#[test]
fn a_message_carries_its_version_and_is_read_again() {
    assert_eq!(hint().to_json(), r#"{"schema_version":1,"sku":"MUG"}"#);
    assert_eq!(StockHint::from_json(&hint().to_json()), Ok(hint()));
}

#[test]
fn a_newer_message_is_told_from_one_that_cannot_be_read() {
    // Whatever else stands in it: what it means is not ours to judge.
    for newer in [r#"{"schema_version":2,"sku":"MUG"}"#, r#"{"schema_version":7,"product":["MUG"],"sku":5}"#] {
        assert!(matches!(StockHint::from_json(newer), Err(NotRead::Newer(2 | 7))), "{newer}");
    }
    for none in [
        "",
        "[]",
        "5",
        "{}",
        r#"{"sku":"MUG"}"#,
        r#"{"schema_version":0,"sku":"MUG"}"#,
        r#"{"schema_version":1}"#,
        r#"{"schema_version":"2"}"#,
    ] {
        assert!(matches!(StockHint::from_json(none), Err(NotRead::NoMessage(_))), "{none}");
    }
}

#[test]
fn the_version_is_the_number_in_the_name() {
    assert_eq!((version_of("StockHint.v1"), version_of("StockHint.v12")), (1, 12));
}
