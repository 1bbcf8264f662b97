//! Random requirements, as trees that are not canonical: drawn as numbers, resolved within a center.
//!
//! A tree says by itself whether an agent meets it, and writes itself in words that no canonical text has.
#![allow(dead_code)] // each test uses its part

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use switchboard::id::Key;
use switchboard::model::*;

use super::pick;

const COMPARISONS: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Below,
    Comparison::AtMost,
    Comparison::Above,
    Comparison::AtLeast,
];

/// Values of the attribute `tier` and languages, small enough that agents have some of them.
pub(crate) const TIERS: [&str; 3] = ["gold-desk", "say \"hi\"", "back\\slash `tick`"];
pub(crate) const LANGUAGES: [&str; 3] = ["es-ES", "en", "pt-BR"];

#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Level(u16, Comparison, u8),
    Number(NumberAttribute, Comparison, u32),
    Site(Vec<u16>),
    Team(Vec<u16>),
    Agent(Vec<u16>),
    Language(String),
    Tier(String),
    Not(Box<Tree>),
    Any(Vec<Tree>),
    All(Vec<Tree>),
}

pub(crate) fn tree() -> impl Strategy<Value = Tree> {
    let is = || select(COMPARISONS.to_vec());
    let number = select(vec![NumberAttribute::Tenure, NumberAttribute::Cost]);
    let names = || vec(any::<u16>(), 0..3);
    let leaf = prop_oneof![
        4 => (any::<u16>(), is(), any::<u8>()).prop_map(|(n, is, level)| Tree::Level(n, is, level)),
        2 => (number, is(), 0..8_u32).prop_map(|(of, is, number)| Tree::Number(of, is, number)),
        1 => names().prop_map(Tree::Site),
        1 => names().prop_map(Tree::Team),
        1 => names().prop_map(Tree::Agent),
        1 => select(vec!["es-es", "EN", "de"]).prop_map(|tag| Tree::Language(tag.to_owned())),
        1 => select(TIERS.to_vec()).prop_map(|tier| Tree::Tier(tier.to_owned())),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|part| Tree::Not(Box::new(part))),
            vec(inner.clone(), 0..4).prop_map(Tree::Any),
            vec(inner, 0..4).prop_map(Tree::All),
        ]
    })
}

fn picked<T>(table: &std::collections::BTreeMap<Key, T>, numbers: &[u16]) -> BTreeSet<String> {
    numbers.iter().filter_map(|n| pick(table, *n)).map(|key| key.to_string()).collect()
}

fn skill_and_level(center: &Center, skill: u16, is: Comparison, level: u8) -> Option<(Key, u8)> {
    let skill = pick(&center.skills, skill)?;
    let least = u8::from(is == Comparison::AtLeast);
    let level = least + level % (center.skills[&skill].levels + 1 - least);
    Some((skill, level))
}

impl Tree {
    /// The requirement; what the center does not have is asked of nobody.
    pub(crate) fn requirement(&self, center: &Center) -> Requirement {
        let text = |attribute, among| Atom::Text { attribute, among }.into();
        match self {
            Self::Level(skill, is, level) => match skill_and_level(center, *skill, *is, *level) {
                Some((skill, level)) => Atom::Level { skill, is: *is, level }.into(),
                None => Requirement::anybody(),
            },
            Self::Number(attribute, is, number) => {
                Atom::Number { attribute: *attribute, is: *is, number: *number }.into()
            }
            Self::Site(names) => text(TextAttribute::Site, picked(&center.sites, names)),
            Self::Team(names) => text(TextAttribute::Team, picked(&center.teams, names)),
            Self::Agent(names) => text(TextAttribute::Agent, picked(&center.agents, names)),
            Self::Language(tag) => text(TextAttribute::Language, [tag.clone()].into()),
            Self::Tier(tier) => {
                text(TextAttribute::Custom(Key::new("tier").unwrap()), [tier.clone()].into())
            }
            Self::Not(part) => !part.requirement(center),
            Self::Any(parts) => Requirement::any(parts.iter().map(|part| part.requirement(center))),
            Self::All(parts) => Requirement::all(parts.iter().map(|part| part.requirement(center))),
        }
    }

    /// Whether the agent meets it: the words of the model's page, once more.
    pub(crate) fn is_met_by(&self, center: &Center, key: &Key, agent: &Agent) -> bool {
        let is_one = |names: BTreeSet<String>, has: Option<&Key>| {
            has.is_some_and(|has| names.contains(has.as_str()))
        };
        match self {
            Self::Level(skill, is, level) => {
                let asked = skill_and_level(center, *skill, *is, *level);
                asked.is_none_or(|(skill, level)| {
                    compares(agent.skills.get(&skill).map_or(0, |n| (*n).into()), *is, level.into())
                })
            }
            Self::Number(attribute, is, number) => {
                let has = match attribute {
                    NumberAttribute::Tenure => agent.tenure,
                    _ => agent.cost,
                };
                has.is_some_and(|has| compares(has, *is, *number))
            }
            Self::Site(names) => {
                let team = agent.team.as_ref().map(|team| &center.teams[team]);
                let site = agent.site.as_ref().or_else(|| team.and_then(|team| team.site.as_ref()));
                is_one(picked(&center.sites, names), site)
            }
            Self::Team(names) => is_one(picked(&center.teams, names), agent.team.as_ref()),
            Self::Agent(names) => is_one(picked(&center.agents, names), Some(key)),
            Self::Language(tag) => {
                agent.languages.iter().any(|has| has.to_lowercase() == tag.to_lowercase())
            }
            Self::Tier(tier) => agent.attributes.get("tier") == Some(tier),
            Self::Not(part) => !part.is_met_by(center, key, agent),
            Self::Any(parts) => parts.iter().any(|part| part.is_met_by(center, key, agent)),
            Self::All(parts) => parts.iter().all(|part| part.is_met_by(center, key, agent)),
        }
    }

    /// A text of it with every parenthesis, in the order of the tree.
    pub(crate) fn text(&self, center: &Center) -> String {
        let joined = |parts: &[Self], word: &str, none: &str| match parts {
            [] => none.to_owned(),
            parts => {
                let parts: Vec<String> =
                    parts.iter().map(|part| format!("({})", part.text(center))).collect();
                parts.join(word)
            }
        };
        match self {
            Self::Not(part) => format!("not  not not ({})", part.text(center)),
            Self::Any(parts) => joined(parts, "\nor ", "nobody"),
            Self::All(parts) => joined(parts, "\tand ", "(anybody)"),
            leaf => leaf.requirement(center).to_string(),
        }
    }
}

fn compares(a: u32, is: Comparison, b: u32) -> bool {
    match is {
        Comparison::Equal => a == b,
        Comparison::NotEqual => a != b,
        Comparison::Below => a < b,
        Comparison::AtMost => a <= b,
        Comparison::Above => a > b,
        _ => a >= b,
    }
}
