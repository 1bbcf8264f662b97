//! Events of requests and queues, and the waiting side of the index.

use super::Place;
use crate::id::{HostId, QueueId, RequestId};
use crate::message::{
    Outcome, QueueEvent, Replan, RequestCause, RequestEvent, RequestOpened, Side, Target, TimerId,
};
use crate::state::{
    Announcing, Left, Rare, Relaxing, Request, RequestState, ServiceKey, State, Steps, WaitingKey,
    Woken,
};
use crate::time::Timestamp;

impl State {
    pub(super) fn apply_request(&mut self, place: Place, event: &RequestEvent) {
        match event {
            RequestEvent::Opened(opened) => {
                self.open_request(opened);
                self.note_fact_of_request(place, opened.id);
            }
            RequestEvent::Reordered { id, boost, due_at } => self.refile_request(*id, |request| {
                request.boost = *boost;
                request.prioritized = true;
                request.due_at = *due_at;
            }),
            RequestEvent::Ended { id, outcome } => {
                self.note_fact_of_request(place, *id);
                self.note_answered(place, *id, outcome);
                self.note_left(place, *id, outcome);
                self.learn_wait(place, *id, outcome);
                self.end_request(*id, outcome);
            }
            RequestEvent::ExclusionEnded { id, agent } => {
                self.timers.clear(&TimerId::Exclusion(*id, *agent));
                if let Some(request) = self.requests.get_mut(id.bits()) {
                    request.exclusions.retain(|(excluded, _)| excluded != agent);
                    self.index.wake(Woken::Request(*id));
                }
            }
            RequestEvent::Retargeted { id, target, wait_until } => {
                self.unfile_request(*id);
                if let Some(request) = self.requests.get_mut(id.bits()) {
                    request.target = target.clone();
                    request.wait_until = *wait_until;
                    self.set_timer(TimerId::QueueWait(*id), *wait_until);
                }
                self.file_request(*id);
            }
            RequestEvent::Announcing { id, next, told } => {
                if self.requests.get(id.bits()).is_some() {
                    self.set_announcing(*id, *next, *told);
                }
            }
            RequestEvent::Late { id, rank } => {
                self.refile_request(*id, |request| request.rank = *rank);
                self.set_late_at(*id, None);
            }
            RequestEvent::Excluded { id, agent, until } => self.exclude(*id, *agent, *until),
            RequestEvent::Rings { id, most, grows_at } => self.set_group(*id, *most, *grows_at),
            RequestEvent::Relaxed { id, steps, decided, at, guarded, credit, due_at } => {
                self.unfile_request(*id);
                let in_force = Steps::numbered(steps.iter().copied());
                let (decided, at, guarded, credit) = (*decided, *at, *guarded, *credit);
                let row =
                    Relaxing { id: *id, in_force, credit, decided, at, guarded, stale: false };
                if let Some(request) = self.requests.get_mut(id.bits()) {
                    request.due_at = *due_at;
                    let queue = request.queue;
                    self.relax(queue, row);
                }
                self.file_request(*id);
            }
            RequestEvent::Estimated { id, estimate } => {
                if let Some(request) = self.requests.get_mut(id.bits()) {
                    request.expected = Some(Box::new(*estimate));
                }
            }
        }
    }

    /// Changes what the request is filed by.
    fn refile_request(&mut self, id: RequestId, change: impl FnOnce(&mut Request)) {
        self.unfile_request(id);
        if let Some(request) = self.requests.get_mut(id.bits()) {
            change(request);
        }
        self.file_request(id);
    }

    /// Notes when the request falls behind those who are not late.
    fn set_late_at(&mut self, id: RequestId, at: Option<Timestamp>) {
        match at {
            Some(at) => {
                self.late_at.insert(id, at);
                self.timers.set(TimerId::Late(id), at);
            }
            None => {
                if self.late_at.remove(&id).is_some() {
                    self.timers.clear(&TimerId::Late(id));
                }
            }
        }
    }

    /// Writes down how far the relaxation of a request is.
    fn relax(&mut self, queue: QueueId, row: Relaxing) {
        self.set_timer(TimerId::Relaxation(row.id), row.at);
        self.note_guarded(queue, &row);
        self.relaxing.insert(row);
    }

    fn open_request(&mut self, opened: &RequestOpened) {
        let request = Request {
            id: opened.id,
            interaction: opened.interaction,
            queue: opened.home_queue,
            channel: opened.channel,
            cause: opened.cause,
            target: opened.target.clone(),
            attempt: opened.attempt,
            customer_wait_since: opened.customer_wait_since,
            queue_entered_at: opened.queue_entered_at,
            order_at: opened.order_at,
            boost: opened.boost,
            prioritized: false,
            service_target: opened.service_target,
            rank: opened.rank,
            due_at: opened.due_at,
            wait_until: opened.wait_until,
            state: RequestState::Waiting,
            exclusions: Rare::default(),
            expected: None,
        };
        self.requests.insert(request);
        if !opened.cause.is_of_agent()
            && let Some(interaction) = self.interactions.get_mut(opened.interaction.bits())
        {
            interaction.request = Some(opened.id);
        }
        if !opened.cause.is_of_agent() {
            self.note_mailbox(opened.interaction, opened.home_queue);
        }
        self.note_promise_waits(opened);
        self.note_asked(opened);
        self.nobody_is_silent(opened);
        self.keep_from_transferor(opened);
        if let Some(queue) = self.queues.get_mut(u128::from(opened.home_queue.0)) {
            queue.depth += 1;
            queue.promises += u32::from(opened.cause == RequestCause::Callback);
        }
        self.look_at_guards(opened.home_queue);
        self.set_timer(TimerId::QueueWait(opened.id), opened.wait_until);
        self.set_late_at(opened.id, opened.late_at);
        self.file_request(opened.id);
    }

    /// Remembers who has answered the customer, where that makes the agent a preferred one.
    fn note_answered(&mut self, place: Place, id: RequestId, outcome: &Outcome) {
        let Outcome::Answered { agent, .. } = outcome else { return };
        self.note_came_and_answered(id);
        let request = self.requests.get(id.bits()).filter(|r| !r.cause.is_of_agent());
        let Some(request) = request.filter(|_| self.config.remembers_agents) else { return };
        let row = self.interactions.get(request.interaction.bits());
        if let Some(conversation) = row.map(|row| row.conversation)
            && let Some(row) = self.conversations.get_mut(conversation.bits())
        {
            row.learned().answered = Some((*agent, place.happened));
        }
    }

    /// Remembers the place of a customer who has hung up, where the queue gives it back, and forgets it when somebody
    /// has answered.
    fn note_left(&mut self, place: Place, id: RequestId, outcome: &Outcome) {
        let request = self.requests.get(id.bits()).filter(|r| !r.cause.is_of_agent());
        let Some(request) = request else { return };
        let gives_back =
            self.config.queue(request.queue).is_some_and(|plan| plan.resume_within.is_some());
        let left = match outcome {
            Outcome::Abandoned { .. } if gives_back => {
                Some(Left { queue: request.queue, order_at: request.order_at, at: place.happened })
            }
            Outcome::Answered { .. } if gives_back => None,
            _ => return,
        };
        let row = self.interactions.get(request.interaction.bits());
        if let Some(conversation) = row.map(|row| row.conversation)
            && let Some(row) = self.conversations.get_mut(conversation.bits())
            && (left.is_some() || row.learned.is_some())
        {
            row.learned().left = left;
        }
    }

    /// Notes when whoever waits is told something next.
    fn set_announcing(&mut self, id: RequestId, next: Option<Timestamp>, told: Option<u32>) {
        match next {
            Some(next) => {
                self.announcing.insert(id, Announcing { next, told });
                self.timers.set(TimerId::Announcement(id), next);
            }
            None => {
                if self.announcing.remove(&id).is_some() {
                    self.timers.clear(&TimerId::Announcement(id));
                }
            }
        }
    }

    fn end_request(&mut self, id: RequestId, outcome: &Outcome) {
        self.unfile_request(id);
        let Some(request) = self.requests.remove(id.bits()) else { return };
        self.timers.clear(&TimerId::QueueWait(id));
        self.set_late_at(id, None);
        self.set_announcing(id, None, None);
        self.asked_back.remove(&id);
        self.drop_group(id);
        if self.relaxing.remove(id.bits()).is_some() {
            self.timers.clear(&TimerId::Relaxation(id));
            self.guarded_no_more(request.queue, id);
        }
        for (agent, _) in request.exclusions.iter() {
            self.timers.clear(&TimerId::Exclusion(id, *agent));
        }
        if let Some(queue) = self.queues.get_mut(u128::from(request.queue.0)) {
            queue.depth = queue.depth.saturating_sub(1);
            let promise = u32::from(request.cause == RequestCause::Callback);
            queue.promises = queue.promises.saturating_sub(promise);
        }
        if let Some(interaction) = self.interactions.get_mut(request.interaction.bits()) {
            if interaction.request == Some(id) {
                interaction.request = None;
            }
            let by = match outcome {
                Outcome::Withdrawn { .. } => Side::Command,
                _ => Side::Engine,
            };
            self.left.push((request.interaction, by));
        }
        self.note_served(&request, outcome);
        self.note_asked_no_more(&request);
    }

    pub(super) fn replan_request(&mut self, plan: &Replan) {
        self.unfile_request(plan.id);
        let Some(request) = self.requests.get_mut(plan.id.bits()) else { return };
        request.service_target = plan.service_target;
        request.boost = plan.boost;
        request.rank = plan.rank;
        request.due_at = plan.due_at;
        request.wait_until = plan.wait_until;
        request.target.clone_from(&plan.target);
        // While an agent is alerted the bound rests.
        if request.state == RequestState::Waiting {
            self.set_timer(TimerId::QueueWait(plan.id), plan.wait_until);
        }
        self.set_late_at(plan.id, plan.late_at);
        self.file_request(plan.id);
    }

    /// Its key among those that wait.
    const fn waiting_key(request: &Request) -> WaitingKey {
        (request.due_at, request.id)
    }

    /// The place of a waiting request in the order of service.
    pub(crate) fn service_key(&self, id: RequestId) -> Option<ServiceKey> {
        let request = self.request(id).filter(|request| self.wants_agents(request))?;
        Some(request.service_key())
    }

    /// Puts a waiting request into the index, unless its host is away.
    pub(in crate::state) fn file_request(&mut self, id: RequestId) {
        let Some(request) = self.requests.get(id.bits()) else { return };
        let up = self.interactions.get(request.interaction.bits()).is_some_and(|interaction| {
            self.hosts
                .get(u128::from(interaction.host.0))
                .is_some_and(super::super::HostState::is_up)
        });
        if self.awaits_customer(request) {
            if up && !self.is_stale(id) {
                self.note_awaited(id);
            }
        } else if self.wants_agents(request) && up && !self.is_stale(id) {
            let (band, key, queue) = (request.band(), Self::waiting_key(request), request.queue);
            match &request.target {
                Target::Agents(agents) | Target::Preferred(agents) => {
                    self.index.add_direct(agents, request.service_key());
                }
                Target::Claim => {}
                Target::Queue | Target::Requirement(_) => {
                    let steps = self.in_force(request);
                    let class = self.config.class(queue, steps);
                    self.index.add_request(class, band, key);
                    self.note_long_wait(id, key);
                }
            }
            // Also by whoever waits for agents by name: its place among the others may be another one.
            self.look_at_guards(queue);
        }
    }

    pub(in crate::state) fn unfile_request(&mut self, id: RequestId) {
        if let Some(request) = self.requests.get(id.bits()) {
            if self.awaits_customer(request) {
                return self.awaited_no_more(id);
            }
            let (band, key, queue) = (request.band(), Self::waiting_key(request), request.queue);
            match &request.target {
                Target::Agents(agents) | Target::Preferred(agents) => {
                    self.index.remove_direct(agents, request.service_key());
                }
                Target::Claim => {}
                Target::Queue | Target::Requirement(_) => {
                    if let Some(class) =
                        self.config.classes.number(request.queue, self.in_force(request))
                    {
                        self.index.remove_request(class, band, key);
                    }
                    self.no_long_wait(id, key);
                }
            }
            self.look_at_calls(queue);
        }
    }

    pub(super) fn refresh_requests_of_host(&mut self, host: HostId) {
        self.refile_requests(|state, request| {
            state.interaction(request.interaction).is_some_and(|row| row.host == host)
        });
    }

    /// Files some requests anew, for what they are filed by has changed.
    pub(super) fn refile_requests(&mut self, which: impl Fn(&Self, &Request) -> bool) {
        let which = |request: &&Request| which(self, request);
        let mut ids: Vec<RequestId> =
            self.requests.iter().filter(which).map(|request| request.id).collect();
        ids.sort_unstable();
        for id in ids {
            self.unfile_request(id);
            self.file_request(id);
        }
    }

    pub(super) fn apply_queue(&mut self, event: &QueueEvent) {
        match event {
            QueueEvent::OpenChanged { queue, open, next_change } => {
                if let Some(row) = self.queues.get_mut(u128::from(queue.0)) {
                    row.open = *open;
                    row.next_change = *next_change;
                }
                self.set_timer(TimerId::QueueHours(*queue), *next_change);
            }
            QueueEvent::Switched { queue, switch, until } => {
                if let Some(row) = self.queues.get_mut(u128::from(queue.0)) {
                    row.switch = *switch;
                    row.switch_until = *until;
                }
                self.set_timer(TimerId::QueueSwitch(*queue), *until);
            }
            QueueEvent::Unstaffed { queue, until } => {
                if let Some(row) = self.queues.get_mut(u128::from(queue.0)) {
                    row.unstaffed_until = Some(*until);
                }
                self.set_timer(TimerId::QueueUnstaffed(*queue), Some(*until));
            }
            QueueEvent::UnstaffedEnded { queue } => {
                if let Some(row) = self.queues.get_mut(u128::from(queue.0)) {
                    row.unstaffed_until = None;
                }
                self.set_timer(TimerId::QueueUnstaffed(*queue), None);
            }
            QueueEvent::IncidentSet { scope, action, until } => {
                match action {
                    Some(action) => self.incidents.insert(*scope, (action.clone(), *until)),
                    None => self.incidents.remove(scope),
                };
                self.set_timer(TimerId::Incident(*scope), *until);
            }
            QueueEvent::Announced { .. } => {}
            QueueEvent::Scored { queue, scores } => {
                for (agent, score) in scores {
                    self.set_score(*queue, *agent, *score);
                }
            }
        }
    }
}
