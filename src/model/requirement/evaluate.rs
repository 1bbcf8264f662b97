//! Whether an agent meets a requirement, from the configuration alone. The engine asks once for all agents who
//! are alike; this is what it must agree with.

use std::borrow::Cow;

use super::{Atom, Expression, NumberAttribute, Requirement, TextAttribute};
use crate::id::Key;
use crate::model::{Agent, Center, GroupBy, Queue};

impl Requirement {
    /// Whether the agent with this key would meet it in the center, which says of what site a team is.
    pub fn is_met_by(&self, center: &Center, key: &Key, agent: &Agent) -> bool {
        match &self.0 {
            Expression::Atom(atom) => atom.holds_for(center, key, agent),
            Expression::Not(part) => !part.is_met_by(center, key, agent),
            Expression::Any(parts) => parts.iter().any(|part| part.is_met_by(center, key, agent)),
            Expression::All(parts) => parts.iter().all(|part| part.is_met_by(center, key, agent)),
        }
    }

    /// All its statements, in order.
    pub fn atoms(&self) -> Vec<&Atom> {
        let mut atoms = Vec::new();
        self.collect(&mut atoms);
        atoms
    }

    fn collect<'a>(&'a self, atoms: &mut Vec<&'a Atom>) {
        match &self.0 {
            Expression::Atom(atom) => atoms.push(atom),
            Expression::Not(part) => part.collect(atoms),
            Expression::Any(parts) | Expression::All(parts) => {
                for part in parts {
                    part.collect(atoms);
                }
            }
        }
    }

    /// Whether it names such an agent.
    pub(in crate::model) fn names_agent(&self, such: &impl Fn(&str) -> bool) -> bool {
        self.atoms().into_iter().any(|atom| match atom {
            Atom::Text { attribute: TextAttribute::Agent, among } => {
                among.iter().any(|key| such(key))
            }
            _ => false,
        })
    }

    /// The same without agents by these keys among those that it names: the same for all others.
    pub(in crate::model) fn without_agents(&self, gone: &impl Fn(&str) -> bool) -> Self {
        match &self.0 {
            Expression::Atom(Atom::Text { attribute: TextAttribute::Agent, among }) => {
                let among = among.iter().filter(|key| !gone(key)).cloned().collect();
                Self::from(Atom::Text { attribute: TextAttribute::Agent, among })
            }
            Expression::Atom(_) => self.clone(),
            Expression::Not(part) => !part.without_agents(gone),
            Expression::Any(parts) => Self::any(parts.iter().map(|part| part.without_agents(gone))),
            Expression::All(parts) => Self::all(parts.iter().map(|part| part.without_agents(gone))),
        }
    }
}

impl Atom {
    fn holds_for(&self, center: &Center, key: &Key, agent: &Agent) -> bool {
        match self {
            Self::Level { skill, is, level } => {
                let has = agent.skills.get(skill).copied().unwrap_or(0);
                is.holds(has.into(), (*level).into())
            }
            Self::Number { attribute, is, number } => {
                attribute.of(agent).is_some_and(|has| is.holds(has, *number))
            }
            Self::Text { attribute: TextAttribute::Language, among } => {
                let speaks = |tag: &String| {
                    agent.languages.iter().any(|language| language.eq_ignore_ascii_case(tag))
                };
                among.iter().any(speaks)
            }
            Self::Text { attribute, among } => {
                let has = match attribute {
                    TextAttribute::Agent => Some(key.as_str()),
                    TextAttribute::Site => agent.site_in(center).map(Key::as_str),
                    TextAttribute::Team => agent.team.as_ref().map(Key::as_str),
                    TextAttribute::Custom(name) => agent.attributes.get(name).map(String::as_str),
                    TextAttribute::Language => None,
                };
                has.is_some_and(|has| among.contains(has))
            }
        }
    }
}

impl NumberAttribute {
    /// The agent's.
    pub(crate) const fn of(self, agent: &Agent) -> Option<u32> {
        match self {
            Self::Tenure => agent.tenure,
            Self::Cost => agent.cost,
        }
    }
}

impl TextAttribute {
    /// Looks at each text that the agent has there, as it is filed.
    pub(crate) fn each_of(
        &self,
        center: &Center,
        key: &Key,
        agent: &Agent,
        mut look: impl FnMut(&str),
    ) {
        let one = match self {
            Self::Agent => Some(key.as_str()),
            Self::Site => agent.site_in(center).map(Key::as_str),
            Self::Team => agent.team.as_ref().map(Key::as_str),
            Self::Custom(name) => agent.attributes.get(name).map(String::as_str),
            Self::Language => {
                for tag in &agent.languages {
                    look(&self.filed(tag));
                }
                None
            }
        };
        if let Some(text) = one {
            look(text);
        }
    }

    /// The text under which all that are the same to the attribute are found.
    pub(crate) fn filed<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self {
            Self::Language => Cow::Owned(text.to_ascii_lowercase()),
            _ => Cow::Borrowed(text),
        }
    }
}

impl Queue {
    /// Whether the agent with this key may serve the queue: meets what it asks, and is of one of its groups where
    /// only they serve.
    pub fn admits(&self, center: &Center, key: &Key, agent: &Agent) -> bool {
        self.has_in_group(center, agent) && self.requirement.is_met_by(center, key, agent)
    }

    /// Whether the agent is of one of its groups, where only they serve.
    pub(crate) fn has_in_group(&self, center: &Center, agent: &Agent) -> bool {
        let Some((by, groups)) = self.groups.parts() else { return true };
        let own = match by {
            GroupBy::Team => agent.team.as_ref(),
            GroupBy::Site => agent.site_in(center),
        };
        groups.iter().any(|(group, _)| own == Some(*group))
    }
}
