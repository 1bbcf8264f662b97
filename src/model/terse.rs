//! A center as a TOML table for people: without what stands at its default.

use serde::Serialize;
use toml::{Table, Value};

use super::{
    Agent, Brand, Center, Disposition, Flow, Host, Hours, Queue, Reason, Rota, Site, Skill, Team,
    User,
};

/// The table of a center; reading it gives the same center back.
pub(super) fn terse(center: &Center) -> Result<Table, toml::ser::Error> {
    let mut table = Table::try_from(center)?;
    leave_out(&mut table, &Table::try_from(Center::default())?);
    objects(&mut table, "brands", Brand::default())?;
    objects(&mut table, "hosts", Host::default())?;
    objects(&mut table, "sites", Site::default())?;
    objects(&mut table, "teams", Team::default())?;
    objects(&mut table, "skills", Skill::default())?;
    objects(&mut table, "reasons", Reason::default())?;
    objects(&mut table, "dispositions", Disposition::default())?;
    objects(&mut table, "hours", Hours::default())?;
    objects(&mut table, "flows", Flow::default())?;
    objects(&mut table, "queues", Queue::default())?;
    objects(&mut table, "rotas", Rota::default())?;
    objects(&mut table, "agents", Agent::default())?;
    objects(&mut table, "users", User::default())?;
    Ok(table)
}

/// Makes the objects of one part terse.
fn objects(table: &mut Table, part: &str, default: impl Serialize) -> Result<(), toml::ser::Error> {
    let default = Table::try_from(default)?;
    let objects = table.get_mut(part).and_then(Value::as_table_mut);
    for (_, object) in objects.into_iter().flatten() {
        if let Value::Table(object) = object {
            leave_out(object, &default);
        }
    }
    Ok(())
}

/// Rules that say all that follows: what they leave out is not the default's, so they are told whole or not at all.
const WHOLE: [&str; 2] = ["no_answer", "device_failure"];

/// Leaves out every value that is the default's, down into the tables that both have.
fn leave_out(table: &mut Table, default: &Table) {
    table.retain(|key, value| match (value, default.get(key)) {
        (Value::Table(inner), Some(Value::Table(default))) if !WHOLE.contains(&key) => {
            leave_out(inner, default);
            !inner.is_empty()
        }
        (value, Some(default)) => value != default,
        (_, None) => true,
    });
}
