//! Style, script and sign, each under an address that names its contents: it may be kept for ever, and a new one is fetched at once.

use domain::fingerprint;
use std::sync::LazyLock;

/// A file that pages refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its address.
    pub address: String,
    /// Its type, for the header `content-type`.
    pub media_type: &'static str,
    /// What is in it.
    pub text: &'static str,
}

impl Asset {
    fn of(name: &str, media_type: &'static str, text: &'static str) -> Self {
        let (stem, kind) = name.split_once('.').unwrap_or((name, ""));
        Self { address: format!("/assets/{stem}-{:016x}.{kind}", fingerprint(&[text])), media_type, text }
    }
}

/// All of them: the style, the script, the sign.
pub static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        Asset::of("style.css", "text/css; charset=utf-8", include_str!("style.css")),
        Asset::of("live.js", "text/javascript; charset=utf-8", include_str!("live.js")),
        Asset::of("sign.svg", "image/svg+xml", include_str!("sign.svg")),
    ]
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_its_contents() {
        assert_eq!(Asset::of("a.css", "", "x").address, Asset::of("a.css", "", "x").address);
        assert_ne!(Asset::of("a.css", "", "x").address, Asset::of("a.css", "", "y").address);
    }

    #[test]
    fn nothing_is_fetched_from_elsewhere_and_the_script_is_short() {
        for asset in ASSETS.iter() {
            let text = asset.text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("@import"), "{}", asset.address);
        }
        assert!(ASSETS[1].text.lines().count() < 200);
        for word in ["eval(", "new Function", "innerHTML", "document.write", "setAttribute(\"on"] {
            assert!(!ASSETS[1].text.contains(word), "{word}");
        }
    }
}
