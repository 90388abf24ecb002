//! A value against a type of a GraphQL schema: what goes in, and the leaves of what comes out.

use super::graphql::GraphQl;
use graphql_parser::query::Value as Literal;
use graphql_parser::schema::{Type, TypeDefinition};
use serde_json::Value;

/// What is wrong with a value for a type.
pub(super) fn input(schema: &GraphQl, of: &Type<'static, String>, value: &Value, place: &str) -> Vec<String> {
    match (of, value) {
        (Type::NonNullType(_), Value::Null) => vec![format!("{place} must not be null")],
        (_, Value::Null) => Vec::new(),
        (Type::NonNullType(inner), _) => input(schema, inner, value, place),
        (Type::ListType(inner), Value::Array(all)) => {
            all.iter().enumerate().flat_map(|(n, v)| input(schema, inner, v, &format!("{place}[{n}]"))).collect()
        }
        (Type::ListType(_), _) => vec![format!("{place} must be a list")],
        (Type::NamedType(name), _) => named(schema, name, value, place),
    }
}

fn named(schema: &GraphQl, name: &str, value: &Value, place: &str) -> Vec<String> {
    match schema.defined(name) {
        Some(TypeDefinition::InputObject(wanted)) => {
            let Some(given) = value.as_object() else { return vec![format!("{place} must be an object")] };
            let mut wrong = Vec::new();
            for unknown in given.keys().filter(|k| !wanted.fields.iter().any(|f| f.name == **k)) {
                wrong.push(format!("{place}.{unknown} is unknown to {name}"));
            }
            for field in &wanted.fields {
                let place = format!("{place}.{}", field.name);
                match given.get(&field.name) {
                    Some(_) if field.directives.iter().any(|d| d.name == "deprecated") => {
                        wrong.push(format!("{place} is deprecated"));
                    }
                    Some(value) => wrong.extend(input(schema, &field.value_type, value, &place)),
                    None if matches!(field.value_type, Type::NonNullType(_)) && field.default_value.is_none() => {
                        wrong.push(format!("{place} is required"));
                    }
                    None => {}
                }
            }
            wrong
        }
        Some(TypeDefinition::Enum(wanted)) => {
            let fits = value.as_str().is_some_and(|v| wanted.values.iter().any(|w| w.name == v));
            if fits { Vec::new() } else { vec![format!("{place}: {value} is no {name}")] }
        }
        Some(TypeDefinition::Scalar(_)) => scalar(name, value, place),
        None if matches!(name, "String" | "Int" | "Float" | "Boolean" | "ID") => scalar(name, value, place),
        _ => vec![format!("{place}: {name} is no scalar, enum or input")],
    }
}

fn scalar(name: &str, value: &Value, place: &str) -> Vec<String> {
    let text = value.as_str();
    let fits = match name {
        "Int" => value.as_i64().is_some_and(|v| i32::try_from(v).is_ok()),
        "Float" => value.is_number(),
        "Boolean" => value.is_boolean(),
        "ID" => text.is_some() || value.is_i64(),
        "DateTime" => text.is_some_and(|t| t.parse::<jiff::Timestamp>().is_ok()),
        "UnsignedInt64" => text.is_some_and(|t| t.parse::<u64>().is_ok()),
        "Decimal" | "Money" => text.is_some_and(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit() || b"-.".contains(&b))),
        "JSON" => true,
        // `String`, `URL` and the like travel as text.
        _ => text.is_some(),
    };
    if fits { Vec::new() } else { vec![format!("{place}: {value} is no {name}")] }
}

/// A literal as JSON; `None` if there is a variable in it.
pub(super) fn literal(value: &Literal<'static, String>) -> Option<Value> {
    Some(match value {
        Literal::Variable(_) => return None,
        Literal::Int(number) => number.as_i64()?.into(),
        Literal::Float(number) => serde_json::Number::from_f64(*number)?.into(),
        Literal::String(text) | Literal::Enum(text) => text.as_str().into(),
        Literal::Boolean(yes) => (*yes).into(),
        Literal::Null => Value::Null,
        Literal::List(all) => all.iter().map(literal).collect::<Option<Vec<_>>>()?.into(),
        Literal::Object(fields) => fields
            .iter()
            .map(|(name, value)| Some((name.clone(), literal(value)?)))
            .collect::<Option<serde_json::Map<_, _>>>()?
            .into(),
    })
}
