//! Classes of requests: those that the same agents may serve. Requests of one queue under the same steps of
//! relaxation are of one class.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::atoms::Condition;
use super::bits::Bits;
use super::plan::QueuePlan;
use super::relaxing::Steps;
use super::signature::{Signature, Signatures};
use crate::id::QueueId;
use crate::model::{Calendar, NoAgents, StepMode};
use crate::time::Duration;

/// One step of a queue's relaxation, its references resolved.
#[derive(Clone, Debug)]
pub(crate) struct StepPlan {
    pub(crate) after: Option<Duration>,
    pub(crate) when: Option<GuardPlan>,
    pub(super) requirement: Option<(Condition, StepMode)>,
    pub(crate) boost: Duration,
    pub(super) add: Vec<QueueId>,
    pub(super) remove: Vec<QueueId>,
}

/// What must hold for a step to be taken.
#[derive(Clone, Debug)]
pub(crate) enum GuardPlan {
    Nobody(NoAgents),
    DepthOver(u32),
    PositionOver(u32),
    During(Calendar),
    ExpectedWaitOver(Duration),
}

/// Who may serve requests of a queue under some steps.
#[derive(Clone, Debug)]
struct Class {
    queue: QueueId,
    steps: Steps,
    /// Numbers of the signatures that may serve: of all teams together, or of each in its turn; those of other
    /// queues last.
    tiers: SmallVec<[Bits; 1]>,
}

/// Classes by number. Numbers hold as long as the engine runs, whatever becomes of the configuration; they appear in
/// no event and no hash.
#[derive(Clone, Debug, Default)]
pub(crate) struct Classes {
    all: Vec<Class>,
    numbers: BTreeMap<(QueueId, Steps), u32>,
    /// Those of configured queues under no step, by number of the queue: the way of most.
    unrelaxed: Vec<Option<u32>>,
}

impl Classes {
    /// The number of a class, and whether it is new: then nobody may serve it until it is matched.
    pub(super) fn intern(&mut self, queue: QueueId, steps: Steps) -> (u32, bool) {
        if let Some(number) = self.number(queue, steps) {
            return (number, false);
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(Class { queue, steps, tiers: SmallVec::new() });
        self.numbers.insert((queue, steps), number);
        (number, true)
    }

    pub(crate) fn number(&self, queue: QueueId, steps: Steps) -> Option<u32> {
        if steps == Steps::default()
            && let Some(number) = self.unrelaxed.get(queue.index()).copied().flatten()
        {
            return Some(number);
        }
        self.numbers.get(&(queue, steps)).copied()
    }

    /// What the number stands for.
    pub(crate) fn of(&self, number: usize) -> Option<(QueueId, Steps)> {
        self.all.get(number).map(|class| (class.queue, class.steps))
    }

    /// Numbers of the classes of a queue.
    pub(crate) fn of_queue(&self, queue: QueueId) -> impl Iterator<Item = u32> {
        let from_here = self.numbers.range((queue, Steps::default())..);
        from_here.take_while(move |((of, _), _)| *of == queue).map(|(_, number)| *number)
    }

    /// Numbers of the signatures that may serve the class, tier by tier; nothing where no request was of it yet.
    pub(crate) fn tiers(&self, queue: QueueId, steps: Steps) -> Option<&[Bits]> {
        let class = self.number(queue, steps).and_then(|number| self.all.get(number as usize));
        class.map(|class| class.tiers.as_slice())
    }

    /// Forgets who may serve; the queues that are configured have a class.
    pub(super) fn renew(&mut self, queues: &[Option<QueuePlan>]) {
        for class in &mut self.all {
            class.tiers.clear();
        }
        self.unrelaxed = Vec::with_capacity(queues.len());
        for (number, plan) in (0..).zip(queues) {
            let class = plan.as_ref().map(|_| self.intern(QueueId(number), Steps::default()).0);
            self.unrelaxed.push(class);
        }
    }

    /// Works out who may serve classes from number `class` on, with signatures from number `signature` on.
    pub(super) fn match_all(
        &mut self,
        (class, signature): (u32, u32),
        signatures: &mut Signatures,
        queues: &[Option<QueuePlan>],
    ) {
        for (of_agents, (signature, served)) in signatures.from(signature) {
            for (number, class) in self.all.iter_mut().enumerate().skip(class as usize) {
                if let Some(tier) = tier(queues, (class.queue, class.steps), signature) {
                    if class.tiers.len() <= tier {
                        class.tiers.resize(tier + 1, Bits::default());
                    }
                    if let Some(tier) = class.tiers.get_mut(tier) {
                        tier.insert(of_agents);
                    }
                    served.insert(number);
                }
            }
        }
    }
}

/// The turn in which agents of the signature serve a queue's requests under these steps, if they may.
pub(super) fn tier(
    queues: &[Option<QueuePlan>],
    class: (QueueId, Steps),
    signature: &Signature,
) -> Option<usize> {
    serves(queues, class, signature).map(|(tier, _)| tier)
}

/// The same, and the queue through which they do, where a step has added that.
pub(super) fn serves(
    queues: &[Option<QueuePlan>],
    (queue, steps): (QueueId, Steps),
    signature: &Signature,
) -> Option<(usize, Option<QueueId>)> {
    let plan_of = |queue: QueueId| queues.get(queue.index())?.as_ref();
    let plan = plan_of(queue)?;
    let mut met = plan.requirement.is_met_by(signature);
    let mut visible: SmallVec<[QueueId; 4]> = SmallVec::from_slice(&[queue]);
    for (_, step) in plan.steps.iter().enumerate().filter(|(place, _)| steps.contains(*place)) {
        if let Some((requirement, mode)) = &step.requirement {
            let anew = requirement.is_met_by(signature);
            met = anew || met && *mode == StepMode::Additive;
        }
        visible.retain(|queue| !step.remove.contains(queue));
        visible.extend(step.add.iter().copied());
    }
    let own = plan.tier_of(signature).filter(|_| met && visible.contains(&queue));
    own.map(|tier| (tier, None)).or_else(|| {
        let mut others = visible.iter().filter(|other| **other != queue);
        let serves = |other: &&QueueId| plan_of(**other).is_some_and(|plan| plan.admits(signature));
        others.find(serves).map(|via| (plan.tiers(), Some(*via)))
    })
}
