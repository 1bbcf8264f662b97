//! A phone rings in vain.

use switchboard::message::CommandBody;

use super::finishes;
use crate::floor::key;
use crate::story::Tale;

pub(crate) const TEXT: &str = "\
A customer calls. Ana has been idle longest, so her phone rings first, but she is not at her desk.
An offer is a lease with a deadline: when it ends, the customer keeps the place in the line, Ana is
set to not ready so that she is not asked again and again, and Ben's phone rings at once. Ben
answers, and it counts as one request that was answered. Back at her desk, Ana says that she is ready.";

pub(crate) fn script(tale: &mut Tale) -> Result<(), String> {
    tale.sign_in("ana")?;
    tale.wait(5)?;
    tale.sign_in("ben")?;
    let call = tale.call("a customer", "100")?;
    tale.wait(20)?;
    tale.picks_up("ben")?;
    tale.wait(60)?;
    tale.input("the customer hangs up", |house| house.caller_leaves(&call))?;
    finishes(tale, "ben", &call, "sold")?;
    let ready = CommandBody::SetPresence { agent: key("ana")?, ready: true, reason: None };
    tale.input("ana says: ready", |house| house.command("ana", ready))
}
