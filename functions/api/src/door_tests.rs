use super::*;

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    units: i64,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    parts: Vec<OnePart>,
    #[serde(default)]
    kind: Kind,
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct OnePart {
    sku: String,
    units: u32,
}

#[derive(Debug, Default, PartialEq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Usual,
    Other,
}

fn wrong(body: &str) -> (String, String) {
    let wrong = read::<Asked>(body.as_bytes()).unwrap_err();
    (wrong.field.clone(), wrong.to_string())
}

#[test]
fn what_is_right_is_read_as_ever() {
    let body = br#"{"units": -3, "by": null, "parts": [{"sku": "A", "units": 2}], "kind": "other"}"#;
    let parts = vec![OnePart { sku: "A".into(), units: 2 }];
    assert_eq!(read::<Asked>(body).unwrap(), Asked { units: -3, by: None, parts, kind: Kind::Other });
}

#[test]
fn a_list_is_no_object_at_any_depth() {
    assert_eq!(wrong("[3]"), (String::new(), "expected an object, with its fields by name".into()));
    let (field, text) = wrong(r#"{"units": 3, "parts": [{"sku": "A", "units": 1}, ["B", 1]]}"#);
    assert_eq!((field.as_str(), text.as_str()), ("parts.1", "parts.1: got a list, expected an object"));
}

#[test]
fn what_is_wrong_is_said_by_field_and_without_words_of_the_language() {
    for (body, field, text) in [
        (r#"{"units": "3"}"#, "units", "units: got the text \"3\", expected a whole number"),
        (r#"{"units": 2.5}"#, "units", "units: got 2.5, expected a whole number"),
        (r#"{"units": 1.0}"#, "units", "units: got 1.0, written with a point or an exponent, expected a whole number"),
        (r#"{"units": 1e2}"#, "units", "units: got 100.0, written with a point or an exponent, expected a whole number"),
        (r#"{"units": 1, "by": 7}"#, "by", "by: got 7, expected a text"),
        (r#"{"units": 1, "parts": {}}"#, "parts", "parts: got an object, expected a list"),
        (
            r#"{"units": 1, "parts": [{"sku": "A", "units": -1}]}"#,
            "parts.0.units",
            "parts.0.units: got -1, expected a whole number, not below 0",
        ),
        (r#"{"units": 1, "kind": "odd"}"#, "kind", "kind: got \"odd\", expected one of usual, other"),
        ("{}", "units", "units: is missing"),
        (r#"{"unit": 1}"#, "unit", "unit: there is no such field; known are units, by, parts, kind"),
    ] {
        assert_eq!(wrong(body), (field.to_owned(), text.to_owned()), "{body}");
    }
}

#[test]
fn a_value_that_names_itself_is_not_named_twice() {
    #[derive(Debug, serde::Deserialize)]
    struct Sent {
        #[expect(dead_code, reason = "only that it cannot be read is looked at")]
        carrier: domain::CarrierId,
    }
    let wrong = read::<Sent>(br#"{"carrier": "DHL Express"}"#).unwrap_err();
    assert!(wrong.to_string().starts_with("carrier: got \"DHL Express\""), "{wrong}");
}

#[test]
fn a_field_that_is_there_twice_is_refused() {
    assert!(wrong(r#"{"units": 1, "units": 100}"#).1.contains("`units` is there twice"));
    assert!(wrong("{").1.contains("is not JSON"));
}

#[test]
fn what_is_no_text_is_told_from_what_is_no_json() {
    let told = |body: &[u8]| read::<Asked>(body).unwrap_err().what;
    assert!(
        told(b"{\"by\": \"\xff\"}").starts_with("is not text in UTF-8: what begins at byte 9"),
        "{}",
        told(b"{\"by\": \"\xff\"}")
    );
    for half in [r#"{"by": "\ud800"}"#, r#"{"by": "\ud800x"}"#, r#"{"by": "\udc00"}"#, r#"{"by": "\ud800\u0041"}"#] {
        assert!(told(half.as_bytes()).contains("half a character"), "{half}: {}", told(half.as_bytes()));
    }
    let twice = told(br#"{"units": 1, "units": 2}"#);
    assert!(twice.starts_with("names a field twice") && !twice.contains("JSON"), "{twice}");
    let broken = told(br#"{"units": 1,}"#);
    assert!(broken.starts_with("is not JSON: ") && !broken.contains("twice"), "{broken}");
}

proptest::proptest! {
    #[test]
    fn no_body_makes_it_panic(body in ".*") {
        let _ = read::<Asked>(body.as_bytes());
    }
}
