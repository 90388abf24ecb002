//! What we leave on an order of the shop, so that it can be found there again.
//!
//! Core knows no parcels, and a refund record does not say whether its units were sent. Each parcel is therefore kept in a field of the
//! order that the shop's screens do not show, and each refund record that is ours ends its reason with a mark: the reason is stored with
//! the record in one write, its other fields only afterwards.

use ring::digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The name of a field that keeps a parcel begins so. The underscore hides it in the shop's screens.
const PARCEL: &str = "_sluis_parcel_";

/// Letters of a tag: two tags on one order that are the same by chance are out of the question.
const TAG: usize = 12;

/// A parcel as the order keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parcel {
    /// The parcel's reference.
    pub(super) reference: String,
    /// The carrier's name, as the buyer reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) carrier: Option<String>,
    /// The tracking code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tracking: Option<String>,
    /// Units by line.
    pub(super) lines: BTreeMap<u64, u32>,
}

impl Parcel {
    /// The field that keeps it: name and content. One field for each parcel, so that no parcel is written over by another.
    pub(super) fn field(&self) -> serde_json::Value {
        // As text: PHP would turn an object into something of its own.
        let content = serde_json::json!(self).to_string();
        serde_json::json!({ "key": format!("{PARCEL}{}", tag(&self.reference)), "value": content })
    }

    /// Reads a field of an order. `None`: it keeps no parcel, or somebody has written something else into it.
    pub(super) fn of_field(key: &str, value: &serde_json::Value) -> Option<Self> {
        key.starts_with(PARCEL).then(|| crate::objects::from_str(value.as_str()?).ok())?
    }
}

/// What a refund record of ours is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Units that were not sent, and that the shop was to put on sale again.
    Cancelled,
    /// Units that were not sent and are not there: the shop was not to.
    NotThere,
    /// Units that were.
    Returned,
}

/// The mark of an operation, the same when it is tried again.
pub(super) fn mark(about: About, operation_id: &str) -> String {
    let letter = match about {
        About::Cancelled => 'c',
        About::NotThere => 'n',
        About::Returned => 'r',
    };
    format!("[{letter}-{}]", tag(operation_id))
}

/// What a refund record is about, by its reason. `None`: it is not ours.
pub(super) fn about(reason: &str) -> Option<About> {
    let (letter, tag) = reason.strip_suffix(']')?.rsplit_once('[')?.1.split_once('-')?;
    let is_tag = tag.len() == TAG && tag.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match letter {
        "c" if is_tag => Some(About::Cancelled),
        "n" if is_tag => Some(About::NotThere),
        "r" if is_tag => Some(About::Returned),
        _ => None,
    }
}

/// A text as it may stand in a note: notes are HTML, `WordPress` takes backslashes away, and brackets mark a reference.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>' | '&' | '"' | '\\' | '[' | ']')).collect()
}

fn tag(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    digest.as_ref().iter().take(TAG / 2).fold(String::new(), |mut tag, byte| {
        // Writing to a text cannot fail.
        let _ = write!(tag, "{byte:02x}");
        tag
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_known_again_and_nothing_else_is_one() {
        for kind in [About::Cancelled, About::NotThere, About::Returned] {
            let mark = mark(kind, "0d6f1c1e-0000-4000-8000-000000000000");
            assert_eq!(about(&format!("Niet meer leverbaar {mark}")), Some(kind));
            assert_eq!(about(&mark), Some(kind));
            assert_eq!(about(&format!("{mark} and more")), None);
        }
        for theirs in ["", "]", "[", "[c-]", "[c-12]", "[x-0123456789ab]", "[c-0123456789aB]", "broken [c-0123456789abc]", "é]"]
        {
            assert_eq!(about(theirs), None, "{theirs}");
        }
    }

    #[test]
    fn a_parcel_is_read_as_it_was_written() {
        let parcel =
            Parcel { reference: "P-1".into(), carrier: None, tracking: Some("3S1".into()), lines: BTreeMap::from([(7, 2)]) };
        let field = parcel.field();
        let key = field["key"].as_str().unwrap();
        assert_eq!(Parcel::of_field(key, &field["value"]), Some(parcel));
        assert_eq!(Parcel::of_field("_other", &field["value"]), None);
        for broken in [serde_json::json!(7), serde_json::json!("{"), serde_json::json!({ "reference": "P-1", "lines": {} })] {
            assert_eq!(Parcel::of_field(key, &broken), None, "{broken}");
        }
    }

    #[test]
    fn what_would_be_read_as_html_does_not_stand_in_a_note() {
        assert_eq!(plain("3S<b>\\[1]&\"x\n"), "3Sb1x");
    }
}
