//! What is read from the template, and what a wrong one is told.

use super::*;

const SMALL: &str = "
Globals: { Function: { Environment: { Variables: { WORK_URL: !Ref Work, STAGE: test } } } }
Resources:
  Work:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 120
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 }
  Dead: { Type: AWS::SQS::Queue }
  Topic: { Type: AWS::SNS::Topic }
  Short:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: { detail-type: [StockShort.v1] }
      Targets: [{ Id: a, Arn: !Ref Topic }]
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../target/lambda/worker/
      Timeout: 20
      Events:
        In: { Type: SQS, Properties: { Queue: !GetAtt Work.Arn, BatchSize: 7 } }
        Now: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(5 minutes), Input: '{\"task\":\"x\"}' } }
        Door: { Type: HttpApi, Properties: { Path: '/in/{name}' } }
";

#[test]
fn everything_that_moves_a_message_is_read() {
    let topology = Topology::read(SMALL).unwrap();
    let work = topology.queue("Work").unwrap();
    assert_eq!(work.visibility, Duration::from_mins(2));
    assert_eq!(work.retention, Duration::from_hours(96), "four days where nothing is said");
    assert_eq!(work.dead_letters, Some(DeadLetters { queue: "Dead".into(), after: 3 }));
    let mapping = Mapping { function: "worker".into(), queue: "Work".into(), batch_size: 7, timeout: Duration::from_secs(20) };
    assert_eq!(topology.mappings, [mapping]);
    assert_eq!(topology.schedules[0].every, Duration::from_mins(5));
    assert_eq!(topology.schedules[0].input, r#"{"task":"x"}"#);
    assert_eq!(topology.rules[0].targets, ["Topic"]);
    let worker = FunctionSpec { resource: "Worker".into(), function: "worker".into(), timeout: Duration::from_secs(20) };
    assert_eq!(topology.functions, [worker]);
    assert_eq!(topology.routes[0].path, "/in/{name}");
    assert_eq!(topology.known_as("WORK_URL"), Some("Work"));
    assert_eq!(topology.known_as("STAGE"), None);
}

#[test]
fn a_name_that_is_no_resource_is_told_by_name() {
    for (right, wrong, named) in [
        ("!GetAtt Dead.Arn", "!GetAtt Ded.Arn", "`Ded`"),
        ("!GetAtt Work.Arn", "!Ref Werk", "`Werk`"),
        ("!Ref Topic", "!Ref Topc", "`Topc`"),
    ] {
        let flaw = Topology::read(&SMALL.replacen(right, wrong, 1)).unwrap_err();
        assert!(flaw.to_string().contains(named), "{flaw}");
    }
}

#[test]
fn a_resource_of_the_wrong_kind_is_no_queue() {
    let flaw = Topology::read(&SMALL.replace("!GetAtt Work.Arn", "!Ref Topic")).unwrap_err();
    assert!(matches!(&flaw, Flaw::Unknown { name, kind: "queue", .. } if name == "Topic"), "{flaw}");
}

#[test]
fn the_template_of_this_build_has_a_consumer_for_every_queue_that_is_no_dead_letter_queue() {
    let topology = Topology::of_this_build().unwrap();
    for queue in topology.queues.iter().filter(|q| q.dead_letters.is_some()) {
        assert!(topology.mappings.iter().any(|m| m.queue == queue.name), "{}", queue.name);
        assert!(queue.visibility >= topology.mappings.iter().find(|m| m.queue == queue.name).unwrap().timeout);
    }
    assert!(!topology.schedules.is_empty() && !topology.rules.is_empty() && !topology.routes.is_empty());
}

#[test]
fn what_people_must_hear_of_is_sent_to_the_attention_topic() {
    let topology = Topology::of_this_build().unwrap();
    for event in ["StockShort.v1", "ConnectionFailing.v1", "ConnectionRecovered.v1", "NeedsAttention.v1"] {
        let rules: Vec<_> = topology.rules.iter().filter(|rule| rule.events.iter().any(|e| e == event)).collect();
        let [rule] = rules.as_slice() else { panic!("{event}: one rule, not {rules:?}") };
        assert_eq!(rule.targets, ["AttentionTopic"], "{event}");
    }
}
