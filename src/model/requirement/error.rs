//! What is wrong with the text of a requirement, and where.

use std::fmt;

/// Characters shown of the line where something is wrong, so that the place is in sight.
const SHOWN: usize = 72;

/// What is wrong with the text of a requirement, and where. Displays with the place marked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct RequirementError {
    /// Line of the offending text, from 1.
    pub line: usize,
    /// Column of the offending text in characters, from 1; one past the line where something is missing at
    /// its end.
    pub column: usize,
    /// What is wrong, and what was expected.
    pub message: String,
    /// What surrounds the place, and where the place is in it, in characters.
    shown: (String, usize),
}

impl fmt::Display for RequirementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 1 {
            write!(f, "line {}, ", self.line)?;
        }
        let (text, place) = &self.shown;
        write!(f, "column {}: {}\n  {text}\n  {:place$}^", self.column, self.message, "")
    }
}

impl RequirementError {
    pub(super) fn new(text: &str, Wrong { at, message }: Wrong) -> Self {
        let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
        let line_start = before.rsplit('\n').next().unwrap_or(before);
        let column = line_start.chars().count();
        let cut = column.saturating_sub(SHOWN / 2);
        let rest = after.lines().next().unwrap_or_default();
        let shown = line_start.chars().skip(cut).chain(rest.chars()).take(SHOWN);
        // One character, one place: what breaks or moves a line would move the mark.
        let shown = shown.map(|c| if c.is_control() { ' ' } else { c }).collect();
        let line = before.matches('\n').count() + 1;
        Self { line, column: column + 1, message, shown: (shown, column - cut) }
    }
}

/// Something is wrong at this byte.
pub(super) struct Wrong {
    pub(super) at: usize,
    pub(super) message: String,
}
