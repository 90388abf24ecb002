//! Which addresses paths may be put behind.

use crate::{Config, Given};
use ports::Connectors as _;
use std::path::PathBuf;

/// What a configuration is told of `public_url`, with a simulated shop and perhaps one that is elsewhere.
fn told(address: &str, elsewhere: bool) -> Vec<String> {
    let channel = connectors::Registry.all()[0].descriptor();
    let shop = |id: &str, address: &str| format!("[[connection]]\nid = '{id}'\nchannel = '{}'\n{address}\n", channel.id);
    let other = if elsewhere { shop("other", "base_url = 'https://shop.example.test'") } else { String::new() };
    let text = format!(
        "[merchant]\nname = 'Invented'\ncatalogue = 'c.csv'\n{}{other}[local]\npublic_url = '{address}'\n",
        shop("here", "simulated = true\nbase_url = 'http://127.0.0.1:9001'")
    );
    let open = |_: &str| Ok("sku,title\nA-1,Lamp\n".to_owned());
    let read = Config::of(&Given { file: "sluis.toml", text: &text, open: &open, folder: PathBuf::new() });
    let all = read.err().map(|found| found.0).unwrap_or_default();
    all.into_iter().map(|mistake| mistake.what).filter(|what| what.contains("`public_url`")).collect()
}

#[test]
fn channels_are_told_a_public_address_that_paths_can_follow() {
    for right in [
        "https://hooks.example.test",
        "https://hooks.example.test/",
        "https://hooks.example.test:8443/sluis/in",
        "https://hooks.example.test/caf%C3%A9",
    ] {
        assert_eq!(told(right, true), [""; 0], "{right}");
    }
    for wrong in [
        "javascript:alert",
        "https://u:p@hooks.example.test",
        "https://u@hooks.example.test",
        "https://hooks.example.test/?x",
        "https://hooks.example.test/#x",
        "https://hooks.example.test/a/../b",
        "https://hooks.example.test/a/%2e%2e/b",
        "https://hooks.example.test/a%2Fb",
        "https://hooks.example.test/./b",
        "https://hooks.example.test//b",
        r"https://hooks.example.test\b",
        "https://10.0.0.1",
        "http://evil.example.test",
        "ftp://hooks.example.test",
        "hooks.example.test",
    ] {
        for elsewhere in [true, false] {
            assert_eq!(told(wrong, elsewhere).len(), 1, "{wrong}: {:?}", told(wrong, elsewhere));
        }
    }
}

#[test]
fn this_machine_is_reached_by_shops_that_are_on_it_and_no_others() {
    for here in ["http://127.0.0.1:8081", "http://localhost:8081", "https://[::1]:8081"] {
        assert_eq!(told(here, false), [""; 0], "{here}");
        assert_eq!(told(here, true).len(), 1, "{here}");
    }
}
