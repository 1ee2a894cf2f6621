//! A small configuration, made through the API.

use serde_json::{Value, json};

use crate::support::Api;

/// Makes configuration objects, all of one team.
pub(crate) struct Setup {
    api: Api,
    team: Value,
}

/// How long a step waits when nothing after it matters.
pub(crate) const LONG_S: u32 = 86_400;

impl Setup {
    /// A new team.
    pub(crate) async fn new(api: &Api) -> Self {
        let team = api
            .post("/api/v1/teams", &json!({"name": "Payments"}))
            .await;
        Self {
            api: api.clone(),
            team: team["id"].clone(),
        }
    }

    /// A webhook that policies can page.
    pub(crate) async fn endpoint(&self, name: &str, url: &str) -> Value {
        let body = json!({
            "team": self.team, "name": name, "channel": "webhook", "settings": {"url": url},
        });
        let made = self.api.post("/api/v1/endpoints", &body).await;
        json!({"type": "endpoint", "id": made["id"]})
    }

    /// A person who gets mail at once.
    pub(crate) async fn person(&self, name: &str, address: &str) -> Value {
        let rules = json!([{"after_s": 0, "method": "work"}]);
        let body = json!({
            "name": name, "email": address, "zone": "Europe/Berlin",
            "teams": [{"team": self.team, "role": "member"}],
            "methods": [{"name": "work", "channel": "email", "settings": {"address": address}}],
            "rules": {"high": rules, "low": rules},
        });
        let made = self.api.post("/api/v1/users", &body).await;
        json!({"type": "user", "id": made["id"]})
    }

    /// A service of high urgency whose policy pages these targets, each step after so many seconds;
    /// gives the routing key of its integration.
    pub(crate) async fn service(&self, name: &str, steps: &[(&Value, u32)]) -> String {
        let steps: Vec<_> = steps
            .iter()
            .map(|(target, after_s)| json!({"targets": [target], "escalate_after_s": after_s}))
            .collect();
        let body = json!({"team": self.team, "name": name, "steps": steps, "repeat": 0});
        let policy = self.api.post("/api/v1/escalation-policies", &body).await;
        let body = json!({
            "team": self.team, "name": name, "urgency": "high", "policy": policy["id"],
        });
        self.routing_key(name, &body).await
    }

    /// A service that opens incidents and pages nobody; gives the routing key of its integration.
    pub(crate) async fn silent_service(&self, name: &str) -> String {
        let body = json!({"team": self.team, "name": name, "urgency": "none"});
        self.routing_key(name, &body).await
    }

    async fn routing_key(&self, name: &str, service: &Value) -> String {
        let service = self.api.post("/api/v1/services", service).await;
        let key = format!("{name:0>32}");
        let body = json!({
            "service": service["id"], "name": "events", "dialect": "events_v2", "key": key,
        });
        self.api.post("/api/v1/integrations", &body).await;
        key
    }
}

/// An event that opens an alert.
pub(crate) fn trigger(routing_key: &str, dedup_key: &str) -> Value {
    json!({
        "routing_key": routing_key, "event_action": "trigger", "dedup_key": dedup_key,
        "payload": {"summary": format!("{dedup_key} is slow"), "source": "test", "severity": "critical"},
    })
}
