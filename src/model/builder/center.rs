//! The builder of the center itself.

use std::collections::BTreeMap;

use super::Draft;
use crate::id::Key;
use crate::model::validate::segment;
use crate::model::{
    AcrossQueues, Agent, Brand, Center, Channel, ChannelCapacity, Disposition, EntryPoint, Fault,
    Faults, Flow, Host, Hours, Limits, OrderPolicy, Policies, Queue, Reason, Rota, Site, Skill,
    Team, User, validate,
};

/// Builds a [`Center`] step by step; nothing is checked before [`CenterBuilder::build`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CenterBuilder {
    center: Center,
    faults: Vec<Fault>,
}

impl Center {
    /// Begins a center in code.
    ///
    /// # Examples
    /// ```
    /// use switchboard::model::{Agent, Center, EntryPoint, Queue};
    ///
    /// let center = Center::builder()
    ///     .queue("support", Queue::new())
    ///     .agent("ana", Agent::new("Ana"))
    ///     .entry_point("main", EntryPoint::voice("+34910000000").to_queue("support"))
    ///     .build()?;
    /// # Ok::<(), switchboard::model::Faults>(())
    /// ```
    pub fn builder() -> CenterBuilder {
        CenterBuilder::default()
    }
}

impl CenterBuilder {
    /// What people call the center.
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.center.name);
        self
    }

    /// IANA time zone of the center; UTC when not set.
    pub fn time_zone(mut self, zone: &str) -> Self {
        zone.clone_into(&mut self.center.time_zone);
        self
    }

    /// Adds a brand.
    pub fn brand(self, key: &str, brand: impl Into<Draft<Brand>>) -> Self {
        self.put("brands", |center| &mut center.brands, key, brand.into())
    }

    /// Adds a site.
    pub fn site(self, key: &str, site: impl Into<Draft<Site>>) -> Self {
        self.put("sites", |center| &mut center.sites, key, site.into())
    }

    /// Adds a team.
    pub fn team(self, key: &str, team: impl Into<Draft<Team>>) -> Self {
        self.put("teams", |center| &mut center.teams, key, team.into())
    }

    /// Adds a skill.
    pub fn skill(self, key: &str, skill: impl Into<Draft<Skill>>) -> Self {
        self.put("skills", |center| &mut center.skills, key, skill.into())
    }

    /// Adds a reason.
    pub fn reason(self, key: &str, reason: impl Into<Draft<Reason>>) -> Self {
        self.put("reasons", |center| &mut center.reasons, key, reason.into())
    }

    /// Adds a disposition.
    pub fn disposition(self, key: &str, disposition: impl Into<Draft<Disposition>>) -> Self {
        self.put("dispositions", |center| &mut center.dispositions, key, disposition.into())
    }

    /// Adds opening hours.
    pub fn hours(self, key: &str, hours: impl Into<Draft<Hours>>) -> Self {
        self.put("hours", |center| &mut center.hours, key, hours.into())
    }

    /// Adds a host; the host `app`, the embedding application, is there without being added.
    pub fn host(self, key: &str, host: Host) -> Self {
        self.put("hosts", |center| &mut center.hosts, key, host.into())
    }

    /// Adds a flow.
    pub fn flow(self, key: &str, flow: impl Into<Draft<Flow>>) -> Self {
        self.put("flows", |center| &mut center.flows, key, flow.into())
    }

    /// Adds a queue.
    pub fn queue(self, key: &str, queue: impl Into<Draft<Queue>>) -> Self {
        self.put("queues", |center| &mut center.queues, key, queue.into())
    }

    /// Adds a rota.
    pub fn rota(self, key: &str, rota: impl Into<Draft<Rota>>) -> Self {
        self.put("rotas", |center| &mut center.rotas, key, rota.into())
    }

    /// Adds an entry point.
    pub fn entry_point(self, key: &str, entry: impl Into<Draft<EntryPoint>>) -> Self {
        self.put("entry_points", |center| &mut center.entry_points, key, entry.into())
    }

    /// Adds an agent.
    pub fn agent(self, key: &str, agent: impl Into<Draft<Agent>>) -> Self {
        self.put("agents", |center| &mut center.agents, key, agent.into())
    }

    /// Adds somebody who gives commands and is no agent.
    pub fn user(self, key: &str, user: impl Into<Draft<User>>) -> Self {
        self.put("users", |center| &mut center.users, key, user.into())
    }

    /// Adds the number of an emergency service.
    pub fn emergency_number(mut self, number: &str) -> Self {
        self.center.emergency_numbers.push(number.to_owned());
        self
    }

    /// Units of work each agent can do at once; 100 when not set.
    pub fn budget(mut self, units: u32) -> Self {
        self.center.capacity.budget = units;
        self
    }

    /// What items of a channel cost; one that is not set takes the whole budget, one at a time.
    pub fn channel(mut self, channel: Channel, capacity: ChannelCapacity) -> Self {
        self.center.capacity.channels.insert(channel, capacity);
        self
    }

    /// Which waiting request goes first.
    pub fn order(mut self, order: OrderPolicy) -> Self {
        self.center.order = order;
        self
    }

    /// Which queue an agent serves who may serve several.
    pub fn across(mut self, across: AcrossQueues) -> Self {
        self.center.across = across;
        self
    }

    /// Changes rules of the whole center: `.policies(|p| p.offer_timeout = Duration::from_secs(15))`.
    pub fn policies(mut self, change: impl FnOnce(&mut Policies)) -> Self {
        change(&mut self.center.policies);
        self
    }

    /// Changes bounds of the whole center: `.limits(|l| l.participants = 8)`.
    pub fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.center.limits);
        self
    }

    /// The center, validated.
    ///
    /// # Errors
    /// All faults at once: texts that are no keys, keys given twice, and what [`validate`] finds.
    pub fn build(mut self) -> Result<Center, Faults> {
        self.faults.extend(validate(&self.center).err().into_iter().flatten());
        Faults::none_of(self.faults)?;
        Ok(self.center)
    }

    fn put<T>(
        mut self,
        part: &str,
        table: fn(&mut Center) -> &mut BTreeMap<Key, T>,
        key: &str,
        draft: Draft<T>,
    ) -> Self {
        let path = format!("{part}.{}", segment(key));
        let (object, faults) = draft.into_parts();
        for fault in faults {
            self.faults.push(Fault { path: format!("{path}.{}", fault.path), ..fault });
        }
        match (Key::new(key), object) {
            (Err(error), _) => self.faults.push(Fault { path, message: error.to_string() }),
            (Ok(key), Some(object)) => {
                if table(&mut self.center).insert(key, object).is_some() {
                    self.faults.push(Fault { path, message: "is given twice".to_owned() });
                }
            }
            (Ok(_), None) => {}
        }
        self
    }
}
