//! Bodies in parts, as forms with files send them: each part has the name of a property, and those that are required are there.

use serde_json::Value;

/// What is wrong with one; `media` is its `Content-Type`.
pub(super) fn flaws(media: &str, body: &[u8], schema: &Value) -> Vec<String> {
    let Some((_, boundary)) = media.split_once("boundary=") else { return vec!["a form without a boundary".into()] };
    let Ok(text) = std::str::from_utf8(body) else { return vec!["a form that is no text".into()] };
    let delimiter = format!("--{boundary}");
    let parts: Vec<&str> = text.split(delimiter.as_str()).collect();
    let [first, parts @ .., last] = parts.as_slice() else { return vec!["a form without parts".into()] };
    if !first.is_empty() || *last != "--\r\n" {
        return vec!["a form that does not begin or end as it should".into()];
    }
    let mut wrong = Vec::new();
    let mut names = Vec::new();
    for part in parts {
        let name = part
            .strip_prefix("\r\nContent-Disposition: form-data; name=\"")
            .and_then(|rest| rest.split_once('"'))
            .filter(|_| part.contains("\r\n\r\n") && part.ends_with("\r\n"));
        match name {
            Some((name, _)) if !schema["properties"][name].is_null() => names.push(name),
            Some((name, _)) => wrong.push(format!("the part {name:?} is unknown")),
            None => wrong.push("a part that says not what it is".into()),
        }
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    wrong.extend(required.filter(|name| !names.contains(name)).map(|name| format!("the part {name:?} is required")));
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_form_has_the_parts_that_are_declared_and_required() {
        let schema = json!({ "properties": { "file": {} }, "required": ["file"] });
        let of = |body: &str| flaws("multipart/form-data; boundary=x", body.as_bytes(), &schema);
        let part = |name: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a\"\r\n\r\nrows\r\n--x--\r\n")
        };
        assert_eq!(of(&part("file")), [""; 0]);
        assert_eq!(of(&part("other")), ["the part \"other\" is unknown", "the part \"file\" is required"]);
        for broken in ["", "rows", "--x\r\n--x--\r\n", "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nrows\r\n--x"]
        {
            assert!(!of(broken).is_empty(), "{broken:?}");
        }
    }
}
