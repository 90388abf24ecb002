//! Where one signs in: a name and a password, and nothing of the merchant's.

use crate::form::Sent;
use crate::reader::{Reader, say};
use crate::{Page, Place};
use maud::html;

/// The page; `back` is where whoever signs in wanted to go.
pub fn sign_in(reader: &Reader, back: &str, sent: Option<&Sent>) -> Page {
    let filled = |name: &str| sent.and_then(|sent| sent.get(name)).unwrap_or_default();
    let back = if sent.is_some() { filled("back") } else { back };
    let body = html! {
        form method="post" action="/sign-in" id="sign-in-form" {
            input type="hidden" name="back" value=(back);
            @if let Some(sent) = sent { p .problem role="alert" { (sent.problem.told(reader, "sign-in")) } }
            p .field {
                label for="sign-in-name" { (say!(reader, "sign-in-name")) }
                input id="sign-in-name" name="name" value=(filled("name")) required maxlength="80" autocomplete="username"
                    autocapitalize="none" spellcheck="false" autofocus[sent.is_none()];
            }
            p .field {
                label for="sign-in-password" { (say!(reader, "password")) }
                input type="password" id="sign-in-password" name="password" required maxlength="256" autocomplete="current-password"
                    autofocus[sent.is_some()];
            }
            p .buttons { button .main type="submit" { (say!(reader, "sign-in")) } }
        }
    };
    Page { title: say!(reader, "sign-in"), place: Place::Today, every_s: 0, body }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::sample::reader;
    use crate::texts::Language;

    #[test]
    fn what_was_wrong_is_told_and_the_name_stays() {
        let sent = Sent {
            fields: vec![("name".to_owned(), "ada".to_owned()), ("back".to_owned(), "/orders".to_owned())],
            problem: Problem { code: "not_allowed".to_owned(), ..Problem::default() },
        };
        for (language, words) in [(Language::Dutch, "wachtwoord klopt niet"), (Language::English, "password is wrong")] {
            let shown = sign_in(&reader(language), "/today", Some(&sent)).body.into_string();
            assert!(shown.contains(words) && shown.contains("value=\"ada\"") && shown.contains("value=\"/orders\""), "{shown}");
        }
    }

    #[test]
    fn who_is_not_known_sees_neither_navigation_nor_name() {
        let nobody = Reader { role: None, ..reader(Language::English) };
        let shown = crate::whole(&nobody, &sign_in(&nobody, "/today", None)).into_string();
        assert!(!shown.contains("<nav") && !shown.contains("/sign-out"), "{shown}");
    }
}
