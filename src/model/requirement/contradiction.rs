//! Whether any agent could ever meet a requirement.
//!
//! The requirement is multiplied out into alternatives, each a list of statements that must hold or must not.
//! An alternative is possible if the statements about each subject are: subjects do not depend on each other.
//! Where there are too many alternatives to look at, the requirement counts as possible.

use std::collections::{BTreeMap, BTreeSet};

use super::{Atom, Expression, Requirement, TextAttribute};
use crate::id::Key;
use crate::model::{Proficiency, Skill};

/// Alternatives that are looked at, and statements in one of them.
const MOST: usize = 256;
const MOST_LITERALS: usize = 64;

/// A statement, and whether it must hold.
type Literal<'a> = (&'a Atom, bool);

impl Requirement {
    /// Whether it contradicts itself, so that no agent could meet it, whatever skills there are up to their
    /// highest levels. False where that would take too long to find out.
    pub(crate) fn is_contradictory(&self, skills: &BTreeMap<Key, Skill>) -> bool {
        let possible = |literals: &Vec<Literal<'_>>| is_possible(literals, skills);
        alternatives(self, true).is_some_and(|all| !all.iter().any(possible))
    }
}

/// The alternatives in which the requirement holds, or does not; none where there are too many.
fn alternatives(requirement: &Requirement, holds: bool) -> Option<Vec<Vec<Literal<'_>>>> {
    match (&requirement.0, holds) {
        (Expression::Atom(atom), _) => Some(vec![vec![(atom, holds)]]),
        (Expression::Not(part), _) => alternatives(part, !holds),
        (Expression::Any(parts), true) | (Expression::All(parts), false) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(alternatives(part, holds)?);
            }
            (all.len() <= MOST).then_some(all)
        }
        (Expression::All(parts), true) | (Expression::Any(parts), false) => {
            let mut all = vec![Vec::new()];
            for part in parts {
                let of_part = alternatives(part, holds)?;
                let longest = |all: &[Vec<_>]| all.iter().map(Vec::len).max().unwrap_or(0);
                let literals = longest(&all) + longest(&of_part);
                if all.len() * of_part.len() > MOST || literals > MOST_LITERALS {
                    return None;
                }
                let mut both = Vec::new();
                for one in &all {
                    both.extend(of_part.iter().map(|other| [one.as_slice(), other].concat()));
                }
                all = both;
            }
            Some(all)
        }
    }
}

fn is_possible(literals: &[Literal<'_>], skills: &BTreeMap<Key, Skill>) -> bool {
    literals.iter().all(|(atom, must)| {
        let about = |other: &&Literal<'_>| is_about_the_same(atom, other.0);
        let alike: Vec<Literal<'_>> = literals.iter().filter(about).copied().collect();
        match atom {
            Atom::Level { skill, .. } => {
                let highest = skills.get(skill).map_or(Proficiency::MAX, |skill| skill.levels);
                (0..=highest).any(|level| all_hold(&alike, Some(level.into()), None))
            }
            Atom::Number { .. } => {
                // Nothing changes between the numbers that are named and their neighbors.
                let named = alike.iter().filter_map(|(atom, _)| match atom {
                    Atom::Number { number, .. } => Some(*number),
                    _ => None,
                });
                let near = |n: u32| [n.saturating_sub(1), n, n.saturating_add(1)];
                let mut numbers = named.flat_map(near).map(Some).chain([None]);
                numbers.any(|number| all_hold(&alike, number, None))
            }
            // Somebody speaks several: only what must not hold may stand in the way of each that must.
            Atom::Text { attribute: TextAttribute::Language, among } => {
                let excluded =
                    |tag: &String| alike.iter().any(|(atom, holds)| !holds && names(atom, tag));
                !must || among.iter().any(|tag| !excluded(tag))
            }
            Atom::Text { .. } => {
                let named = alike.iter().filter_map(|(atom, _)| match atom {
                    Atom::Text { among, .. } => Some(among),
                    _ => None,
                });
                let named: BTreeSet<&String> = named.flatten().collect();
                let mut texts = named.into_iter().map(|text| Some(text.as_str())).chain([None]);
                texts.any(|text| all_hold(&alike, None, text))
            }
        }
    })
}

fn is_about_the_same(a: &Atom, b: &Atom) -> bool {
    match (a, b) {
        (Atom::Level { skill: a, .. }, Atom::Level { skill: b, .. }) => a == b,
        (Atom::Number { attribute: a, .. }, Atom::Number { attribute: b, .. }) => a == b,
        (Atom::Text { attribute: a, .. }, Atom::Text { attribute: b, .. }) => a == b,
        _ => false,
    }
}

fn names(atom: &Atom, tag: &str) -> bool {
    matches!(atom, Atom::Text { among, .. } if among.iter().any(|one| one.eq_ignore_ascii_case(tag)))
}

/// Whether all are as they must be for an agent who has this number or text.
fn all_hold(literals: &[Literal<'_>], number: Option<u32>, text: Option<&str>) -> bool {
    literals.iter().all(|(atom, must)| {
        let holds = match atom {
            Atom::Level { is, level, .. } => {
                number.is_some_and(|has| is.holds(has, (*level).into()))
            }
            Atom::Number { is, number: named, .. } => {
                number.is_some_and(|has| is.holds(has, *named))
            }
            Atom::Text { among, .. } => text.is_some_and(|has| among.contains(has)),
        };
        holds == *must
    })
}
