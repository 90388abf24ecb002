//! The page in the repository is what is seen.

#[test]
fn the_page_tells_what_is_seen() {
    let page = access::page::markdown(&access::seen());
    let kept = std::fs::read_to_string(access::root().join("docs/access.md")).unwrap();
    assert_eq!(
        kept, page,
        "run `cargo access > docs/access.md`, look at what changed, and grant it in infra/template.yaml or take it away"
    );
}
