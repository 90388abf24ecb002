//! The template as a tree in which `CloudFormation`'s short forms (`!Ref`, `!GetAtt`, `!Sub`) are nodes of their own.

use saphyr::{LoadableYamlNode, Scalar, Yaml};

/// One node of the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// A text, number, flag or nothing, as text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Names and what they stand for, in the order of the file.
    Map(Vec<(String, Node)>),
    /// `!Ref Name` or `!GetAtt Name.Attribute`: the resource's name.
    Resource(String),
    /// `!Sub`, `!Not` and all that only the cloud can work out.
    CloudOnly,
}

impl Node {
    /// Reads the first document of a text. The error says where.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let documents = Yaml::load_from_str(text).map_err(|error| error.to_string())?;
        documents.first().map(Self::of).ok_or_else(|| "the template is empty".to_owned())
    }

    fn of(yaml: &Yaml<'_>) -> Self {
        match yaml {
            Yaml::Value(Scalar::String(text)) => Self::Text(text.to_string()),
            Yaml::Value(Scalar::Integer(number)) => Self::Text(number.to_string()),
            Yaml::Value(Scalar::Boolean(flag)) => Self::Text(flag.to_string()),
            Yaml::Sequence(list) => Self::List(list.iter().map(Self::of).collect()),
            Yaml::Mapping(map) => Self::Map(
                map.iter().filter_map(|(name, node)| Some((Self::of(name).text()?.to_owned(), Self::of(node)))).collect(),
            ),
            Yaml::Tagged(tag, inner) => match (tag.suffix.as_str(), Self::of(inner)) {
                ("Ref", Self::Text(name)) => Self::Resource(name),
                ("GetAtt", Self::Text(name)) => Self::Resource(name.split('.').next().unwrap_or_default().to_owned()),
                _ => Self::CloudOnly,
            },
            _ => Self::Text(String::new()),
        }
    }

    /// What a name stands for.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, node)| node),
            _ => None,
        }
    }

    /// What a path of names leads to.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, name| node.get(name))
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The names and nodes of a map; of anything else, none.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        match self {
            Self::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; of anything else, none.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }
}
