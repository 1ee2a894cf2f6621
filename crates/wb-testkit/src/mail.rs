//! A received mail, taken apart.

use mail_parser::MessageParser;

/// One mail as a server received it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The sender named in the SMTP conversation.
    pub envelope_from: String,
    /// The recipients named in the SMTP conversation.
    pub envelope_to: Vec<String>,
    /// The `Subject` header, decoded.
    pub subject: String,
    /// The `Message-ID` header, without its angle brackets.
    pub message_id: String,
    /// The first plain text part.
    pub text: String,
    /// The first HTML part; empty if there is none.
    pub html: String,
    /// The whole mail as sent.
    pub raw: Vec<u8>,
}

impl Mail {
    /// Takes a mail apart. What is missing or unreadable stays empty: the test then says so.
    #[must_use]
    pub fn parse(envelope_from: String, envelope_to: Vec<String>, raw: Vec<u8>) -> Self {
        let mut mail = Self {
            envelope_from,
            envelope_to,
            ..Self::default()
        };
        if let Some(message) = MessageParser::default().parse(&raw) {
            // A mail with one body only would have it converted; a test wants to see what was sent.
            let of_type = |wanted: &str| {
                let mut parts = message.parts.iter();
                let found = parts.find(|part| {
                    use mail_parser::MimeHeaders as _;
                    let subtype = part.content_type().and_then(|kind| kind.subtype());
                    part.is_text() && subtype.unwrap_or("plain") == wanted
                });
                found
                    .and_then(|part| part.text_contents())
                    .unwrap_or_default()
                    .to_owned()
            };
            mail.subject = message.subject().unwrap_or_default().to_owned();
            mail.message_id = message.message_id().unwrap_or_default().to_owned();
            mail.text = of_type("plain");
            mail.html = of_type("html");
        }
        mail.raw = raw;
        mail
    }

    /// A header as sent, unfolded and trimmed; the first if there are several.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let message = MessageParser::default().parse(&self.raw)?;
        let raw = message.header_raw(name.to_owned())?;
        Some(raw.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Every `href` of the HTML part that contains `part`.
    #[must_use]
    pub fn links(&self, part: &str) -> Vec<String> {
        let targets = self
            .html
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let plain = targets.map(|target| target.replace("&amp;", "&"));
        plain.filter(|target| target.contains(part)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_are_found() {
        let raw = "Subject: =?utf-8?q?Caf=C3=A9?=\r\nMessage-ID: <a@b>\r\nReferences: <x@y>\r\n <z@y>\r\n\
            Content-Type: multipart/alternative; boundary=c\r\n\r\n\
            --c\r\nContent-Type: text/plain\r\n\r\nplain\r\n\
            --c\r\nContent-Type: text/html\r\n\r\n<a href=\"https://e.example/ack?a=1&amp;b=2\">x</a>\r\n--c--\r\n";
        let mail = Mail::parse("f@e.example".into(), vec![], raw.into());
        assert_eq!(
            (mail.subject.as_str(), mail.message_id.as_str()),
            ("Café", "a@b")
        );
        assert_eq!(mail.text.trim(), "plain");
        assert_eq!(mail.links("ack"), ["https://e.example/ack?a=1&b=2"]);
        assert_eq!(mail.header("references").unwrap(), "<x@y> <z@y>");
    }

    #[test]
    fn a_plain_mail_has_no_html() {
        let mail = Mail::parse(
            String::new(),
            vec![],
            b"Subject: a\r\n\r\nbody\r\n".to_vec(),
        );
        assert_eq!((mail.text.trim(), mail.html.as_str()), ("body", ""));
    }
}
