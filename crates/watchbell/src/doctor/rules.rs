//! Personal rules that can never do anything.

use wb_core::config::{Idle, IdleRule, User, idle_rules};

use super::report::Finding;
use crate::boot::Boot;

const CHECK: &str = "personal rules";

/// How many are named; with more, something else is wrong first.
const RULES_SHOWN: usize = 20;

/// Personal rules that can never do anything, a line each; the first ones when there are many.
pub(super) fn findings(people: &[User], boot: &Boot) -> Vec<Finding> {
    of(
        people,
        boot.smtp.from.is_some() && !boot.smtp.servers().is_empty(),
    )
}

fn of(people: &[User], has_mail: bool) -> Vec<Finding> {
    let is_set_up = |channel: &str| channel != "email" || has_mail;
    let active = people.iter().filter(|user| user.active);
    let idle: Vec<_> = active
        .flat_map(|user| {
            let idle = idle_rules(user, is_set_up).into_iter();
            idle.map(move |one| (user, one))
        })
        .collect();
    if idle.is_empty() {
        return vec![Finding::ok(CHECK, "each of them can do something")];
    }
    let shown = idle.iter().take(RULES_SHOWN);
    let mut findings: Vec<_> = shown.map(|(user, one)| rule(user, *one)).collect();
    let more = idle.len().saturating_sub(RULES_SHOWN);
    if more > 0 {
        let found = format!("{more} more can never do anything");
        findings.push(Finding::warning(CHECK, found, "mend those above first"));
    }
    findings
}

fn rule(user: &User, idle: IdleRule) -> Finding {
    let (why, mend) = match idle.why {
        Idle::NoMethod => (
            "its contact method is gone",
            "they choose another one under My profile",
        ),
        Idle::Twice => (
            "one before it says the same",
            "they take one out under My profile",
        ),
        Idle::AlwaysQuiet => (
            "their quiet hours never end",
            "they give their quiet hours an end under My profile",
        ),
        Idle::ChannelAbsent => (
            "no mail server is set",
            "set smtp.url and smtp.from, or they choose another way under My profile",
        ),
    };
    let (name, urgency) = (&user.name, idle.urgency.word());
    let number = idle.place.saturating_add(1);
    let found = format!("rule {number} of {name} for {urgency} urgency never rings: {why}");
    Finding::warning(CHECK, found, mend)
}

#[cfg(test)]
mod tests {
    use wb_core::config::{ContactMethod, PersonalRule, PersonalRules};
    use wb_core::ids::MethodId;

    use super::*;

    #[test]
    fn each_rule_over_mail_has_a_line_while_there_is_no_mail_server() {
        let method = MethodId(uuid::Uuid::from_u128(1));
        let rule = |after_s| PersonalRule { after_s, method };
        let user = User {
            name: "Ada".to_owned(),
            email: "ada@example.com".to_owned(),
            zone: "UTC".to_owned(),
            role: None,
            teams: [].into(),
            active: true,
            methods: vec![ContactMethod {
                id: method,
                name: "mail".to_owned(),
                channel: "email".to_owned(),
                settings: [].into(),
                verified_at: None,
            }],
            rules: PersonalRules {
                high: vec![rule(0), rule(60)],
                ..PersonalRules::default()
            },
            paused_until: None,
            monthly_test: true,
        };
        let people = vec![
            user.clone(),
            User {
                active: false,
                ..user
            },
        ];
        let said = |has_mail| -> Vec<String> {
            let findings = of(&people, has_mail);
            findings.iter().map(ToString::to_string).collect()
        };
        let lines = said(false);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[1].contains("rule 2 of Ada for high urgency never rings"));
        assert!(lines[0].starts_with("warning"));
        assert_eq!(said(true).len(), 1);
        assert!(said(true)[0].starts_with("ok"));
    }
}
