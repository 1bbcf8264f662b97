//! An agent asks a colleague, and the customer does not wait for it.

use switchboard::message::{CommandBody, Destination};

use super::{finishes, part};
use crate::floor::key;
use crate::story::Tale;

pub(crate) const TEXT: &str = "\
Ana talks to a customer about an offer and needs to know something about a device. She asks the
support queue while the customer is on hold: a question is a request of its own, and Cem, who is
free, answers it. While the two speak, the customer hangs up. There is no one left to go back to: the
question ends, Cem is free at once, Ana keeps her wrap-up. Nobody is left on a line, and the figures
know one customer, not two.";

pub(crate) fn script(tale: &mut Tale) -> Result<(), String> {
    tale.sign_in("ana")?;
    tale.sign_in("cem")?;
    let call = tale.call("a customer", "100")?;
    tale.picks_up("ana")?;
    tale.wait(30)?;
    let engagement = part(tale, "ana", &call)?;
    let ask = CommandBody::Consult { engagement, to: Destination::Queue(key("support")?) };
    tale.input("ana asks support", |house| house.command("ana", ask))?;
    tale.wait(4)?;
    tale.picks_up("cem")?;
    tale.wait(10)?;
    tale.input("the customer hangs up", |house| house.caller_leaves(&call))?;
    finishes(tale, "ana", &call, "call_again")
}
