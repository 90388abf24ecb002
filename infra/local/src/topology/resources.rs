//! Reads resources and checks that every name they use is one.

use super::node::Node;
use super::{DeadLetters, Flaw, FunctionSpec, Mapping, QueueSpec, Route, Rule, Schedule, rate};
use std::time::Duration;

const QUEUE: &str = "AWS::SQS::Queue";
const FUNCTION: &str = "AWS::Serverless::Function";
const RULE: &str = "AWS::Events::Rule";
/// What the cloud takes where the template says nothing.
const USUAL_VISIBILITY_S: u64 = 30;
const USUAL_RETENTION_S: u64 = 4 * 24 * 60 * 60;
const USUAL_BATCH: u64 = 10;
const USUAL_TIMEOUT_S: u64 = 3;

/// The `Resources` of a template.
pub(super) struct Resources<'t>(&'t [(String, Node)]);

impl<'t> Resources<'t> {
    pub(super) fn of(template: &'t Node) -> Result<Self, Flaw> {
        let found = template.get("Resources").map(Node::entries).unwrap_or_default();
        if found.is_empty() {
            return Err(property("the template", "Resources", "a map of resources"));
        }
        Ok(Self(found))
    }

    fn of_type(&self, kind: &str) -> impl Iterator<Item = (&'t str, &'t Node)> {
        let found = self.0.iter().filter(move |(_, node)| node.get("Type").and_then(Node::text) == Some(kind));
        found.map(|(name, node)| (name.as_str(), node))
    }

    /// The resource that a node names, which must be of this kind.
    fn named(&self, from: &str, node: &Node, kind: &'static str, called: &'static str) -> Result<String, Flaw> {
        let Node::Resource(name) = node else {
            return Err(property(from, called, "a reference to a resource of the template (!Ref or !GetAtt)"));
        };
        if self.of_type(kind).any(|(known, _)| known == name) {
            Ok(name.clone())
        } else {
            Err(Flaw::Unknown { from: from.to_owned(), name: name.clone(), kind: called })
        }
    }

    pub(super) fn queues(&self) -> Result<Vec<QueueSpec>, Flaw> {
        let queue = |(name, node): (&str, &Node)| {
            let dead_letters = match node.at(&["Properties", "RedrivePolicy"]) {
                None => None,
                Some(policy) => {
                    let target = policy.get("deadLetterTargetArn").unwrap_or(&Node::CloudOnly);
                    let after = seconds(name, policy, "maxReceiveCount", None)?;
                    Some(DeadLetters {
                        queue: self.named(name, target, QUEUE, "queue")?,
                        after: u32::try_from(after).unwrap_or(u32::MAX),
                    })
                }
            };
            let properties = node.get("Properties").unwrap_or(node);
            Ok(QueueSpec {
                name: name.to_owned(),
                visibility: Duration::from_secs(seconds(name, properties, "VisibilityTimeout", Some(USUAL_VISIBILITY_S))?),
                retention: Duration::from_secs(seconds(name, properties, "MessageRetentionPeriod", Some(USUAL_RETENTION_S))?),
                dead_letters,
            })
        };
        self.of_type(QUEUE).map(queue).collect()
    }

    /// Every event of every function: function, its properties, the event's name, type and properties.
    fn events(&self) -> impl Iterator<Item = (&'t str, &'t Node, &'t str, &'t str, &'t Node)> {
        self.of_type(FUNCTION).flat_map(|(resource, node)| {
            let function = crate_of(resource, node);
            let events = node.at(&["Properties", "Events"]).map(Node::entries).unwrap_or_default();
            events.iter().filter_map(move |(name, event)| {
                let kind = event.get("Type").and_then(Node::text)?;
                Some((function, node.get("Properties")?, name.as_str(), kind, event.get("Properties")?))
            })
        })
    }

    pub(super) fn functions(&self) -> Result<Vec<FunctionSpec>, Flaw> {
        let function = |(resource, node): (&'t str, &'t Node)| {
            let function = crate_of(resource, node).to_owned();
            let timeout = seconds(&function, node.get("Properties").unwrap_or(node), "Timeout", Some(USUAL_TIMEOUT_S))?;
            Ok(FunctionSpec { resource: resource.to_owned(), function, timeout: Duration::from_secs(timeout) })
        };
        self.of_type(FUNCTION).map(function).collect()
    }

    pub(super) fn mappings(&self) -> Result<Vec<Mapping>, Flaw> {
        let queues = self.events().filter(|(_, _, _, kind, _)| *kind == "SQS");
        let mapping = queues.map(|(function, own, _, _, event)| {
            let batch = seconds(function, event, "BatchSize", Some(USUAL_BATCH))?;
            Ok(Mapping {
                function: function.to_owned(),
                queue: self.named(function, event.get("Queue").unwrap_or(&Node::CloudOnly), QUEUE, "queue")?,
                batch_size: usize::try_from(batch).unwrap_or(1),
                timeout: Duration::from_secs(seconds(function, own, "Timeout", Some(USUAL_TIMEOUT_S))?),
            })
        });
        mapping.collect()
    }

    pub(super) fn schedules(&self) -> Result<Vec<Schedule>, Flaw> {
        let schedules = self.events().filter(|(_, _, _, kind, _)| *kind == "ScheduleV2");
        let schedule = schedules.map(|(function, own, name, _, event)| {
            let every = event.get("ScheduleExpression").and_then(Node::text).and_then(rate::read);
            Ok(Schedule {
                name: name.to_owned(),
                function: function.to_owned(),
                every: every.ok_or_else(|| property(function, "ScheduleExpression", "a rate such as rate(5 minutes)"))?,
                input: event.get("Input").and_then(Node::text).unwrap_or("{}").to_owned(),
                timeout: Duration::from_secs(seconds(function, own, "Timeout", Some(USUAL_TIMEOUT_S))?),
            })
        });
        schedule.collect()
    }

    pub(super) fn environment(&self, template: &Node) -> Result<Vec<(String, String)>, Flaw> {
        let variables = template.at(&["Globals", "Function", "Environment", "Variables"]).map(Node::entries).unwrap_or_default();
        let mut found = Vec::new();
        for (variable, node) in variables {
            let Node::Resource(name) = node else { continue };
            if !self.0.iter().any(|(known, _)| known == name) {
                return Err(Flaw::Unknown { from: variable.clone(), name: name.clone(), kind: "resource" });
            }
            found.push((variable.clone(), name.clone()));
        }
        Ok(found)
    }

    pub(super) fn rules(&self) -> Result<Vec<Rule>, Flaw> {
        let rule = |(name, node): (&str, &Node)| {
            let properties = node.get("Properties").unwrap_or(node);
            let events = properties.at(&["EventPattern", "detail-type"]).map(Node::items).unwrap_or_default();
            let events: Vec<_> = events.iter().filter_map(Node::text).map(str::to_owned).collect();
            if events.is_empty() {
                return Err(property(name, "EventPattern", "a list of event names under detail-type"));
            }
            let mut targets = Vec::new();
            for target in properties.get("Targets").map(Node::items).unwrap_or_default() {
                let Some(Node::Resource(target)) = target.get("Arn") else {
                    return Err(property(name, "Targets", "an Arn that refers to a resource of the template"));
                };
                if !self.0.iter().any(|(known, _)| known == target) {
                    return Err(Flaw::Unknown { from: name.to_owned(), name: target.clone(), kind: "resource" });
                }
                targets.push(target.clone());
            }
            Ok(Rule { name: name.to_owned(), events, targets })
        };
        self.of_type(RULE).map(rule).collect()
    }

    pub(super) fn routes(&self) -> Result<Vec<Route>, Flaw> {
        let routes = self.events().filter(|(_, _, _, kind, _)| *kind == "HttpApi");
        let route = routes.map(|(function, _, _, _, event)| {
            let path = event.get("Path").and_then(Node::text).filter(|p| p.starts_with('/'));
            let path = path.ok_or_else(|| property(function, "Path", "a path that starts with a slash"))?;
            Ok(Route { function: function.to_owned(), path: path.to_owned() })
        });
        route.collect()
    }
}

/// A function is called as its crate is, which is the last part of its `CodeUri`.
fn crate_of<'t>(resource: &'t str, node: &'t Node) -> &'t str {
    let code = node.at(&["Properties", "CodeUri"]).and_then(Node::text).unwrap_or(resource);
    code.trim_end_matches('/').rsplit('/').next().unwrap_or(resource)
}

fn property(resource: &str, property: &str, expected: &'static str) -> Flaw {
    Flaw::Property { resource: resource.to_owned(), property: property.to_owned(), expected }
}

/// A whole number; the usual one where the template says nothing.
fn seconds(resource: &str, node: &Node, name: &str, usual: Option<u64>) -> Result<u64, Flaw> {
    match (node.get(name), usual) {
        (None, Some(usual)) => Ok(usual),
        (found, _) => found
            .and_then(Node::text)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| property(resource, name, "a whole number, written out")),
    }
}
