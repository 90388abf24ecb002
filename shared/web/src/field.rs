//! Fields of a form: a label, what is entered, and beside it what is wrong with it.

use crate::form::Form;
use crate::reader::say;
use maud::{Markup, html};

impl Form<'_> {
    /// A line of text.
    pub(crate) fn text(&self, name: &str, label: &str, value: &str, required: bool, longest: usize) -> Markup {
        let value = self.value(name, value);
        self.field(
            name,
            label,
            &html! {
                input id=(self.id(name)) name=(name) value=(value) maxlength=(longest) required[required] autocomplete="off"
                    aria-invalid=[self.invalid(name)] aria-describedby=[self.described(name)] autofocus[self.is_wrong(name)];
            },
        )
    }

    /// Rows of text.
    pub(crate) fn rows(&self, name: &str, label: &str) -> Markup {
        let value = self.value(name, "");
        self.field(name, label, &html! {
            textarea id=(self.id(name)) name=(name) rows="6" required spellcheck="false"
                aria-invalid=[self.invalid(name)] aria-describedby=[self.described(name)] autofocus[self.is_wrong(name)] { (value) }
        })
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str, label: &str, value: &str, (least, most): (i64, i64), required: bool) -> Markup {
        let value = self.value(name, value);
        self.field(name, label, &html! {
            input type="number" id=(self.id(name)) name=(name) value=(value) min=(least) max=(most) step="1" required[required]
                aria-invalid=[self.invalid(name)] aria-describedby=[self.described(name)] autofocus[self.is_wrong(name)];
        })
    }

    /// One of several values, with their words.
    pub(crate) fn select(&self, name: &str, label: &str, options: &[(String, String)], chosen: &str) -> Markup {
        let chosen = self.value(name, chosen);
        self.field(
            name,
            label,
            &html! {
                select id=(self.id(name)) name=(name)
                    aria-invalid=[self.invalid(name)] aria-describedby=[self.described(name)] autofocus[self.is_wrong(name)] {
                    @for (value, words) in options { option value=(value) selected[*value == chosen] { (words) } }
                }
            },
        )
    }

    /// Units of lines: what is filled in is the usual, and how many there are at most.
    pub(crate) fn lines(&self, label: &str, lines: &[FormLine]) -> Markup {
        html! {
            fieldset {
                legend { (label) }
                @for (at, line) in lines.iter().enumerate() {
                    @let name = format!("lines.{}", line.id);
                    @let id = self.id(&format!("line-{at}"));
                    p .field {
                        label for=(id) { (line.label) " " span .soft { (say!(self.reader, "at-most", n = line.most)) } }
                        input type="number" id=(id) name=(name) value=(self.value(&name, &line.units.to_string())) min="0"
                            max=(line.most) step="1" aria-describedby=[self.described("lines")];
                    }
                }
                (self.wrong("lines"))
            }
        }
    }

    fn field(&self, name: &str, label: &str, input: &Markup) -> Markup {
        html! {
            p .field { label for=(self.id(name)) { (label) } (input) }
            (self.wrong(name))
        }
    }

    fn wrong(&self, name: &str) -> Markup {
        html! {
            @if let Some(words) = self.problem_of(name) { p .wrong id={ (self.id(name)) "-wrong" } { (words) } }
        }
    }

    fn is_wrong(&self, name: &str) -> bool {
        self.problem_of(name).is_some()
    }

    fn invalid(&self, name: &str) -> Option<&'static str> {
        self.is_wrong(name).then_some("true")
    }

    fn described(&self, name: &str) -> Option<String> {
        self.is_wrong(name).then(|| format!("{}-wrong", self.id(name)))
    }
}

/// A line in a form.
pub(crate) struct FormLine {
    /// The channel's id of it.
    pub(crate) id: String,
    /// What it is.
    pub(crate) label: String,
    /// Units at most.
    pub(crate) most: i64,
    /// Units that are filled in.
    pub(crate) units: i64,
}
