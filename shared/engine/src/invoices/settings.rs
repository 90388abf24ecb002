//! Puts the merchant's settings of invoices in place. What cannot be meant is refused here, where somebody is there to read it.

use super::problem::Undone;
use crate::Ports;
use crate::rows::{ConnectionInvoices, ConnectionRow, InvoiceSettingsRow, TypedRow as _, VatClassRow};
use documents::Colour;
use domain::invoice::NumberFormat;
use domain::vat::{ProductClass, Rates};
use domain::{ConnectionId, Sku};
use ports::{Condition, Error, ErrorKind, Result, Write};

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::BadInput, "invoices", message)
}

/// The first text of the settings that no document could hold, by its place.
fn unprintable(settings: &InvoiceSettingsRow) -> Option<String> {
    let look = serde_json::to_value(&settings.look).unwrap_or_default();
    let entities = serde_json::to_value(&settings.entities).unwrap_or_default();
    unprintable_in(&look, "look").or_else(|| unprintable_in(&entities, "entity"))
}

fn unprintable_in(value: &serde_json::Value, place: &str) -> Option<String> {
    match value {
        serde_json::Value::String(text) => {
            let is_odd = |c: char| matches!(c, '\u{fffe}' | '\u{ffff}') || (c != '\n' && domain::breaks_a_line(c));
            text.chars().any(is_odd).then(|| place.to_owned())
        }
        serde_json::Value::Array(all) => {
            all.iter().enumerate().find_map(|(at, one)| unprintable_in(one, &format!("{place}.{}", at + 1)))
        }
        serde_json::Value::Object(all) => all.iter().find_map(|(name, one)| unprintable_in(one, &format!("{place}.{name}"))),
        _ => None,
    }
}

/// Whether the settings can be meant, with how these connections are invoiced.
pub fn check_invoice_settings<'a>(
    settings: &'a InvoiceSettingsRow,
    connections: impl Iterator<Item = (&'a ConnectionId, &'a ConnectionInvoices)>,
) -> Result<()> {
    if let Some(place) = unprintable(settings) {
        return Err(refused(format!(
            "{place} has a character that no document can show: a control character, or one that turns text round"
        )));
    }
    Rates::published().with_classes(settings.classes.clone())?;
    if let Some(accent) = &settings.look.accent {
        Colour::new(accent).map_err(|error| refused(format!("look.accent: {error}")))?;
    }
    let mut formats: Vec<(String, &NumberFormat)> = Vec::new();
    for (id, entity) in &settings.entities {
        formats.push((format!("invoices of {}", id.as_str()), &entity.invoice_numbers));
        formats.push((format!("credit notes of {}", id.as_str()), &entity.credit_note_numbers));
    }
    for (connection, terms) in connections {
        if !settings.entities.contains_key(&terms.entity) {
            let entity = terms.entity.as_str();
            return Err(refused(format!("connection {connection} is invoiced by `{entity}`, which is not among the entities")));
        }
        if let Some(own) = &terms.numbers {
            formats.push((format!("invoices of connection {connection}"), &own.invoices));
            formats.push((format!("credit notes of connection {connection}"), &own.credit_notes));
        }
    }
    for (at, (one, format)) in formats.iter().enumerate() {
        if let Some((other, _)) = formats.iter().skip(at + 1).find(|(_, other)| format.clashes(other)) {
            return Err(refused(format!("{one} and {other} would have the same numbers; give one of them another text")));
        }
    }
    Ok(())
}

/// Puts the settings in place. Series that have numbers keep the format they began with.
pub async fn put_invoice_settings(world: &Ports, settings: &InvoiceSettingsRow) -> Result<()> {
    let connections: Vec<ConnectionRow> = world.all(ConnectionRow::PARTITION, "").await?;
    check_invoice_settings(settings, connections.iter().filter_map(|row| Some((&row.id, row.invoices.as_ref()?))))?;
    let before: Option<InvoiceSettingsRow> = world.get(&InvoiceSettingsRow::key()).await?;
    if before.as_ref() == Some(settings) {
        return Ok(());
    }
    world.write_if(Write::Put { row: settings.to_row(), when: Condition::Always }).await.map(drop)
}

/// Says as what a product is taxed; `standard` is what all others are.
pub async fn put_vat_class(world: &Ports, sku: &Sku, class: &ProductClass) -> Result<()> {
    let row = VatClassRow { sku: sku.clone(), class: class.clone() };
    let write = if class.is_standard() {
        Write::Delete { key: VatClassRow::key(sku), when: Condition::Always }
    } else {
        Write::Put { row: row.to_row(), when: Condition::Always }
    };
    world.write_if(write).await.map(drop)
}

impl From<Undone> for Error {
    /// As an answer to whoever asked for one document.
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Refused(problem) | Undone::Waits(problem, _) => Self::new(ErrorKind::Declined, "invoice", problem.message),
            Undone::Ask(_) => Self::new(ErrorKind::Declined, "invoice", "VIES was not asked for the buyer's VAT number yet"),
            Undone::Later(error) => error,
        }
    }
}
