use super::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Deserialize)]
struct Token {
    access: String,
    lasts: i64,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
struct Whole {
    #[serde(default)]
    token: Option<Token>,
    #[serde(default)]
    tokens: Vec<Token>,
    #[serde(default)]
    by_name: BTreeMap<String, Token>,
}

#[test]
fn a_list_is_no_object_at_any_depth_though_serde_reads_it_as_one() {
    let lists = [
        r"[null, [], {}]",
        r#"{"token": ["secret", 299]}"#,
        r#"{"tokens": [["secret", 299]]}"#,
        r#"{"by_name": {"a": ["secret", 299]}}"#,
        "[]",
    ];
    for json in lists {
        assert!(serde_json::from_str::<Whole>(json).is_ok(), "{json} is what this is about");
        let wrong = from_str::<Whole>(json).unwrap_err();
        assert!(wrong.to_string().starts_with("invalid type: sequence, expected struct"), "{json}: {wrong}");
        assert!(from_slice::<Whole>(json.as_bytes()).is_err(), "{json}");
    }
}

#[test]
fn all_else_is_read_as_ever() {
    #[derive(Debug, Deserialize)]
    struct All {
        raw: Vec<Box<RawValue>>,
        value: serde_json::Value,
        pair: (i64, String),
        flag: bool,
        half: f64,
        nothing: Option<i64>,
        word: Word,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        Here,
    }
    let json = r#"{"raw": [ {"a": [1, 2]}, [3] ], "value": [{"b": 4}], "pair": [5, "six"], "flag": true, "half": 0.5, "nothing": null, "word": "here"}"#;
    let all: All = from_str(json).unwrap();
    assert_eq!(all.raw.iter().map(|raw| raw.get()).collect::<Vec<_>>(), [r#"{"a": [1, 2]}"#, "[3]"]);
    assert_eq!((all.value, all.pair), (serde_json::json!([{ "b": 4 }]), (5, "six".to_owned())));
    assert!(all.flag && all.half > 0.4 && all.nothing.is_none() && all.word == Word::Here);
    let token: Whole = from_str(r#"{"token": {"access": "secret", "lasts": 299}}"#).unwrap();
    assert_eq!(token.token, Some(Token { access: "secret".into(), lasts: 299 }));
    assert!(from_str::<Whole>(r#"{"token": null} and more"#).is_err(), "what follows is not left out");
    let wrong = from_str::<Whole>("{\n  \"token\": 7}").unwrap_err();
    assert_eq!((wrong.line(), wrong.column()), (2, 12), "and where it is wrong is told: {wrong}");
}
