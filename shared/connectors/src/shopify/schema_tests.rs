//! Holds the excerpt and every document against Shopify's whole schema, where the folder with the contracts is at hand.

use graphql_parser::query::{
    Definition as Part, OperationDefinition, Selection, SelectionSet, TypeCondition, VariableDefinition,
};
use graphql_parser::schema::{Definition, Directive, Document, Field, InputValue, Type, TypeDefinition};
use std::collections::{BTreeMap, BTreeSet};

type Types<'a> = BTreeMap<&'a str, &'a TypeDefinition<'static, String>>;

fn types<'a>(document: &'a Document<'static, String>) -> Types<'a> {
    let name = |t: &'a TypeDefinition<'static, String>| match t {
        TypeDefinition::Scalar(x) => x.name.as_str(),
        TypeDefinition::Object(x) => x.name.as_str(),
        TypeDefinition::Interface(x) => x.name.as_str(),
        TypeDefinition::Union(x) => x.name.as_str(),
        TypeDefinition::Enum(x) => x.name.as_str(),
        TypeDefinition::InputObject(x) => x.name.as_str(),
    };
    let defined = document.definitions.iter().filter_map(|d| match d {
        Definition::TypeDefinition(t) => Some((name(t), t)),
        _ => None,
    });
    defined.collect()
}

/// What was looked at, and what was wrong with it.
#[derive(Default)]
struct Findings {
    checked: BTreeMap<&'static str, u32>,
    wrong: Vec<String>,
}

impl Findings {
    fn expect(&mut self, what: &'static str, right: bool, complaint: impl FnOnce() -> String) {
        *self.checked.entry(what).or_default() += 1;
        if !right {
            self.wrong.push(complaint());
        }
    }

    fn not_deprecated(&mut self, place: &str, directives: &[Directive<'static, String>]) {
        let deprecated = directives.iter().any(|d| d.name == "deprecated");
        self.expect("not deprecated", !deprecated, || format!("{place} is deprecated"));
    }

    fn inputs(&mut self, place: &str, ours: &[InputValue<'static, String>], theirs: &[InputValue<'static, String>]) {
        for our in ours {
            let their = theirs.iter().find(|t| t.name == our.name);
            self.expect("argument or input field", their.is_some_and(|t| t.value_type == our.value_type), || {
                format!("{place}.{} is {} with us", our.name, our.value_type)
            });
            if let Some(their) = their {
                self.not_deprecated(&format!("{place}.{}", our.name), &their.directives);
            }
        }
        for required in theirs.iter().filter(|t| matches!(t.value_type, Type::NonNullType(_)) && t.default_value.is_none()) {
            self.expect("required argument", ours.iter().any(|o| o.name == required.name), || {
                format!("{place}.{} is required", required.name)
            });
        }
    }

    fn fields(&mut self, place: &str, ours: &[Field<'static, String>], theirs: &[Field<'static, String>]) {
        for our in ours {
            let place = format!("{place}.{}", our.name);
            let Some(their) = theirs.iter().find(|t| t.name == our.name) else {
                self.wrong.push(format!("{place} does not exist"));
                continue;
            };
            self.expect("field", their.field_type == our.field_type, || format!("{place} is {}", their.field_type));
            self.not_deprecated(&place, &their.directives);
            self.inputs(&place, &our.arguments, &their.arguments);
        }
    }

    fn definition(&mut self, our: &TypeDefinition<'static, String>, whole: &Types<'_>) {
        match our {
            TypeDefinition::Scalar(o) => {
                let right = matches!(whole.get(o.name.as_str()), Some(TypeDefinition::Scalar(_)));
                self.expect("scalar", right, || format!("{} is no scalar", o.name));
            }
            TypeDefinition::Object(o) => match whole.get(o.name.as_str()) {
                Some(TypeDefinition::Object(t)) => {
                    let all = o.implements_interfaces.iter().all(|i| t.implements_interfaces.contains(i));
                    self.expect("interfaces", all, || format!("{} implements others", o.name));
                    self.fields(&o.name, &o.fields, &t.fields);
                }
                _ => self.wrong.push(format!("{} is no object", o.name)),
            },
            TypeDefinition::InputObject(o) => match whole.get(o.name.as_str()) {
                Some(TypeDefinition::InputObject(t)) => self.inputs(&o.name, &o.fields, &t.fields),
                _ => self.wrong.push(format!("{} is no input", o.name)),
            },
            TypeDefinition::Enum(o) => match whole.get(o.name.as_str()) {
                Some(TypeDefinition::Enum(t)) => {
                    for value in &o.values {
                        let there = t.values.iter().any(|v| v.name == value.name);
                        self.expect("enum value", there, || format!("{}.{} does not exist", o.name, value.name));
                    }
                }
                _ => self.wrong.push(format!("{} is no enum", o.name)),
            },
            TypeDefinition::Interface(o) => match whole.get(o.name.as_str()) {
                Some(TypeDefinition::Interface(t)) => self.fields(&o.name, &o.fields, &t.fields),
                _ => self.wrong.push(format!("{} is no interface", o.name)),
            },
            TypeDefinition::Union(_) => self.wrong.push("the excerpt has no unions".into()),
        }
    }

    /// Every field selected and every argument given exists, every object is selected from, and every variable has the type of the
    /// argument it is given for, or a stricter one.
    fn selection(
        &mut self,
        whole: &Types<'_>,
        on: &str,
        set: &SelectionSet<'static, String>,
        variables: &[VariableDefinition<'static, String>],
        used: &mut BTreeSet<String>,
    ) {
        let fields = match whole.get(on) {
            Some(TypeDefinition::Object(object)) => &object.fields,
            Some(TypeDefinition::Interface(interface)) => &interface.fields,
            _ => {
                let leaf = set.items.is_empty();
                self.expect("leaf", leaf, || format!("{on} has no fields"));
                return;
            }
        };
        self.expect("object selected from", !set.items.is_empty(), || format!("nothing of {on} is asked for"));
        for item in &set.items {
            let selected = match item {
                Selection::Field(selected) if selected.name == "__typename" => continue,
                Selection::Field(selected) => selected,
                Selection::InlineFragment(fragment) => {
                    let Some(TypeCondition::On(kind)) = &fragment.type_condition else {
                        self.wrong.push(format!("a fragment on {on} that is about no type"));
                        continue;
                    };
                    let fits = matches!(whole.get(kind.as_str()), Some(TypeDefinition::Object(o)) if o.implements_interfaces.iter().any(|i| i == on));
                    self.expect("fragment", fits, || format!("{kind} is no {on}"));
                    self.selection(whole, kind, &fragment.selection_set, variables, used);
                    continue;
                }
                Selection::FragmentSpread(_) => {
                    self.wrong.push("named fragments are not checked here".into());
                    continue;
                }
            };
            let Some(field) = fields.iter().find(|f| f.name == selected.name) else {
                self.wrong.push(format!("{on}.{} does not exist", selected.name));
                continue;
            };
            for (name, value) in &selected.arguments {
                let argument = field.arguments.iter().find(|a| a.name == *name);
                self.expect("argument given", argument.is_some(), || format!("{on}.{}({name}) does not exist", field.name));
                let (Some(argument), graphql_parser::query::Value::Variable(variable)) = (argument, value) else { continue };
                used.insert(variable.clone());
                let declared = variables.iter().find(|v| v.name == *variable).map(|v| v.var_type.to_string()).unwrap_or_default();
                let wanted = argument.value_type.to_string();
                let fits = declared == wanted || declared.strip_suffix('!') == Some(wanted.as_str());
                self.expect("variable", fits, || format!("${variable} is {declared} where {wanted} is wanted"));
            }
            for directive in &selected.directives {
                for (_, value) in &directive.arguments {
                    if let graphql_parser::query::Value::Variable(variable) = value {
                        used.insert(variable.clone());
                    }
                }
            }
            self.selection(whole, innermost(&field.field_type), &selected.selection_set, variables, used);
        }
    }
}

fn innermost<'a>(of: &'a Type<'static, String>) -> &'a str {
    match of {
        Type::NamedType(name) => name,
        Type::ListType(inner) | Type::NonNullType(inner) => innermost(inner),
    }
}

#[test]
#[allow(clippy::disallowed_methods)]
fn the_excerpt_and_the_documents_fit_the_official_schema() {
    let Ok(folder) = std::env::var("SLUIS_SPECS") else {
        eprintln!("skipped: SLUIS_SPECS does not name the folder with the official contracts");
        return;
    };
    let path = format!("{folder}/channels/shopify/admin_2026-10.graphql");
    let whole_text = std::fs::read_to_string(&path).unwrap();
    let whole_document = graphql_parser::parse_schema::<String>(&whole_text).unwrap().into_static();
    let whole = types(&whole_document);
    let excerpt = graphql_parser::parse_schema::<String>(include_str!("schema.graphql")).unwrap().into_static();
    let mut findings = Findings::default();
    for definition in &excerpt.definitions {
        match definition {
            Definition::TypeDefinition(ours) => findings.definition(ours, &whole),
            Definition::DirectiveDefinition(ours) => {
                let theirs = whole_document.definitions.iter().find_map(|d| match d {
                    Definition::DirectiveDefinition(d) if d.name == ours.name => Some(d),
                    _ => None,
                });
                findings.expect("directive", theirs.is_some_and(|t| t.locations == ours.locations), || ours.name.clone());
                findings.inputs(&ours.name, &ours.arguments, theirs.map_or(&[], |t| &t.arguments));
            }
            Definition::SchemaDefinition(ours) => {
                let same = whole_document.definitions.iter().any(|d| match d {
                    Definition::SchemaDefinition(t) => t.query == ours.query && t.mutation == ours.mutation,
                    _ => false,
                });
                findings.expect("root", same, || "the roots have other names".into());
            }
            Definition::TypeExtension(_) => findings.wrong.push("the excerpt has no extensions".into()),
        }
    }
    for (name, text) in super::graphql::DOCUMENTS {
        let document = graphql_parser::parse_query::<String>(text).unwrap().into_static();
        let [Part::Operation(operation)] = document.definitions.as_slice() else { panic!("{name}: one operation per document") };
        let (root, operation_name, variables, set) = match operation {
            OperationDefinition::Query(q) => ("QueryRoot", &q.name, &q.variable_definitions, &q.selection_set),
            OperationDefinition::Mutation(m) => ("Mutation", &m.name, &m.variable_definitions, &m.selection_set),
            _ => panic!("{name}: neither query nor mutation"),
        };
        findings.expect("document", operation_name.as_deref() == Some(*name), || format!("{name} is called otherwise"));
        let mut used = BTreeSet::new();
        findings.selection(&whole, root, set, variables, &mut used);
        let declared: BTreeSet<_> = variables.iter().map(|v| v.name.clone()).collect();
        findings.expect("variables all used", declared == used, || format!("{name}: {declared:?} declared, {used:?} used"));
    }
    assert_eq!(findings.wrong, Vec::<String>::new());
    assert!(findings.checked.get("document").is_some_and(|n| *n == 30), "{:?}", findings.checked);
    eprintln!("checked against {} types of the official schema: {:?}", whole.len(), findings.checked);
}
