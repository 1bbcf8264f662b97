//! What is recorded, and for how long it is kept.

use serde::{Deserialize, Serialize};

use crate::time::Duration;

/// When a conversation is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordingMode {
    /// Not at all.
    #[default]
    Never,
    /// When somebody asks for it.
    OnRequest,
    /// From the moment at which customer and agent, or somebody on call, are connected.
    Always,
}

/// What is recorded of the calls of a queue or a brand. A queue's rule takes the place of its brand's;
/// where neither has one nothing is recorded.
///
/// Whoever refuses is not recorded, whatever the rule says. A recording ends with the talk at the
/// latest; where somebody ended it before, or it failed, no rule begins another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Recording {
    /// When.
    pub mode: RecordingMode,
    /// Only with the customer's consent to the purpose `recording`; else the customer may refuse.
    pub consent: bool,
    /// The longest recording; a longer talk goes on in another one.
    pub max: Duration,
    /// How long it is kept; without a bound when absent.
    pub retention: Option<Duration>,
    /// Kept whatever the retention says.
    pub legal_hold: bool,
    /// A tone tells that it begins.
    pub beep: bool,
}

impl Default for Recording {
    fn default() -> Self {
        Self {
            mode: RecordingMode::Never,
            consent: true,
            max: Duration::from_hours(4),
            retention: None,
            legal_hold: false,
            beep: false,
        }
    }
}

impl Recording {
    /// Recorded with the customer's consent, kept without a bound.
    pub fn new(mode: RecordingMode) -> Self {
        Self { mode, ..Self::default() }
    }

    /// Recorded unless the customer refuses.
    #[must_use]
    pub fn without_consent(self) -> Self {
        Self { consent: false, ..self }
    }

    /// The longest recording.
    #[must_use]
    pub fn max(self, max: Duration) -> Self {
        Self { max, ..self }
    }

    /// How long it is kept.
    #[must_use]
    pub fn retention(self, retention: Duration) -> Self {
        Self { retention: Some(retention), ..self }
    }

    /// Kept whatever the retention says.
    #[must_use]
    pub fn legal_hold(self) -> Self {
        Self { legal_hold: true, ..self }
    }

    /// A tone tells that it begins.
    #[must_use]
    pub fn beep(self) -> Self {
        Self { beep: true, ..self }
    }
}
