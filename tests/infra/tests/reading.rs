//! What ARCHITECTURE.md and the guides tell a reader to open is there.

use infra::root;

/// What stands between backticks and looks like the path of a file.
fn paths(text: &str) -> Vec<&str> {
    let named = text.split('`').skip(1).step_by(2);
    named
        .filter(|name| {
            name.contains('/')
                && !name.contains([' ', '{', '<', '*', '…'])
                && name.rsplit('/').next().is_some_and(|last| last.contains('.'))
        })
        .collect()
}

#[test]
fn every_question_of_the_reading_list_is_answered_by_a_file_that_is_there() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, list) = text.split_once("## Where do I start reading").unwrap();
    let (list, _) = list.split_once("\n## ").unwrap();
    let rows: Vec<Vec<&str>> = list
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains("? |"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() >= 10, "{}", rows.len());
    for row in rows {
        let named = paths(row[2]);
        assert_eq!(named.len(), 1, "{}: one file answers it, not {named:?}", row[1]);
        assert!(root().join(named[0]).is_file(), "{}: {} is not there", row[1], named[0]);
    }
}
