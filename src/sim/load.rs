//! Models from text.

#[cfg(any(feature = "json", feature = "toml"))]
use super::compare::Policy;
#[cfg(any(feature = "json", feature = "toml"))]
use super::model::SimulationModel;

/// The policies of a file.
#[cfg(any(feature = "json", feature = "toml"))]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Policies {
    policies: Vec<Policy>,
}

#[cfg(feature = "toml")]
impl SimulationModel {
    /// Reads a model from TOML and validates it.
    ///
    /// # Errors
    /// What keeps the text from being a model, in one line.
    pub fn from_toml(text: &str) -> Result<Self, ModelError> {
        let model: Self = toml::from_str(text).map_err(|error| in_line(text, &error))?;
        model.validate()?;
        Ok(model)
    }
}

#[cfg(feature = "toml")]
impl Policy {
    /// Reads policies from TOML: an array of tables `policies`, in their order.
    ///
    /// # Errors
    /// What keeps the text from being that, in one line.
    pub fn all_from_toml(text: &str) -> Result<Vec<Self>, ModelError> {
        let file: Policies = toml::from_str(text).map_err(|error| in_line(text, &error))?;
        Ok(file.policies)
    }
}

#[cfg(feature = "json")]
impl Policy {
    /// Reads policies from JSON: a list `policies`, in its order.
    ///
    /// # Errors
    /// What keeps the text from being that, in one line.
    pub fn all_from_json(text: &str) -> Result<Vec<Self>, ModelError> {
        let file: Policies =
            serde_json::from_str(text).map_err(|error| ModelError(error.to_string()))?;
        Ok(file.policies)
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
fn in_line(text: &str, error: &toml::de::Error) -> ModelError {
    let at = error.span().map_or(0, |span| line_of(text, span.start));
    ModelError(format!("line {at}: {}", error.message()))
}

#[cfg(feature = "toml")]
fn line_of(text: &str, place: usize) -> usize {
    text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1
}

/// Why a text is no model, or a model cannot be simulated: one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ModelError(pub(super) String);
