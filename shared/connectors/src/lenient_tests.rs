use super::*;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    id: Field<u64>,
    units: Field<i64>,
    code: Field<String>,
    inner: Field<Parts<Inner>>,
    list: Field<Items>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Inner {
    at: Field<Timestamp>,
}

fn item(json: &str) -> Item {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_field_that_cannot_be_read_costs_itself() {
    for odd in ["1e400", "1.5", "\"x\"", "{}", "[1e999]", "true", "\"\\ud800\"", "99999999999999999999999", "-1e-1"] {
        let read = item(&format!(r#"{{"units":{odd},"id":7,"unknown":{odd}}}"#));
        assert!(read.units.is_odd(), "{odd}: {:?}", read.units);
        assert_eq!(read.id, Field::Read(7));
    }
    for (given, units) in [("3", 3), ("-2", -2), ("\"4\"", 4), ("2.0", 2), ("\" 5.000 \"", 5)] {
        assert_eq!(item(&format!(r#"{{"units":{given}}}"#)).units, Field::Read(units), "{given}");
    }
    assert_eq!(item(r#"{"code":123.0,"units":null}"#).code.text(), "123.0");
    assert_eq!(item(r#"{"units":null}"#).units, Field::Missing);
    let inner = item(r#"{"inner":{"at":"yesterday"},"list":{"3":{"id":1},"9":2,"x":{"id":3}}}"#);
    assert!(inner.inner.get().unwrap().0.at.is_odd());
    let ids: Vec<_> = inner.list.get().unwrap().readable::<Item>().map(|item| item.id).collect();
    assert_eq!(ids, [Field::Read(1), Field::Read(3)]);
}

#[test]
fn a_value_is_shown_without_what_may_be_a_name() {
    for (json, seen) in [
        ("1.5", "1.5"),
        ("true", "true"),
        ("\"2,5\"", "\"2,5\""),
        ("\"Jan de Vries\"", "a text of 12 characters"),
        ("{\"name\":\"Jan\"}", "an object"),
        ("[\"Jan\"]", "a list"),
        ("\"\"", "an empty text"),
    ] {
        assert_eq!(shown(json), seen);
    }
    assert_eq!(shown(&"9".repeat(400)).chars().count(), MOST_SHOWN + 1);
}
