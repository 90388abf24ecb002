//! Texts in the reader's language, from the files in `texts/`.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

/// A language that every text is there in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Dutch.
    Dutch,
    /// English.
    English,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Dutch, Self::English];

    /// Its code, ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
        }
    }

    /// What it calls itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dutch => "Nederlands",
            Self::English => "English",
        }
    }

    /// The language of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// The first one that a browser asks for (`Accept-Language`); Dutch, if it asks for none of them.
    pub fn accepted(header: &str) -> Self {
        let codes = header.split(',').filter_map(|part| part.split([';', '-']).next());
        codes.map(str::trim).find_map(Self::of_code).unwrap_or(Self::Dutch)
    }

    /// A text of it. One that is not there is told by its name, which no test lets happen.
    pub(crate) fn text(self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let bundle = match self {
            Self::Dutch => &*DUTCH,
            Self::English => &*ENGLISH,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else { return key.to_owned() };
        bundle.format_pattern(pattern, arguments, &mut Vec::new()).into_owned()
    }

    /// Whether it has a text of this name.
    #[cfg(test)]
    pub(crate) fn has(self, key: &str) -> bool {
        let bundle = match self {
            Self::Dutch => &*DUTCH,
            Self::English => &*ENGLISH,
        };
        bundle.has_message(key)
    }

    /// A whole number, with its thousands apart.
    pub(crate) fn number(self, number: i64) -> String {
        let apart = match self {
            Self::Dutch => '.',
            Self::English => ',',
        };
        let digits = number.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + 8);
        if number < 0 {
            text.push('-');
        }
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(apart);
            }
            text.push(digit);
        }
        text
    }
}

/// The files of a language, one per subject.
macro_rules! files {
    ($code:literal) => {
        [
            include_str!(concat!("../texts/", $code, "/frame.ftl")),
            include_str!(concat!("../texts/", $code, "/attention.ftl")),
            include_str!(concat!("../texts/", $code, "/orders.ftl")),
            include_str!(concat!("../texts/", $code, "/order.ftl")),
            include_str!(concat!("../texts/", $code, "/stock.ftl")),
            include_str!(concat!("../texts/", $code, "/invoices.ftl")),
            include_str!(concat!("../texts/", $code, "/channels.ftl")),
            include_str!(concat!("../texts/", $code, "/problems.ftl")),
        ]
    };
}

/// As they stand in the files.
pub(crate) const DUTCH_FILES: [&str; 8] = files!("nl");
/// As they stand in the files.
pub(crate) const ENGLISH_FILES: [&str; 8] = files!("en");

static DUTCH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Dutch, &DUTCH_FILES));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::English, &ENGLISH_FILES));

fn bundle(language: Language, files: &[&str]) -> Bundle {
    let locale: LanguageIdentifier = language.code().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![locale]);
    // Both are written from left to right: nothing needs to be kept apart by unseen characters.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::Dutch => |value, _| number(Language::Dutch, value),
        Language::English => |value, _| number(Language::English, value),
    }));
    for file in files {
        // A test reads every file: what cannot be read of one is left out here.
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(read, _)| read);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// Counts are whole numbers: whatever has a part is written as it comes.
#[expect(clippy::cast_possible_truncation, reason = "only whole numbers that a float holds exactly come here")]
fn number(language: Language, value: &FluentValue<'_>) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let exact = number.value.fract() == 0.0 && number.value.abs() < 9_007_199_254_740_992.0;
    exact.then(|| language.number(number.value as i64))
}
