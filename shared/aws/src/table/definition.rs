//! The table as it must be created, for emulators and tests. On AWS, `infra/template.yaml` says the same.

use crate::failure::{Again, failure};
use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::create_table::{CreateTableError, CreateTableInput};
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use ports::{Error, ErrorKind, Result};

/// Keys `pk` and `sk`, both texts; no index.
pub fn definition(name: &str) -> Result<CreateTableInput> {
    let input = (|| {
        CreateTableInput::builder()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(text("pk")?)
            .attribute_definitions(text("sk")?)
            .key_schema(key("pk", KeyType::Hash)?)
            .key_schema(key("sk", KeyType::Range)?)
            .build()
    })();
    input.map_err(|error| Error::new(ErrorKind::Bug, "table.definition", "the table's definition is incomplete").caused_by(error))
}

/// Creates the table where it is not there yet. Emulators have it ready at once; on AWS it would take seconds.
pub async fn create(cloud: &SdkConfig, name: &str) -> Result<()> {
    let wanted = definition(name)?;
    let call = Client::new(cloud)
        .create_table()
        .set_table_name(wanted.table_name)
        .set_billing_mode(wanted.billing_mode)
        .set_attribute_definitions(wanted.attribute_definitions)
        .set_key_schema(wanted.key_schema);
    match call.send().await {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) => Ok(()),
        Err(error) => Err(failure("table.create", Again::Harmless, &error)),
    }
}

type Built<T> = std::result::Result<T, aws_smithy_types::error::operation::BuildError>;

fn text(name: &str) -> Built<AttributeDefinition> {
    AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
}

fn key(name: &str, kind: KeyType) -> Built<KeySchemaElement> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build()
}
