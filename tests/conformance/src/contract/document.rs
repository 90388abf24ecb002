//! A GraphQL document against the schema: fields, arguments, directives and variables.

use super::graphql::GraphQl;
use super::value::{input, literal};
use graphql_parser::query::{
    Definition, Directive, OperationDefinition, Selection, SelectionSet, Value as Literal, VariableDefinition,
};
use graphql_parser::schema::{InputValue, Type, TypeDefinition};
use serde_json::Value;
use std::collections::BTreeSet;

type Declared = Vec<VariableDefinition<'static, String>>;

/// A document with what is wrong with it.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) wrong: Vec<String>,
    pub(super) name: Option<String>,
    pub(super) mutation: bool,
    pub(super) selection: Option<SelectionSet<'static, String>>,
    declared: Declared,
}

impl Checked {
    pub(super) fn new(schema: &GraphQl, text: &str) -> Self {
        let broken = |why: String| Self { wrong: vec![why], ..Self::default() };
        let document = match graphql_parser::parse_query::<String>(text) {
            Ok(document) => document.into_static(),
            Err(error) => return broken(format!("the document cannot be parsed: {error}")),
        };
        let (name, declared, directives, set, mutation) = match document.definitions.as_slice() {
            [Definition::Operation(OperationDefinition::Query(q))] => {
                (&q.name, &q.variable_definitions, &q.directives, &q.selection_set, false)
            }
            [Definition::Operation(OperationDefinition::Mutation(m))] => {
                (&m.name, &m.variable_definitions, &m.directives, &m.selection_set, true)
            }
            _ => return broken("the document is not one query or one mutation".into()),
        };
        let mut walk = Walk { schema, declared, used: BTreeSet::new(), wrong: Vec::new() };
        walk.directives("document", directives);
        walk.selection(schema.root(mutation), set);
        for unused in declared.iter().filter(|v| !walk.used.contains(&v.name)) {
            walk.wrong.push(format!("${} is declared and not used", unused.name));
        }
        for variable in declared {
            let named = innermost(&variable.var_type);
            let takes = matches!(
                schema.defined(named),
                Some(TypeDefinition::Scalar(_) | TypeDefinition::Enum(_) | TypeDefinition::InputObject(_))
            );
            if !takes && !matches!(named, "String" | "Int" | "Float" | "Boolean" | "ID") {
                walk.wrong.push(format!("${} has the type {named}, which is no input", variable.name));
            }
        }
        let wrong = walk.wrong;
        Self { wrong, name: name.clone(), mutation, selection: Some(set.clone()), declared: declared.clone() }
    }

    /// What is wrong with the variables sent along.
    pub(super) fn variables(&self, schema: &GraphQl, given: &Value) -> Vec<String> {
        let none = serde_json::Map::new();
        let Some(given) = given.as_object().or(given.is_null().then_some(&none)) else {
            return vec!["variables are no object".into()];
        };
        let mut wrong = Vec::new();
        for unknown in given.keys().filter(|k| !self.declared.iter().any(|d| d.name == **k)) {
            wrong.push(format!("variable {unknown:?} is not declared"));
        }
        for declared in &self.declared {
            match given.get(&declared.name) {
                Some(value) => wrong.extend(input(schema, &declared.var_type, value, &format!("${}", declared.name))),
                None if matches!(declared.var_type, Type::NonNullType(_)) && declared.default_value.is_none() => {
                    wrong.push(format!("${} is required", declared.name));
                }
                None => {}
            }
        }
        wrong
    }
}

fn innermost<'a>(of: &'a Type<'static, String>) -> &'a str {
    match of {
        Type::NamedType(name) => name,
        Type::ListType(inner) | Type::NonNullType(inner) => innermost(inner),
    }
}

struct Walk<'a> {
    schema: &'a GraphQl,
    declared: &'a Declared,
    used: BTreeSet<String>,
    wrong: Vec<String>,
}

impl Walk<'_> {
    fn selection(&mut self, on: &str, set: &SelectionSet<'static, String>) {
        let schema = self.schema;
        let Some(fields) = schema.fields(on) else {
            if !set.items.is_empty() {
                self.wrong.push(format!("{on} has no fields to select"));
            }
            return;
        };
        if set.items.is_empty() {
            self.wrong.push(format!("nothing of {on} is asked for"));
        }
        for item in &set.items {
            // Answers are checked against selections, so what cannot be followed there is not let through here.
            let selected = match item {
                Selection::Field(selected) if selected.name == "__typename" => continue,
                Selection::Field(selected) => selected,
                Selection::InlineFragment(fragment) if fragment.directives.is_empty() => {
                    match schema.narrowed(on, fragment) {
                        Some(kind) => self.selection(kind, &fragment.selection_set),
                        None => self.wrong.push(format!("a fragment on {on} about a type that is none of it")),
                    }
                    continue;
                }
                Selection::InlineFragment(_) | Selection::FragmentSpread(_) => {
                    self.wrong.push(format!("a fragment on {on}, which this check does not follow"));
                    continue;
                }
            };
            let place = format!("{on}.{}", selected.name);
            let Some(field) = fields.iter().find(|f| f.name == selected.name) else {
                self.wrong.push(format!("{place} does not exist"));
                continue;
            };
            if field.directives.iter().any(|d| d.name == "deprecated") {
                self.wrong.push(format!("{place} is deprecated"));
            }
            self.arguments(&place, &selected.arguments, &field.arguments);
            self.directives(&place, &selected.directives);
            self.selection(innermost(&field.field_type), &selected.selection_set);
        }
    }

    fn directives(&mut self, place: &str, given: &[Directive<'static, String>]) {
        for directive in given {
            match self.schema.directive(&directive.name) {
                Some(arguments) => self.arguments(&format!("{place}@{}", directive.name), &directive.arguments, arguments),
                None => self.wrong.push(format!("{place}: the directive @{} does not exist", directive.name)),
            }
        }
    }

    fn arguments(&mut self, place: &str, given: &[(String, Literal<'static, String>)], known: &[InputValue<'static, String>]) {
        for (name, value) in given {
            let Some(argument) = known.iter().find(|a| a.name == *name) else {
                self.wrong.push(format!("{place}({name}) does not exist"));
                continue;
            };
            self.value(&format!("{place}({name})"), value, argument);
        }
        for needed in known.iter().filter(|a| matches!(a.value_type, Type::NonNullType(_)) && a.default_value.is_none()) {
            if !given.iter().any(|(name, _)| *name == needed.name) {
                self.wrong.push(format!("{place}({}) is required", needed.name));
            }
        }
    }

    fn value(&mut self, place: &str, value: &Literal<'static, String>, wanted: &InputValue<'static, String>) {
        if let Literal::Variable(variable) = value {
            self.used.insert(variable.clone());
            let Some(declared) = self.declared.iter().find(|d| d.name == *variable) else {
                self.wrong.push(format!("{place}: ${variable} is not declared"));
                return;
            };
            let (has, wants) = (declared.var_type.to_string(), wanted.value_type.to_string());
            if has != wants && has.strip_suffix('!') != Some(wants.as_str()) {
                self.wrong.push(format!("{place}: ${variable} is {has} where {wants} is wanted"));
            }
            return;
        }
        match literal(value) {
            Some(json) => self.wrong.extend(input(self.schema, &wanted.value_type, &json, place)),
            None => self.wrong.push(format!("{place}: a variable inside a literal, which this check does not follow")),
        }
    }
}
