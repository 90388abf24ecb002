//! Addresses that paths are put behind: a shop's, and our own for what channels deliver.

use super::section::Section;
use ports::Reach;
use url::Url;

/// Notes what keeps an address from being called within `reach`, or from having paths put behind it. `here`: for whom `http://` is.
/// `advice`: what to give instead of one that leads nowhere in public.
pub(super) fn check(section: &Section<'_, '_>, key: &'static str, url: &Url, reach: Reach, (here, advice): (&str, &str)) {
    match reach.refuses(url) {
        None => {}
        Some("does not begin with https://") => section.wrong(key, format!("must start with https:// (http:// is for {here})")),
        Some(why) => section.wrong(key, format!("{why}; {advice}")),
    }
    if url.query().is_some() || url.fragment().is_some() {
        section.wrong(key, "must end before any question mark or hash: paths are put behind it");
    }
    if section.given(key).is_some_and(may_be_read_otherwise) {
        section.wrong(
            key,
            "must have no `.`, `..`, empty part, backslash or slash in disguise in its path: what stands in between may read it otherwise",
        );
    }
}

/// Whether a path, as it is written, may lead elsewhere than it seems to.
fn may_be_read_otherwise(address: &str) -> bool {
    let behind = address.split_once("://").map_or(address, |(_, rest)| rest);
    let written = behind.split(['?', '#']).next().unwrap_or_default();
    let path = written.split_once('/').map_or("", |(_, path)| path);
    let path = path.strip_suffix('/').unwrap_or(path);
    let odd = |part: &str| matches!(part, "" | "." | "..");
    // A point, a slash and a backslash by their codes.
    let hidden = ["%2e", "%2f", "%5c"].iter().any(|code| written.to_ascii_lowercase().contains(code));
    hidden || written.contains('\\') || (!path.is_empty() && path.split('/').any(odd))
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
