//! When people are told.

use crate::Ports;
use crate::rows::{AttentionSettingsRow, TypedRow};
use ports::{Condition, Result, Write};

/// Puts in place when people are told.
pub async fn put_attention_settings(world: &Ports, settings: &AttentionSettingsRow) -> Result<()> {
    if world.get::<AttentionSettingsRow>(&AttentionSettingsRow::key()).await?.as_ref() == Some(settings) {
        return Ok(());
    }
    world.write_if(Write::Put { row: settings.to_row(), when: Condition::Always }).await.map(drop)
}
