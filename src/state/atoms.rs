//! What queues ask of agents, taken apart into statements that are numbered once. An agent is to routing what
//! holds of these and nothing else.

use std::collections::BTreeMap;

use super::ranking::Grade;
use super::signature::Signature;
use crate::id::Key;
use crate::model::{
    Agent, Atom, Center, Comparison, Expression, NumberAttribute, Proficiency, Requirement,
    TextAttribute,
};

/// A requirement over numbers of statements.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Atom(usize),
    Not(Box<Self>),
    Any(Vec<Self>),
    All(Vec<Self>),
}

impl Condition {
    pub(super) fn is_met_by(&self, signature: &Signature) -> bool {
        match self {
            Self::Atom(number) => signature.holds(*number),
            Self::Not(part) => !part.is_met_by(signature),
            Self::Any(parts) => parts.iter().any(|part| part.is_met_by(signature)),
            Self::All(parts) => parts.iter().all(|part| part.is_met_by(signature)),
        }
    }
}

/// All statements that requirements refer to, by what they are about: whoever is looked at is looked up once,
/// however many statements there are.
#[derive(Clone, Debug, Default)]
pub(super) struct Atoms {
    numbers: BTreeMap<Atom, usize>,
    levels: BTreeMap<Key, Vec<(Comparison, Proficiency, usize)>>,
    sums: Vec<(NumberAttribute, Comparison, u32, usize)>,
    texts: BTreeMap<TextAttribute, BTreeMap<String, Vec<usize>>>,
    /// What holds of an agent who has nothing.
    bare: Signature,
    grades: Vec<Grade>,
}

impl Atoms {
    /// The requirement over numbers; statements that are new get the next ones.
    pub(super) fn condition(&mut self, requirement: &Requirement) -> Condition {
        match requirement.expression() {
            Expression::Any(parts) => Condition::Any(self.conditions(parts)),
            Expression::All(parts) => Condition::All(self.conditions(parts)),
            Expression::Not(part) => Condition::Not(Box::new(self.condition(part))),
            Expression::Atom(atom) => Condition::Atom(self.number(atom)),
        }
    }

    fn conditions(&mut self, parts: &[Requirement]) -> Vec<Condition> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    /// The number of the statement that an agent is of the team.
    pub(super) fn team(&mut self, team: &Key) -> usize {
        let among = [team.as_str().to_owned()].into();
        self.number(&Atom::Text { attribute: TextAttribute::Team, among })
    }

    /// The number of the statement that an agent is of the site.
    pub(super) fn site(&mut self, site: &Key) -> usize {
        let among = [site.as_str().to_owned()].into();
        self.number(&Atom::Text { attribute: TextAttribute::Site, among })
    }

    /// The number of a grade.
    pub(super) fn grade(&mut self, grade: Grade) -> usize {
        if let Some(number) = self.grades.iter().position(|other| *other == grade) {
            return number;
        }
        self.grades.push(grade);
        self.grades.len() - 1
    }

    fn number(&mut self, atom: &Atom) -> usize {
        if let Some(number) = self.numbers.get(atom) {
            return *number;
        }
        let number = self.numbers.len();
        self.numbers.insert(atom.clone(), number);
        self.bare.make_room(number);
        match atom {
            Atom::Level { skill, is, level } => {
                self.levels.entry(skill.clone()).or_default().push((*is, *level, number));
                self.bare.set(number, is.holds(0, (*level).into()));
            }
            Atom::Number { attribute, is, number: with } => {
                self.sums.push((*attribute, *is, *with, number));
            }
            Atom::Text { attribute, among } => {
                let of_attribute = self.texts.entry(attribute.clone()).or_default();
                for text in among {
                    of_attribute
                        .entry(attribute.filed(text).into_owned())
                        .or_default()
                        .push(number);
                }
            }
        }
        number
    }

    /// What holds of the agent.
    pub(super) fn signature(&self, center: &Center, key: &Key, agent: &Agent) -> Signature {
        let mut signature = self.bare.clone();
        signature.set_grades(self.grades.iter().map(|grade| grade.of(key, agent)));
        for (skill, has) in &agent.skills {
            for (is, level, number) in self.levels.get(skill).into_iter().flatten() {
                signature.set(*number, is.holds((*has).into(), (*level).into()));
            }
        }
        for (attribute, is, with, number) in &self.sums {
            signature.set(*number, attribute.of(agent).is_some_and(|has| is.holds(has, *with)));
        }
        for (attribute, filed) in &self.texts {
            attribute.each_of(center, key, agent, |text| {
                for number in filed.get(text).into_iter().flatten() {
                    signature.set(*number, true);
                }
            });
        }
        signature
    }
}
