//! The page: one file for the browser, with nothing fetched from elsewhere.

use crate::reply::tagged;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambda_kit::{HttpAnswer, HttpCall};

const FRAME: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
/// In the order in which they run.
pub(crate) const SCRIPTS: [&str; 10] = [
    include_str!("page/words.js"),
    include_str!("page/page.js"),
    include_str!("page/form.js"),
    include_str!("page/order.js"),
    include_str!("page/article.js"),
    include_str!("page/explain.js"),
    include_str!("page/attention.js"),
    include_str!("page/listings.js"),
    include_str!("page/one.js"),
    include_str!("page/start.js"),
];

/// The page, under a policy that lets only its own script and style run and talks only to where it came from.
pub(crate) fn answer(call: &HttpCall) -> HttpAnswer {
    let script = SCRIPTS.join("\n");
    let page = FRAME.replace("/*STYLE*/", STYLE).replace("/*SCRIPT*/", &script);
    let mut answer = tagged(call, "text/html; charset=utf-8", page.into_bytes());
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        source(&script),
        source(STYLE)
    );
    answer.headers.push(("content-security-policy".into(), policy));
    answer.headers.push(("x-content-type-options".into(), "nosniff".into()));
    answer.headers.push(("referrer-policy".into(), "no-referrer".into()));
    answer
}

fn source(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes())))
}
