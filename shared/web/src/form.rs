//! Forms: what a person enters, sent to the page's own address. Each has a key of its own, so that sent twice it is done once.

use crate::problem::Problem;
use crate::reader::{Reader, Signature, say};
use domain::{Right, fingerprint};
use maud::{Markup, html};

/// A form that was sent and could not be done: it is shown again as it was filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// What was filled in.
    pub fields: Vec<(String, String)>,
    /// Why it was not done.
    pub problem: Problem,
}

impl Sent {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a form carries that was sent just now.
const SENT: &str = " data-sent=\"1\"";

/// A page's body, and before it why what was sent was not done, where the page has that form no longer.
pub(crate) fn with_problem(reader: &Reader, sent: Option<&Sent>, body: Markup) -> Markup {
    // What people wrote has no quotation marks that are not escaped.
    let Some(sent) = sent.filter(|_| !body.0.contains(SENT)) else { return body };
    let act = sent.get("do").unwrap_or_default();
    html! { p .problem role="alert" { (sent.problem.told(reader, act)) } (body) }
}

/// A form in the making.
pub(crate) struct Form<'a> {
    pub(crate) reader: &'a Reader,
    action: &'a str,
    act: &'static str,
    needs: Right,
    about: &'a str,
    sent: Option<&'a Sent>,
}

impl<'a> Form<'a> {
    /// One that does `act`, which needs a right, about `about`, and is sent to `action`. If it was sent just now, it says what was wrong. Who
    /// has not the right is not shown it.
    pub(crate) fn new(
        reader: &'a Reader,
        action: &'a str,
        (act, needs): (&'static str, Right),
        about: &'a str,
        sent: Option<&'a Sent>,
    ) -> Self {
        let is_this = |sent: &&Sent| sent.get("do") == Some(act) && sent.get("about").unwrap_or_default() == about;
        Self { reader, action, act, needs, about, sent: sent.filter(is_this) }
    }

    /// Tells it from the other forms of the page.
    fn name(&self) -> String {
        if self.about.is_empty() { self.act.to_owned() } else { format!("{}-{:08x}", self.act, fingerprint(&[self.about]) >> 32) }
    }

    /// The id of one of its fields.
    pub(crate) fn id(&self, field: &str) -> String {
        format!("{}-{field}", self.name())
    }

    /// What was filled in, or else what stands there at first.
    pub(crate) fn value(&self, name: &str, at_first: &str) -> String {
        self.sent.and_then(|sent| sent.get(name)).unwrap_or(at_first).to_owned()
    }

    /// What is wrong with a field.
    pub(crate) fn problem_of(&self, name: &str) -> Option<String> {
        let problem = &self.sent?.problem;
        (problem.form_field() == Some(name)).then(|| problem.told(self.reader, self.act))
    }

    /// What is wrong with all of it: with no field that it has.
    fn problem(&self, fields: &str) -> Option<String> {
        let problem = &self.sent?.problem;
        let is_beside = problem.form_field().is_some_and(|field| fields.contains(&format!("id=\"{}-wrong\"", self.id(field))));
        (!is_beside).then(|| problem.told(self.reader, self.act))
    }

    /// Folded behind what it does; open, if it was sent and could not be done.
    pub(crate) fn folded(&self, words: &str, fields: &Markup) -> Markup {
        if !self.reader.may(self.needs) {
            return html! {};
        }
        html! {
            details .act id=(self.name()) open[self.sent.is_some()] {
                summary { (words) @if !self.about.is_empty() { span .unseen { ": " (self.about) } } }
                (self.form(words, fields))
            }
        }
    }

    /// As it is, with a button that says what it does.
    pub(crate) fn form(&self, words: &str, fields: &Markup) -> Markup {
        if !self.reader.may(self.needs) {
            return html! {};
        }
        let signature = self.signature();
        let all = html! { (fields) (signature) };
        html! {
            form method="post" action=(self.action) id={ (self.name()) "-form" } data-sent=[self.sent.map(|_| "1")] {
                input type="hidden" name="do" value=(self.act);
                @if !self.about.is_empty() { input type="hidden" name="about" value=(self.about); }
                // The one it was sent with stays, so that it is still the same request.
                input type="hidden" name="key" value=(self.value("key", &format!("{}-{}", self.reader.fresh, self.name())));
                @if let Some(problem) = self.problem(&all.0) { p .problem role="alert" { (problem) } }
                (all)
                p .buttons { button .main type="submit" { (words) } }
            }
        }
    }

    fn signature(&self) -> Markup {
        match &self.reader.signature {
            Signature::Known(_) => html! {},
            Signature::Asked(last) => self.text("by", &say!(self.reader, "your-name"), last, true, 200),
        }
    }
}
