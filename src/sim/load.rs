//! Models from text.

#[cfg(any(feature = "json", feature = "toml"))]
use super::model::SimulationModel;

#[cfg(feature = "toml")]
impl SimulationModel {
    /// Reads a model from TOML and validates it.
    ///
    /// # Errors
    /// What keeps the text from being a model, in one line.
    pub fn from_toml(text: &str) -> Result<Self, ModelError> {
        let model: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| line_of(text, span.start));
            ModelError(format!("line {at}: {}", error.message()))
        })?;
        model.validate()?;
        Ok(model)
    }
}

#[cfg(feature = "json")]
impl SimulationModel {
    /// Reads a model from JSON and validates it.
    ///
    /// # Errors
    /// What keeps the text from being a model, in one line.
    pub fn from_json(text: &str) -> Result<Self, ModelError> {
        let model: Self = serde_json::from_str(text).map_err(|e| ModelError(e.to_string()))?;
        model.validate()?;
        Ok(model)
    }
}

#[cfg(feature = "toml")]
fn line_of(text: &str, place: usize) -> usize {
    text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1
}

/// Why a text is no model, or a model cannot be simulated: one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ModelError(pub(super) String);
