/** A mail server that takes everything and shows it. */
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** What came in. */
export interface Mailbox {
  url: string;
  /** The text of each mail, oldest first. */
  mails: string[];
  stop: () => void;
}

/** Opens a mailbox on this machine. */
export async function startMailbox(): Promise<Mailbox> {
  const mails: string[] = [];
  const lines = new Set<Socket>();
  const server = createServer((line) => {
    lines.add(line);
    line.on("close", () => lines.delete(line)).on("error", () => line.destroy());
    serve(line, mails);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    stop: () => {
      server.close();
      for (const line of lines) {
        line.destroy();
      }
    },
  };
}

function serve(line: Socket, mails: string[]): void {
  let mail: string[] | undefined;
  line.write("220 mailbox\r\n");
  createInterface({ input: line }).on("line", (said) => {
    if (mail !== undefined) {
      if (said === ".") {
        mails.push(readable(mail.join("\n")));
        mail = undefined;
        line.write("250 taken\r\n");
      } else {
        mail.push(said);
      }
    } else if (/^DATA/iu.test(said)) {
      mail = [];
      line.write("354 go on\r\n");
    } else if (/^QUIT/iu.test(said)) {
      line.end("221 bye\r\n");
    } else {
      line.write("250 mailbox\r\n");
    }
  });
}

/** Without what quoted-printable breaks and hides. */
function readable(mail: string): string {
  return mail.replaceAll("=\n", "").replaceAll(/=([0-9A-F]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
