//! `/language`: in which language somebody reads.

use super::entered::Entered;
use super::visit::{see, set_cookie};
use axum::response::Response;
use web::Language;

pub(crate) async fn choose(form: Entered) -> Response {
    let mut response = see(back(form.get("back")));
    if let Some(language) = Language::of_code(form.get("language")) {
        set_cookie(&mut response, "language", language.code());
    }
    response
}

/// Only to an address of ours.
pub(super) fn back(address: &str) -> &str {
    let ours = address.starts_with('/') && !address.starts_with("//") && !address.contains(|c: char| c == '\\' || c.is_control());
    if ours { address } else { "/today" }
}

#[cfg(test)]
mod tests {
    use super::back;

    #[test]
    fn nobody_is_led_elsewhere() {
        assert_eq!(back("/orders?show=open"), "/orders?show=open");
        for elsewhere in
            ["//evil.example.test", "https://evil.example.test", "/\\evil.example.test", "/\t/evil.example.test", "", "orders"]
        {
            assert_eq!(back(elsewhere), "/today", "{elsewhere}");
        }
    }
}
