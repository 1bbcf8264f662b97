//! A customer who gave up is called back by an agent.

use switchboard::message::{CommandBody, Personal};

use super::{finishes, part};
use crate::floor::{End, key};
use crate::story::Tale;

pub(crate) const TEXT: &str = "\
Ana is busy when a second customer calls. The customer waits, gives up after a minute, and counts as
abandoned. Ana finishes her call and calls back by hand: on behalf of the queue, so that its caller
id is shown and the call counts there, and in the conversation of the customer, so that both contacts
belong together. She looks first (preview); when she calls, her own phone rings, then the customer's.
A call by hand is no request: nobody waited for it, and it is counted beside them.";

pub(crate) fn script(tale: &mut Tale) -> Result<(), String> {
    tale.sign_in("ana")?;
    let first = tale.call("a customer", "100")?;
    tale.picks_up("ana")?;
    let second = tale.call("a second customer", "100")?;
    tale.wait(60)?;
    tale.input("the second customer gives up", |house| house.caller_leaves(&second))?;
    tale.wait(30)?;
    tale.input("the first customer hangs up", |house| house.caller_leaves(&first))?;
    finishes(tale, "ana", &first, "done")?;
    let view = &tale.house.view;
    let conversation = view.contact_named(&second).map(|(_, contact)| contact.conversation);
    let dial = CommandBody::Dial {
        agent: key("ana")?,
        queue: key("sales")?,
        to: Personal::Clear("+4930002".to_owned()),
        preview: true,
        location: None,
        host: None,
        conversation,
    };
    let words = "ana looks at the second customer, to call +4930002";
    tale.input(words, |house| house.command("ana", dial))?;
    tale.wait(15)?;
    let engagement = part(tale, "ana", "out-1")?;
    let place = CommandBody::PlaceCall { engagement };
    tale.input("ana says: call", |house| house.command("ana", place))?;
    tale.picks_up("ana")?;
    tale.wait(6)?;
    customer_answers(tale)?;
    tale.wait(40)?;
    let hang_up = CommandBody::HangUp { engagement };
    tale.input("ana hangs up", |house| house.command("ana", hang_up))?;
    finishes(tale, "ana", "out-1", "sold")
}

fn customer_answers(tale: &mut Tale) -> Result<(), String> {
    let house = &tale.house;
    let customers = |leg: &_| matches!(house.view.legs.get(leg), Some(End::Customer(_)));
    let leg = house.phones.ringing().map(|line| line.leg).find(customers);
    let leg = leg.ok_or("the customer's phone does not ring")?;
    tale.input("the second customer picks up", |house| house.picks_up(leg))
}
