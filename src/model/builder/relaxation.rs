//! Constructors and setters of steps of relaxation.

use super::Draft;
use crate::id::Key;
use crate::model::{Guard, Queue, RelaxationStep, Requirement, StepMode};
use crate::time::Duration;

impl RelaxationStep {
    /// A step that a request takes so long after its entry into the queue.
    pub fn after(span: Duration) -> Draft<Self> {
        Draft::from(Self { after: Some(span), ..Self::default() })
    }

    /// A step that a request takes as soon as the guard holds.
    pub fn once(guard: Guard) -> Draft<Self> {
        Draft::from(Self { when: Some(guard), ..Self::default() })
    }
}

impl Draft<RelaxationStep> {
    /// It is passed over if this does not hold when it falls due.
    pub fn when(self, guard: Guard) -> Self {
        self.with(|step| step.when = Some(guard))
    }

    /// Whoever meets this may serve too, as text: `spanish >= 2`.
    pub fn or(self, requirement: &str) -> Self {
        self.asking(requirement, StepMode::Additive)
    }

    /// Whoever meets this may serve, and nobody else.
    pub fn instead(self, requirement: &str) -> Self {
        self.asking(requirement, StepMode::Replace)
    }

    fn asking(self, text: &str, mode: StepMode) -> Self {
        self.with_parsed("requirement", text, |step, requirement: Requirement| {
            (step.requirement, step.mode) = (Some(requirement), mode);
        })
    }

    /// Waiting credit that it gives.
    pub fn boost(self, credit: Duration) -> Self {
        self.with(|step| step.boost = credit)
    }

    /// Agents of this queue may serve too.
    pub fn add_queue(self, queue: &str) -> Self {
        self.with_parsed("add_queues", queue, |step, key: Key| step.add_queues.push(key))
    }

    /// Agents of this queue may serve no more.
    pub fn remove_queue(self, queue: &str) -> Self {
        self.with_parsed("remove_queues", queue, |step, key: Key| step.remove_queues.push(key))
    }
}

impl Draft<Queue> {
    /// What changes for a request that waits on, after the steps before.
    pub fn relax(mut self, step: Draft<RelaxationStep>) -> Self {
        let mut number = 0;
        self = self.with(|queue| number = queue.relaxation.len());
        self.with_part(&format!("relaxation.{number}"), step, |queue, step| {
            queue.relaxation.push(step);
        })
    }
}
