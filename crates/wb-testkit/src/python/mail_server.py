"""aiosmtpd on a free port: its address on the first line of standard output, then one line of JSON
for each mail stored. Arguments: maildir, PEM file, none|starttls|implicit, name, password."""

import asyncio
import json
import mailbox
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder, pem, tls, name, password = sys.argv[1:]
maildir = mailbox.Maildir(folder)


class Store:
    async def handle_DATA(self, server, session, envelope):
        key = maildir.add(envelope.original_content)
        file = os.path.join(folder, "new", key)
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "file": file}))
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    expected = LoginPassword(name.encode(), password.encode())
    # "Not handled": the library then answers a refusal itself.
    return AuthResult(success=data == expected, handled=False)


async def main():
    context = None
    if tls != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pem)

    def session():
        return SMTP(
            Store(),
            hostname="localhost",
            tls_context=context if tls == "starttls" else None,
            require_starttls=tls == "starttls",
            authenticator=authenticate if name else None,
            auth_required=bool(name),
            auth_require_tls=tls == "starttls",
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        session, "127.0.0.1", 0, ssl=context if tls == "implicit" else None
    )
    host, port = server.sockets[0].getsockname()
    print(f"{host}:{port}")
    # The parent holds the other end of standard input; end with it.
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
