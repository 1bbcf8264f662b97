//! Nothing is lost where hosts fail and programs restart.

use super::finishes;
use crate::floor::House;
use crate::story::Tale;

pub(crate) const TEXT: &str = "\
Ana talks to one customer and another waits when the connection to the phone system breaks. The talk
goes on over there; the engine keeps everything for a grace and makes no offers that it could not
carry out. Then our own program dies too. It starts again from a snapshot and the records written
since: the state is what it was. In a new term it goes on, and only when the phone system is back
with the list of the legs that are alive does it compare: both callers are still there, so
the talk goes on, and the one who waits is served next. Nothing is lost, and nobody is told twice.";

pub(crate) fn script(tale: &mut Tale) -> Result<(), String> {
    tale.sign_in("ana")?;
    let first = tale.call("a customer", "100")?;
    tale.picks_up("ana")?;
    tale.wait(20)?;
    let second = tale.call("a second customer", "100")?;
    tale.wait(10)?;
    tale.input("the phone system is lost", |house| house.phones_fail("the line is down"))?;
    tale.wait(5)?;
    let same = tale.input("the program restarts from snapshot and journal", House::restart)?;
    tale.note(if same {
        "the state hash is the same as before the restart"
    } else {
        "THE STATE HASH DIFFERS from that before the restart"
    });
    tale.wait(10)?;
    tale.input("the phone system is back", House::phones_return)?;
    tale.wait(30)?;
    tale.input("the first customer hangs up", |house| house.caller_leaves(&first))?;
    finishes(tale, "ana", &first, "done")?;
    tale.picks_up("ana")?;
    tale.wait(30)?;
    tale.input("the second customer hangs up", |house| house.caller_leaves(&second))?;
    finishes(tale, "ana", &second, "done")
}
