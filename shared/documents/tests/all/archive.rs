//! What an archive (PDF/A-3, ISO 19005-3) demands of the structure of a file, as far as it can be seen without drawing it. Not the whole of the
//! standard: the writer keeps that, and this is here to notice if it no longer does.

use lopdf::{Dictionary, Document, Object};

/// What is not as it should be. With `has_xml`, the file must hold an invoice for machines as well.
pub(crate) fn flaws(pdf: &[u8], has_xml: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut hold = |holds: bool, what: &str| found.extend((!holds).then(|| what.to_owned()));
    hold(
        pdf.starts_with(b"%PDF-1.7\n%") && pdf[10..14].iter().all(|byte| *byte > 127),
        "a header that says 1.7, and a comment of binary bytes",
    );
    let Ok(file) = Document::load_mem(pdf) else { return vec!["a file that can be read".to_owned()] };
    hold(file.trailer.get(b"ID").is_ok(), "an identifier (6.1.3)");
    hold(!file.trailer.has(b"Encrypt"), "no encryption (6.1.3)");
    let Ok(catalog) = file.catalog() else { return vec!["a catalogue".to_owned()] };

    let metadata = catalog.get(b"Metadata").and_then(|entry| file.dereference(entry)).and_then(|(_, entry)| entry.as_stream());
    let packet = metadata.as_ref().map(|stream| String::from_utf8_lossy(&stream.content).into_owned()).unwrap_or_default();
    hold(metadata.is_ok_and(|stream| !stream.dict.has(b"Filter")), "metadata that is not packed (6.6.2)");
    hold(packet.contains("<pdfaid:part>3<") && packet.contains("<pdfaid:conformance>B<"), "metadata that says PDF/A-3b (6.6.4)");
    hold(catalog.has(b"Lang"), "a language");
    for forbidden in [&b"AA"[..], b"OpenAction", b"NeedsRendering", b"AcroForm"] {
        hold(!catalog.has(forbidden), "no actions and no forms (6.5.1, 6.4)");
    }

    let intents = catalog.get(b"OutputIntents").and_then(|entry| file.dereference(entry)).and_then(|(_, entry)| entry.as_array());
    let intent = intents.ok().and_then(|intents| intents.first()).and_then(|one| file.dereference(one).ok());
    let intent = intent.and_then(|(_, one)| one.as_dict().ok());
    hold(
        intent.is_some_and(|one| one.get(b"S").and_then(Object::as_name).ok() == Some(b"GTS_PDFA1")),
        "what colours are meant for (6.2.3)",
    );
    hold(intent.is_some_and(|one| one.has(b"DestOutputProfile")), "a profile of colours (6.2.3)");

    for object in file.objects.values() {
        for dictionary in dictionaries(object) {
            found.extend(flaws_of(dictionary));
        }
    }
    if has_xml {
        found.extend(flaws_of_attachment(&file, catalog, &packet));
    }
    found
}

fn dictionaries(object: &Object) -> Vec<&Dictionary> {
    match object {
        Object::Dictionary(dictionary) => vec![dictionary],
        Object::Stream(stream) => vec![&stream.dict],
        Object::Array(entries) => entries.iter().flat_map(dictionaries).collect(),
        _ => Vec::new(),
    }
}

fn flaws_of(dictionary: &Dictionary) -> Vec<String> {
    let name =
        |key: &[u8]| dictionary.get(key).and_then(Object::as_name).map(|name| String::from_utf8_lossy(name).into_owned()).ok();
    let mut found = Vec::new();
    if name(b"Type").as_deref() == Some("FontDescriptor") {
        let embedded = [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|key| dictionary.has(key));
        found.extend((!embedded).then(|| "every font in the file (6.2.11.4)".to_owned()));
    }
    if name(b"Type").as_deref() == Some("Font") && name(b"Subtype").as_deref() == Some("Type0") && !dictionary.has(b"ToUnicode") {
        found.push("letters that a search can find (6.2.11.7)".to_owned());
    }
    if matches!(dictionary.get(b"Interpolate"), Ok(Object::Boolean(true))) {
        found.push("no smoothed pictures (6.2.8)".to_owned());
    }
    if name(b"Filter").is_some_and(|filter| filter == "LZWDecode" || filter == "Crypt") {
        found.push("no LZW and no Crypt (6.1.7)".to_owned());
    }
    if matches!(name(b"S").as_deref(), Some("JavaScript" | "Launch" | "Sound" | "Movie" | "ResetForm" | "ImportData")) {
        found.push("no actions (6.5.1)".to_owned());
    }
    found
}

fn flaws_of_attachment(file: &Document, catalog: &Dictionary, packet: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut hold = |holds: bool, what: &str| found.extend((!holds).then(|| what.to_owned()));
    let files = catalog.get(b"AF").and_then(|entry| file.dereference(entry)).and_then(|(_, entry)| entry.as_array());
    let spec = files.ok().and_then(|files| files.first()).and_then(|one| file.dereference(one).ok());
    let spec = spec.and_then(|(_, one)| one.as_dict().ok());
    let relation = spec.and_then(|spec| spec.get(b"AFRelationship").and_then(Object::as_name).ok());
    hold(relation == Some(b"Alternative"), "an attachment that is the same in other words (6.8)");
    hold(spec.is_some_and(|spec| spec.has(b"F") && spec.has(b"UF") && spec.has(b"Desc")), "an attachment with its names (6.8)");
    hold(packet.contains("<fx:ConformanceLevel>EN 16931<"), "metadata that says Factur-X, profile EN 16931");
    hold(
        packet.contains("urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"),
        "metadata that describes its own words (6.6.2.3)",
    );
    found
}

/// What a search finds, without spaces that only stand for a shift of letters.
pub(crate) fn text(pdf: &[u8]) -> String {
    let file = Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = file.get_pages().keys().copied().collect();
    file.extract_text(&pages).unwrap()
}

/// The file with other bytes of the same length in one place after another.
pub(crate) fn replaced(pdf: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut changed = pdf.to_vec();
    let places: Vec<usize> = pdf.windows(old.len()).enumerate().filter(|(_, part)| *part == old).map(|(at, _)| at).collect();
    assert!(!places.is_empty(), "{}", String::from_utf8_lossy(old));
    for at in places {
        changed[at..at + new.len()].copy_from_slice(new);
    }
    changed
}
