//! A GraphQL schema: documents, their variables, and the data they are answered with.

use super::document::Checked;
use super::value::input;
use super::{Contract, Verdict, answered};
use crate::wire::Exchange;
use graphql_parser::query::{InlineFragment, Selection, SelectionSet, TypeCondition};
use graphql_parser::schema::{Definition, DirectiveDefinition, Field, InputValue, Type, TypeDefinition};
use http::Method;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A type of the schema.
pub(super) type Defined = TypeDefinition<'static, String>;

/// The schema.
pub struct GraphQl {
    types: BTreeMap<String, Defined>,
    directives: BTreeMap<String, DirectiveDefinition<'static, String>>,
    roots: (String, String),
    path: &'static str,
    documents: RefCell<BTreeMap<String, Rc<Checked>>>,
}

impl GraphQl {
    /// Reads a schema in its own language; requests go to `path`.
    pub fn new(text: &str, path: &'static str) -> Self {
        let document = graphql_parser::parse_schema::<String>(text).unwrap().into_static();
        let (mut types, mut directives) = (BTreeMap::new(), BTreeMap::new());
        let mut roots = ("Query".to_owned(), "Mutation".to_owned());
        for definition in document.definitions {
            match definition {
                Definition::TypeDefinition(t) => drop(types.insert(name(&t).to_owned(), t)),
                Definition::DirectiveDefinition(d) => drop(directives.insert(d.name.clone(), d)),
                Definition::SchemaDefinition(s) => roots = (s.query.unwrap_or(roots.0), s.mutation.unwrap_or(roots.1)),
                Definition::TypeExtension(_) => {}
            }
        }
        Self { types, directives, roots, path, documents: RefCell::default() }
    }

    pub(super) fn defined(&self, name: &str) -> Option<&Defined> {
        self.types.get(name)
    }

    /// The root type of a query or a mutation.
    pub(super) fn root(&self, mutation: bool) -> &str {
        if mutation { &self.roots.1 } else { &self.roots.0 }
    }

    pub(super) fn directive(&self, name: &str) -> Option<&[InputValue<'static, String>]> {
        self.directives.get(name).map(|d| d.arguments.as_slice())
    }

    /// The fields of an object or interface.
    pub(super) fn fields(&self, of: &str) -> Option<&[Field<'static, String>]> {
        match self.types.get(of)? {
            TypeDefinition::Object(o) => Some(&o.fields),
            TypeDefinition::Interface(i) => Some(&i.fields),
            _ => None,
        }
    }

    /// The type that a fragment narrows `on` to; `None` if no object of `on` is of it.
    pub(super) fn narrowed<'a>(&self, on: &str, fragment: &'a InlineFragment<'static, String>) -> Option<&'a str> {
        let Some(TypeCondition::On(kind)) = &fragment.type_condition else { return None };
        (kind == on || self.is_of(kind, on)).then_some(kind.as_str())
    }

    /// Whether an object type implements an interface.
    fn is_of(&self, object: &str, interface: &str) -> bool {
        matches!(self.types.get(object), Some(TypeDefinition::Object(o)) if o.implements_interfaces.iter().any(|i| i == interface))
    }

    fn checked(&self, text: &str) -> Rc<Checked> {
        let mut known = self.documents.borrow_mut();
        Rc::clone(known.entry(text.to_owned()).or_insert_with(|| Rc::new(Checked::new(self, text))))
    }

    /// Whether data is what the selection asked of this type.
    fn data(&self, of: &Type<'static, String>, set: &SelectionSet<'static, String>, value: &Value, place: &str) -> Vec<String> {
        match (of, value) {
            (Type::NonNullType(_), Value::Null) => vec![format!("{place} must not be null")],
            (_, Value::Null) => Vec::new(),
            (Type::NonNullType(inner), _) => self.data(inner, set, value, place),
            (Type::ListType(inner), Value::Array(all)) => all.iter().flat_map(|v| self.data(inner, set, v, place)).collect(),
            (Type::ListType(_), _) => vec![format!("{place} must be a list")],
            (Type::NamedType(name), _) => match self.fields(name) {
                Some(_) => self.object(name, set, value, place),
                None => input(self, of, value, place),
            },
        }
    }

    fn object(&self, of: &str, set: &SelectionSet<'static, String>, value: &Value, place: &str) -> Vec<String> {
        let Some(given) = value.as_object() else { return vec![format!("{place} must be an object")] };
        let (asked, mut wrong) = self.selected(of, set, given, place);
        wrong.extend(given.keys().filter(|k| !asked.contains(&k.as_str())).map(|k| format!("{place}.{k} was not asked for")));
        wrong
    }
}

impl GraphQl {
    /// The keys that were asked for of an object, fragments that are about it included, and what is wrong with them.
    fn selected<'s>(
        &self,
        of: &str,
        set: &'s SelectionSet<'static, String>,
        given: &serde_json::Map<String, Value>,
        place: &str,
    ) -> (Vec<&'s str>, Vec<String>) {
        let (mut asked, mut wrong) = (Vec::new(), Vec::new());
        for item in &set.items {
            let selected = match item {
                Selection::Field(selected) => selected,
                Selection::InlineFragment(fragment) => {
                    let kind =
                        self.narrowed(of, fragment).filter(|k| *k == of || given.get("__typename") == Some(&Value::from(*k)));
                    if let Some(kind) = kind {
                        let (more, flaws) = self.selected(kind, &fragment.selection_set, given, place);
                        asked.extend(more);
                        wrong.extend(flaws);
                    }
                    continue;
                }
                Selection::FragmentSpread(_) => continue,
            };
            let key = selected.alias.as_ref().unwrap_or(&selected.name);
            asked.push(key.as_str());
            let place = format!("{place}.{key}");
            if selected.name == "__typename" {
                let kind = given.get(key).and_then(Value::as_str);
                if !kind.is_some_and(|kind| kind == of || self.is_of(kind, of)) {
                    wrong.push(format!("{place} must name a type of {of}"));
                }
                continue;
            }
            let Some(field) = self.fields(of).into_iter().flatten().find(|f| f.name == selected.name) else { continue };
            match given.get(key) {
                None => wrong.push(format!("{place} was asked for and did not come")),
                Some(value) => wrong.extend(self.data(&field.field_type, &selected.selection_set, value, &place)),
            }
        }
        (asked, wrong)
    }
}

pub(super) fn name(of: &Defined) -> &str {
    match of {
        TypeDefinition::Scalar(x) => &x.name,
        TypeDefinition::Object(x) => &x.name,
        TypeDefinition::Interface(x) => &x.name,
        TypeDefinition::Union(x) => &x.name,
        TypeDefinition::Enum(x) => &x.name,
        TypeDefinition::InputObject(x) => &x.name,
    }
}

impl Contract for GraphQl {
    fn judge(&self, exchange: &Exchange) -> Verdict {
        let request = &exchange.request;
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let mut verdict = Verdict { kind: body["operationName"].as_str().unwrap_or("?").to_owned(), ..Verdict::default() };
        if *request.method() != Method::POST || request.uri().path() != self.path || request.uri().query().is_some() {
            verdict.request.push(format!("goes by {} to {} and not by POST to {}", request.method(), request.uri(), self.path));
        }
        let Some(fields) = body.as_object() else {
            verdict.request.push("the body is no JSON object".into());
            return verdict;
        };
        for unknown in fields.keys().filter(|k| !matches!(k.as_str(), "query" | "operationName" | "variables")) {
            verdict.request.push(format!("{unknown:?} is unknown beside query, operationName and variables"));
        }
        let checked = self.checked(body["query"].as_str().unwrap_or_default());
        verdict.request.extend(checked.wrong.clone());
        if checked.name.as_deref() != body["operationName"].as_str() {
            verdict.request.push(format!("the document is called {:?}", checked.name));
        }
        verdict.request.extend(checked.variables(self, &body["variables"]));
        let (Some(answer), Some(set)) = (answered(exchange.response.as_ref()), &checked.selection) else { return verdict };
        let root = Type::NamedType(self.root(checked.mutation).to_owned());
        if let Some(data) = answer.get("data").filter(|d| !d.is_null()) {
            verdict.answer_has_form = true;
            verdict.response = self.data(&root, set, data, "data");
        } else if exchange.response.as_ref().is_some_and(|r| r.status().is_success()) && answer.get("errors").is_none() {
            verdict.response.push("has neither data nor errors".into());
        }
        verdict
    }
}
