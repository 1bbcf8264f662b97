//! Several at once, counted in units.

use switchboard::Question;
use switchboard::id::OfferId;
use switchboard::message::{CommandBody, Personal};

use super::{finishes, part};
use crate::story::Tale;

pub(crate) const TEXT: &str = "\
An agent has 100 units; a chat takes 40 and a call takes 60. Ana answers a chat, and while the
customer thinks, a call comes in: 40 + 60 fit, so she is offered it. Now she is full. A second chat
has to wait, and the engine says why. When the call and its wrap-up are over, the chat is offered to
her in the same step: nobody polls.";

pub(crate) fn script(tale: &mut Tale) -> Result<(), String> {
    tale.sign_in("ana")?;
    let chat = tale.input("a customer opens a chat: \"Is the lamp in stock?\"", |house| {
        house.chats("Is the lamp in stock?")
    })?;
    accepts(tale, "ana")?;
    let answer = CommandBody::SendMessage {
        engagement: part(tale, "ana", &chat)?,
        text: Personal::Clear("I will look. Which one?".to_owned()),
        in_reply_to: None,
        attachments: Vec::new(),
    };
    let words = "ana answers: \"I will look. Which one?\"";
    tale.input(words, |house| house.command("ana", answer))?;
    tale.wait(10)?;
    let call = tale.call("another customer", "100")?;
    tale.picks_up("ana")?;
    let second =
        tale.input("a third customer opens a chat: \"Hello?\"", |house| house.chats("Hello?"))?;
    explains(tale, &second)?;
    tale.wait(45)?;
    tale.input("the caller hangs up", |house| house.caller_leaves(&call))?;
    finishes(tale, "ana", &call, "sold")?;
    accepts(tale, "ana")
}

fn accepts(tale: &mut Tale, agent: &str) -> Result<(), String> {
    let offer = open_offer(tale).ok_or("there is no offer")?;
    let body = CommandBody::AcceptOffer { offer };
    tale.input(&format!("{agent} accepts on the screen"), |house| house.command(agent, body))
}

fn open_offer(tale: &Tale) -> Option<OfferId> {
    let mut leases = tale.house.view.leases.iter();
    leases.find(|(_, lease)| lease.open).map(|(id, _)| *id)
}

/// Asks the engine why it waits.
fn explains(tale: &mut Tale, contact: &str) -> Result<(), String> {
    let view = &tale.house.view;
    let waits = |id| view.wait(id) == contact;
    let request = view.waits.keys().copied().find(|id| waits(*id)).ok_or("nothing waits")?;
    let explained = tale.house.explain(Question::Request(request)).ok_or("nothing waits")?;
    let text = explained.to_string().replace(&request.to_string(), contact);
    tale.input(&format!("why does {contact} wait?"), |_| Ok(()))?;
    tale.note(&text);
    Ok(())
}
