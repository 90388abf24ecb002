//! Who reads a page: their language, the hour, and under which name they enter something.

use crate::texts::Language;
use domain::{Quantity, Right, Role};
use fluent_bundle::{FluentArgs, FluentValue};
use jiff::Timestamp;
use serde::Serialize;

/// Whose name stands under what is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// Whom the gateway knows: nobody is asked for a name.
    Known(String),
    /// Whoever sits here says so in the form; this is what they said last.
    Asked(String),
}

/// Whoever reads.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Their language.
    pub language: Language,
    /// Now, UTC.
    pub now: Timestamp,
    /// The merchant's name; none: nobody has put it in place.
    pub merchant: Option<String>,
    /// The page's own address, with what stands behind the question mark.
    pub address: String,
    /// Under which name they enter something.
    pub signature: Signature,
    /// What they may; none: nobody knows who reads.
    pub role: Option<Role>,
    /// Whether they signed in here, and can sign out.
    pub signed_in: bool,
    /// Was never given before: the forms of the page make their idempotency keys of it.
    pub fresh: String,
    /// How things stood when the page was made, as `/pulse` tells it.
    pub pulse: String,
    /// What was done just now, by its name in the forms; none: nothing.
    pub done: Option<String>,
}

impl Reader {
    /// Whether they may do what needs this.
    pub(crate) fn may(&self, right: Right) -> bool {
        self.role.is_some_and(|role| role.may(right))
    }

    /// A text.
    pub(crate) fn text(&self, key: &str, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
        if arguments.is_empty() {
            return self.language.text(key, None);
        }
        let mut named = FluentArgs::with_capacity(arguments.len());
        for (name, value) in arguments {
            named.set(*name, value.clone());
        }
        self.language.text(key, Some(&named))
    }

    /// The word for one of a closed list of values, as the API names it.
    pub(crate) fn choice<T: Serialize>(&self, list: &str, value: &T) -> String {
        self.text(&format!("{list}-{}", name_of(value).replace('_', "-")), &[])
    }

    /// A number.
    pub(crate) fn number(&self, number: i64) -> String {
        self.language.number(number)
    }

    /// Units.
    pub(crate) fn units(&self, units: Quantity) -> String {
        self.language.number(units.units())
    }
}

/// The name that a value has in the API; of one that holds something, its `type`.
pub(crate) fn name_of<T: Serialize>(value: &T) -> String {
    let named = serde_json::to_value(value).unwrap_or_default();
    let name = named.as_str().or_else(|| named.get("type")?.as_str());
    name.unwrap_or("unknown").to_owned()
}

/// What a text may be given.
pub(crate) fn argument<'a>(value: impl Argument<'a>) -> FluentValue<'a> {
    value.argument()
}

/// A value that a text may be given.
pub(crate) trait Argument<'a> {
    fn argument(self) -> FluentValue<'a>;
}

impl<'a> Argument<'a> for Quantity {
    fn argument(self) -> FluentValue<'a> {
        self.units().into()
    }
}

impl<'a> Argument<'a> for i64 {
    fn argument(self) -> FluentValue<'a> {
        self.into()
    }
}

impl<'a> Argument<'a> for usize {
    fn argument(self) -> FluentValue<'a> {
        self.into()
    }
}

impl<'a> Argument<'a> for u32 {
    fn argument(self) -> FluentValue<'a> {
        self.into()
    }
}

impl<'a> Argument<'a> for u64 {
    fn argument(self) -> FluentValue<'a> {
        self.into()
    }
}

impl<'a> Argument<'a> for String {
    fn argument(self) -> FluentValue<'a> {
        self.into()
    }
}

impl<'a> Argument<'a> for &'a str {
    fn argument(self) -> FluentValue<'a> {
        self.into()
    }
}

impl<'a> Argument<'a> for &'a String {
    fn argument(self) -> FluentValue<'a> {
        self.as_str().into()
    }
}

/// A text of the reader's language, by its name in `texts/` and what is filled in.
macro_rules! say {
    ($reader:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $reader.text($key, &[$((stringify!($name), crate::reader::argument($value))),*])
    };
}
pub(crate) use say;
