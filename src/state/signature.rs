//! Who may serve which queue: worked out once for all agents who are alike, never in a decision.

use std::sync::Arc;

use smallvec::SmallVec;

use super::bits::Bits;
use super::hash::Map;
use super::plan::QueuePlan;
use crate::id::{SkillId, TeamId};

/// All that queues ask of an agent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Signature {
    pub(crate) skills: SmallVec<[(SkillId, u8); 6]>,
    pub(crate) team: Option<TeamId>,
}

impl Signature {
    pub(crate) fn level(&self, skill: SkillId) -> u8 {
        self.skills.iter().find(|(s, _)| *s == skill).map_or(0, |(_, level)| *level)
    }
}

/// Signatures by number, with the queues that each may serve. Numbers hold until the configuration is
/// compiled anew; they appear in no event and no hash.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signatures {
    all: Vec<(Arc<Signature>, Bits)>,
    numbers: Map<Arc<Signature>, u32>,
}

impl Signatures {
    /// The signature as it is kept, its number, and whether it is new.
    pub(super) fn intern(&mut self, signature: Signature) -> (Arc<Signature>, u32, bool) {
        if let Some((known, number)) = self.numbers.get_key_value(&signature) {
            return (Arc::clone(known), *number, false);
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let kept = Arc::new(signature);
        self.all.push((Arc::clone(&kept), Bits::default()));
        self.numbers.insert(Arc::clone(&kept), number);
        (kept, number, true)
    }

    /// Works out which queues may be served with signatures from number `first` on.
    pub(super) fn match_queues(&mut self, first: u32, queues: &mut [Option<QueuePlan>]) {
        for (number, (signature, served)) in self.all.iter_mut().enumerate().skip(first as usize) {
            for (queue, plan) in queues.iter_mut().enumerate() {
                if plan.as_mut().is_some_and(|plan| plan.note(number, signature)) {
                    served.insert(queue);
                }
            }
        }
    }

    /// The queues that agents of the signature may serve.
    pub(crate) fn queues(&self, number: u32) -> Option<&Bits> {
        self.all.get(number as usize).map(|(_, queues)| queues)
    }
}
