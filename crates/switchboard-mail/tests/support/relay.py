"""A mail relay for tests: every mail that it takes is one line of JSON on standard output."""

import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP


def say(**what):
    print(json.dumps(what), flush=True)


class Taker:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        if address.startswith("later@"):
            return "451 4.3.2 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        content = base64.b64encode(envelope.original_content).decode()
        protected = server.transport.get_extra_info("sslcontext") is not None
        say(
            hello=session.host_name,
            sender=envelope.mail_from,
            to=envelope.rcpt_tos,
            content=content,
            tls=protected,
        )
        return "250 OK"


async def main():
    context = None
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
    starttls = len(sys.argv) > 3

    def protocol():
        return SMTP(Taker(), hostname="relay.test", tls_context=context if starttls else None)

    loop = asyncio.get_running_loop()
    direct = None if starttls else context
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=direct)
    say(port=server.sockets[0].getsockname()[1])
    # Until the test is gone.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
