//! One word for one thing (docs/glossary.md): what merchants, programs and operators read holds none of the words that were given up.

use infra::root;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Names of fields, of values of a list, and of keys of the configuration that the glossary gives up.
const NAMES: &[&str] = &[
    "already",
    "article",
    "articles",
    "class",
    "claims",
    "committed",
    "do",
    "doubled",
    "duties",
    "duty",
    "fine",
    "finding",
    "foreign",
    "gate",
    "good_age_s",
    "good_at",
    "held_at",
    "held_down",
    "here",
    "holder_died",
    "item",
    "items",
    "least_shown",
    "left_alone",
    "list_under_way",
    "lost",
    "made",
    "mark",
    "mended",
    "most_shown",
    "not_told",
    "only_for_people",
    "parcel",
    "parcels",
    "percent",
    "place",
    "places",
    "publish",
    "publishes",
    "put_off_until",
    "quota_below",
    "refused",
    "settings_under_way",
    "shown",
    "shown_as",
    "shows",
    "sort",
    "stand",
    "standing",
    "taken",
    "told",
    "told_at",
    "try_again",
    "unclear",
    "under_way",
    "unread",
    "unsure",
    "usual",
    "verdict",
    "wanted",
    "wellbeing",
    "what",
    "words",
    "would_show",
    "wrong_article",
];

/// Words that no text for people holds: the page, `--help`, and what the document says.
const SPOKEN: &[&str] = &[
    "article",
    "articles",
    "far side",
    "far-side",
    "finding",
    "mended",
    "most_shown",
    "least_shown",
    "quota_below",
    "mark",
    "marks",
    "parcel",
    "parcels",
    "pilot",
    "put back",
    "put_back",
    "usual price",
    "item",
    "items",
    "verdict",
];

/// Words that no error and no line of output holds.
const SAID: &[&str] = &["parcel", "parcels", "pilot", "usual price", "put_back", "most_shown", "least_shown", "far-side"];

/// Files of which some texts still say so. The list must only become shorter: an entry that is no longer needed fails.
const SAID_STILL: &[&str] = &[];

/// Parts of names of types.
const TYPES: &[&str] =
    &["Article", "Claim", "Doubled", "Duty", "Finding", "Foreign", "Parcel", "Sent", "Telling", "Verdict", "Wellbeing"];

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Names of properties, and values that a field may have, anywhere in a schema.
fn names(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::Object(properties)) = fields.get("properties") {
                found.extend(properties.keys().cloned());
            }
            let values = fields.get("enum").and_then(Value::as_array).into_iter().flatten().chain(fields.get("const"));
            found.extend(values.filter_map(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| names(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| names(value, found)),
        _ => {}
    }
}

/// Those of them that the glossary gives up.
fn given_up(found: &BTreeSet<String>) -> Vec<&String> {
    found.iter().filter(|name| NAMES.contains(&name.as_str())).collect()
}

/// Descriptions and summaries of a document; not the names of its grammar, of which `items` is one.
fn told(document: &Value, found: &mut String) {
    match document {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "description" || name == "summary" => {
                        found.push_str(text);
                        found.push('\n');
                    }
                    _ => told(value, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| told(value, found)),
        _ => {}
    }
}

/// What stands between quotation marks in a file that ships, without its tests and comments.
fn literals(text: &str) -> String {
    let mut rest = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = String::new();
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let (before, here) = rest.split_at(at);
        let raw = before.ends_with("r#");
        rest = if here.starts_with("//") {
            here.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(after) = here.strip_prefix("'\"'").or(here.strip_prefix("'\\\"'")) {
            after
        } else if let Some(after) = here.strip_prefix('"') {
            let end = if raw { after.find("\"#") } else { end_of_text(after) };
            let (inside, after) = after.split_at(end.unwrap_or(after.len()));
            // What is filled in between braces is a name of the code.
            let mut outside = true;
            found.extend(inside.chars().filter(|c| {
                outside = (outside && *c != '{') || *c == '}';
                outside
            }));
            found.push('\n');
            after.get(1..).unwrap_or_default()
        } else {
            &here[1..]
        };
    }
    found
}

/// Where a text ends that begins here: at the next quotation mark that is not escaped.
fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })
}

/// Whole words of a text that nobody should read any more.
fn spoken(text: &str) -> Vec<&'static str> {
    whole_words(text, SPOKEN)
}

fn whole_words(text: &str, words: &'static [&'static str]) -> Vec<&'static str> {
    let text = format!(" {} ", text.to_lowercase());
    let apart = |c: char| !(c.is_alphanumeric() || c == '_' || c == '-');
    let is_word = |word: &&&str| {
        text.match_indices(**word).any(|(at, _)| text[..at].ends_with(apart) && text[at + word.len()..].starts_with(apart))
    };
    words.iter().filter(is_word).copied().collect()
}

#[test]
fn the_api_speaks_the_words_of_the_glossary() {
    let document = json(&root().join("functions/api/openapi.json"));
    let mut found = BTreeSet::new();
    names(&document["components"]["schemas"], &mut found);
    let parameters = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    for operation in parameters {
        let all = operation["parameters"].as_array().into_iter().flatten();
        found.extend(all.filter_map(|one| one["name"].as_str()).map(str::to_owned));
    }
    assert!(found.len() > 200, "{}", found.len());
    assert_eq!(given_up(&found), Vec::<&String>::new());
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let bad = |name: &&String| TYPES.iter().any(|part| name.contains(part)) || name.ends_with(|c: char| c.is_ascii_digit());
    assert_eq!(schemas.keys().filter(bad).collect::<Vec<_>>(), Vec::<&String>::new());
    let mut texts = String::new();
    told(&document, &mut texts);
    assert!(texts.lines().count() > 500, "{}", texts.lines().count());
    assert_eq!(spoken(&texts), Vec::<&str>::new());
}

/// Alternatives are told apart by `type`, everywhere.
#[test]
fn unions_are_told_apart_by_type() {
    let document = json(&root().join("functions/api/openapi.json"));
    let mut wrong = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let kinds = schema["oneOf"].as_array().into_iter().flatten();
        for properties in kinds.filter_map(|kind| kind["properties"].as_object()) {
            let apart = properties.iter().filter(|(_, value)| value.get("const").is_some()).map(|(name, _)| name.as_str());
            let apart: Vec<&str> = apart.collect();
            if apart != ["type"] {
                wrong.push(format!("{name}: {apart:?}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn events_speak_the_words_of_the_glossary() {
    let mut found = BTreeSet::new();
    let mut schemas = 0;
    for entry in std::fs::read_dir(root().join("events/schemas")).unwrap() {
        let schema = json(&entry.unwrap().path());
        names(&schema, &mut found);
        schemas += 1;
    }
    assert!(schemas >= 10, "{schemas}");
    assert_eq!(given_up(&found), Vec::<&String>::new());
}

#[test]
fn the_configuration_speaks_the_words_of_the_glossary() {
    let text = read("sluis.example.toml");
    // Keys that are commented out are keys, too.
    let key = |line: &str| {
        let name = line.trim_start_matches(['#', ' ']).split_once(" = ")?.0.to_owned();
        name.chars().all(|c| c.is_ascii_lowercase() || c == '_').then_some(name)
    };
    let keys: BTreeSet<String> = text.lines().filter_map(key).collect();
    assert!(keys.contains("quota_mode_below") && keys.len() > 20, "{keys:?}");
    assert_eq!(given_up(&keys), Vec::<&String>::new());
    assert_eq!(spoken(&text), Vec::<&str>::new());
}

#[test]
fn the_command_line_speaks_the_words_of_the_glossary() {
    let mut files = 0;
    for entry in std::fs::read_dir(root().join("infra/local/src/cli")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        // What clap prints are the comments of the arguments.
        let help: String = text.lines().filter_map(|line| line.trim_start().strip_prefix("///")).collect::<Vec<_>>().join("\n");
        assert_eq!(spoken(&help), Vec::<&str>::new(), "{}", path.display());
        files += 1;
    }
    assert!(files > 10, "{files}");
    let commands = read("infra/local/src/cli/mod.rs");
    for gone in ["Plan(", "Items(", "Trouble(", "FarSide(", "Parked("] {
        assert!(!commands.contains(gone), "{gone}");
    }
}

/// The Dutch texts are held to the English ones by `web` itself.
#[test]
fn the_pages_speak_the_words_of_the_glossary() {
    let mut texts = 0;
    for entry in std::fs::read_dir(root().join("shared/web/texts/en")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, said) = line.split_once(" = ").unwrap_or(("", line));
            assert_eq!(spoken(said), Vec::<&str>::new(), "{name}");
            texts += usize::from(!name.is_empty());
        }
    }
    assert!(texts > 300, "{texts}");
}

#[test]
fn errors_and_output_speak_the_words_of_the_glossary() {
    let (mut files, mut still) = (0, BTreeSet::new());
    for folder in ["functions/api/src", "infra/local/src/cli", "shared/domain/src", "shared/engine/src", "shared/connectors/src"]
    {
        each_file(&root().join(folder), &mut |path, text| {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            let plays = name.contains("/sim/") || name.ends_with("/sim.rs") || name.contains("simulated_channel");
            if name.ends_with("_tests.rs") || name.ends_with("planted.rs") || plays {
                return;
            }
            files += 1;
            // The carrier's own name.
            let found = whole_words(&literals(text).replace("DHL Parcel", ""), SAID);
            if SAID_STILL.contains(&name.as_str()) {
                still.extend((!found.is_empty()).then_some(name));
            } else {
                assert_eq!(found, Vec::<&str>::new(), "{name}");
            }
        });
    }
    assert!(files > 250, "{files}");
    println!("files of which texts are still to be renamed: {still:?}");
    assert_eq!(still, SAID_STILL.iter().map(|name| (*name).to_owned()).collect());
    let code = "let c = '\"'; say(\"one \\\"parcel\\\" left, \\\n  and another\"); // \"pilot\"\nlet put_back = 1;";
    assert_eq!((whole_words(&literals(code), SAID), literals(code).contains("another")), (vec!["parcel"], true));
}

/// Guides say what the API says: a value that it no longer has is found nowhere in them.
#[test]
fn guides_name_no_value_that_the_api_gave_up() {
    const GONE: &[&str] = &["unclear", "several", "differs", "left_alone", "change", "counted", "shown_as", "held_down"];
    let mut guides = 0;
    for entry in std::fs::read_dir(root().join("docs/guides")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for word in GONE {
            assert!(!text.contains(&format!("`{word}`")), "{}: `{word}`", path.display());
        }
        guides += 1;
    }
    assert!(guides >= 10, "{guides}");
    let problems = json(&root().join("functions/api/openapi.json"))["components"]["schemas"]["MatchProblem"].clone();
    let mut values = BTreeSet::new();
    names(&problems, &mut values);
    let guide = read("docs/guides/connections.md");
    for value in ["unknown", "ambiguous", "conflicting", "other_sku", "shared_stock", "condition"] {
        assert!(values.contains(value) && guide.contains(&format!("| `{value}` |")), "{value}: {values:?}");
    }
}

#[test]
fn types_have_the_names_of_the_glossary() {
    let mut left = BTreeSet::new();
    let mut seen = 0;
    for folder in ["shared/domain/src", "shared/ports/src", "shared/contracts/src", "shared/engine/src/views"] {
        walk(&root().join(folder), &mut |text| {
            for line in text.lines() {
                let name = line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum "));
                let Some(name) = name.map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()) else {
                    continue;
                };
                seen += 1;
                if TYPES.iter().any(|part| name.contains(part)) {
                    left.insert(name.to_owned());
                }
            }
        });
    }
    assert!(seen > 150, "{seen}");
    assert_eq!(left, BTreeSet::new());
}

fn walk(folder: &Path, look: &mut dyn FnMut(&str)) {
    each_file(folder, &mut |_, text| look(text));
}

fn each_file(folder: &Path, look: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).expect("a folder of the tree") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            each_file(&path, look);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            look(&path, &std::fs::read_to_string(&path).expect("a file of text"));
        }
    }
}

#[test]
fn the_glossary_has_each_word_once_and_says_what_it_means() {
    let glossary = read("docs/glossary.md");
    let rows: Vec<Vec<&str>> = glossary
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| word"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() >= 50, "{}", rows.len());
    let mut words = BTreeSet::new();
    for row in &rows {
        let [word, _, means, _] = row.as_slice() else { panic!("four columns: {row:?}") };
        assert!(!word.is_empty() && !means.is_empty(), "{row:?}");
        assert!(words.insert(*word), "{word} is there twice");
    }
}
