//! A table of the configuration, read key by key: what is missing, misspelt or of the wrong kind is noted, never fatal.

use super::mistakes::Mistakes;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text being read, and what was found wrong in it.
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    pub(super) mistakes: RefCell<Mistakes>,
}

impl Source<'_> {
    /// File and line of a place in the text.
    pub(super) fn place(&self, offset: usize) -> String {
        let before = self.text.get(..offset).unwrap_or_default();
        format!("{}:{}", self.file, before.matches('\n').count() + 1)
    }

    pub(super) fn wrong(&self, offset: usize, what: impl Into<String>) {
        self.mistakes.borrow_mut().add(self.place(offset), what);
    }
}

/// A table in it.
pub(super) struct Section<'a, 't> {
    source: &'a Source<'a>,
    table: &'a DeTable<'t>,
    /// As a person would name it: `connection shop-nl`.
    pub(super) name: String,
    /// Where it starts.
    pub(super) start: usize,
    used: RefCell<BTreeSet<&'static str>>,
}

impl<'a, 't> Section<'a, 't> {
    pub(super) fn new(source: &'a Source<'a>, table: &'a DeTable<'t>, name: impl Into<String>, start: usize) -> Self {
        Self { source, table, name: name.into(), start, used: RefCell::default() }
    }

    fn find(&self, key: &'static str) -> Option<(usize, &'a DeValue<'t>)> {
        self.used.borrow_mut().insert(key);
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| (value.span().start, value.get_ref()))
    }

    fn complain(&self, at: usize, key: &str, what: impl Display) {
        self.source.wrong(at, format!("{}: `{key}` {what}", self.name));
    }

    /// Notes a mistake about a key of this table.
    pub(super) fn wrong(&self, key: &'static str, what: impl Display) {
        let at = self.find(key).map_or(self.start, |(at, _)| at);
        self.complain(at, key, what);
    }

    /// Notes a mistake that names its field itself.
    pub(super) fn says(&self, what: impl Display) {
        self.source.wrong(self.start, format!("{}: {what}", self.name));
    }

    /// A text, if it is there.
    pub(super) fn text(&self, key: &'static str) -> Option<&'a str> {
        let (at, value) = self.find(key)?;
        if value.as_str().is_none() {
            self.complain(at, key, format!("must be a text in quotes, not a {}", value.type_str()));
        }
        value.as_str()
    }

    /// Whether it is there at all.
    pub(super) fn is_given(&self, key: &'static str) -> bool {
        self.find(key).is_some()
    }

    /// A text as it stands there, whatever it means.
    pub(super) fn given(&self, key: &'static str) -> Option<&'a str> {
        self.find(key).and_then(|(_, value)| value.as_str())
    }

    /// A text that must be there and mean something.
    pub(super) fn must<T: FromStr<Err: Display>>(&self, key: &'static str, example: &str) -> Option<T> {
        self.must_be(key, example, str::parse)
    }

    /// A text that means something, if it is there.
    pub(super) fn may<T: FromStr<Err: Display>>(&self, key: &'static str) -> Option<T> {
        self.may_be(key, str::parse)
    }

    /// As `must`, of what is read like this.
    pub(super) fn must_be<T, E: Display>(
        &self,
        key: &'static str,
        example: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        if self.find(key).is_none() {
            self.complain(self.start, key, format!("is missing; for example {key} = \"{example}\""));
        }
        self.may_be(key, read)
    }

    /// As `may`, of what is read like this.
    pub(super) fn may_be<T, E: Display>(&self, key: &'static str, read: impl Fn(&str) -> Result<T, E>) -> Option<T> {
        let text = self.text(key)?;
        read(text).map_err(|error| self.wrong(key, format!("is wrong: {error}"))).ok()
    }

    /// One of these words, if it is there.
    pub(super) fn one_of<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        self.may_be(key, |text| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let found = words.iter().find(|(word, _)| *word == text).map(|(_, meant)| *meant);
            found.ok_or_else(|| format!("got {text:?}, expected one of {}", known.join(", ")))
        })
    }

    /// A whole number within bounds, if it is there.
    pub(super) fn number(&self, key: &'static str, from: i64, to: i64) -> Option<i64> {
        let (at, value) = self.find(key)?;
        let number = value.as_integer().and_then(|i| i64::from_str_radix(i.as_str(), i.radix()).ok());
        let fits = number.filter(|n| (from..=to).contains(n));
        if fits.is_none() {
            self.complain(at, key, format!("must be a whole number from {from} to {to}"));
        }
        fits
    }

    /// A flag; false if it is not there.
    pub(super) fn flag(&self, key: &'static str) -> bool {
        let Some((at, value)) = self.find(key) else { return false };
        if value.as_bool().is_none() {
            self.complain(at, key, "must be true or false");
        }
        value.as_bool().unwrap_or(false)
    }

    /// A list of texts that mean something, if it is there.
    pub(super) fn list<T: FromStr<Err: Display>>(&self, key: &'static str) -> Option<Vec<T>> {
        let (at, value) = self.find(key)?;
        let Some(items) = value.as_array() else {
            self.complain(at, key, "must be a list of texts: [\"a\", \"b\"]");
            return None;
        };
        let mut list = Vec::new();
        for item in items {
            match item.get_ref().as_str().map(str::parse) {
                Some(Ok(one)) => list.push(one),
                Some(Err(error)) => self.complain(item.span().start, key, format!("is wrong: {error}")),
                None => self.complain(item.span().start, key, "must hold texts in quotes"),
            }
        }
        Some(list)
    }

    /// A table inside, if it is there.
    pub(super) fn inner(&self, key: &'static str) -> Option<Section<'a, 't>> {
        let (at, value) = self.find(key)?;
        let table = value.as_table();
        if table.is_none() {
            self.complain(at, key, "must be a table");
        }
        Some(Section::new(self.source, table?, format!("{}, {key}", self.name), at))
    }

    /// Tables of the same name: `[[connection]]`.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Section<'a, 't>> {
        let Some((at, value)) = self.find(key) else { return Vec::new() };
        let items = value.as_array().map(|list| list.iter().collect::<Vec<_>>()).unwrap_or_default();
        if items.is_empty() {
            self.complain(at, key, format!("must be written as [[{key}]]"));
        }
        let section = |item: &'a Spanned<DeValue<'t>>| {
            let table = item.get_ref().as_table()?;
            let id = table.iter().find(|(name, _)| name.get_ref() == "id").and_then(|(_, v)| v.get_ref().as_str());
            Some(Section::new(self.source, table, id.map_or(key.to_owned(), |id| format!("{key} {id}")), item.span().start))
        };
        items.into_iter().filter_map(section).collect()
    }

    /// Every key with its place and value, for tables whose keys are the merchant's or the channel's.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'a str, usize, &'a DeValue<'t>)> {
        self.table.iter().map(|(name, value)| (name.get_ref().as_ref(), value.span().start, value.get_ref()))
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(&self) {
        let used = self.used.borrow();
        for (name, _) in self.table {
            if !used.contains(name.get_ref().as_ref()) {
                let known: Vec<_> = used.iter().copied().collect();
                let what = format!("{}: `{}` is no setting here; known are: {}", self.name, name.get_ref(), known.join(", "));
                self.source.wrong(name.span().start, what);
            }
        }
    }
}
